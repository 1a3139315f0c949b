/**
 * A start that waits for its spool: another process has it, the disk is read-only or full.
 */
import { execFileSync } from 'node:child_process'
import { mkdtempSync, rmSync, statfsSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import t from 'tap'
import { simple, startAppliance } from '../helpers/appliance.ts'
import { needs } from '../helpers/peers.ts'

t.test('a second appliance waits for the spool, and takes it over', needs('openssl'), async (t) => {
  const { api, folder, configuration, received } = await simple(t)
  const first = startAppliance(t, configuration, { folder })
  await first.started
  await received(5)
  const second = startAppliance(t, configuration, { folder })
  t.match(await second.said(/^waits, nothing is read or sent/), /is in use by process \d+/)
  t.equal((await second.get('/readyz')).status, 503)
  t.equal((await second.get('/healthz')).status, 200)
  t.match(await second.status(), { spool: { problem: /in use/ }, sources: [{ state: 'starting' }] })
  await first.app.stop()
  await second.started
  t.equal((await second.get('/readyz')).status, 200)
  api.add(5)
  t.equal((await received(10)).length, 10)
  t.equal(second.log().filter((line) => line.startsWith('waits')).length, 1, 'it is said once')
})

t.test(
  'while it waits it can be stopped, and told of another folder',
  needs('openssl'),
  async (t) => {
    const { folder, configuration, received } = await simple(t)
    const first = startAppliance(t, configuration, { folder })
    await first.started
    const second = startAppliance(t, configuration, { folder })
    await second.said(/^waits/)
    await second.app.stop('SIGTERM')
    await second.started
    t.match(second.log().at(-1), 'stopped')
    const third = startAppliance(t, configuration, { folder, watched: false })
    await third.said(/^waits/)
    third.write({ ...configuration, spool: { folder: join(folder, 'other') } })
    await third.reload()
    await third.started
    t.match(await third.said(/was taken over/), /: spool changed$/)
    await received(10)
  },
)

/** A file system of a few MB; undefined where none can be mounted. */
function mountDisk(): string | undefined {
  const disk = mkdtempSync(join(tmpdir(), 'cefline-disk-'))
  try {
    execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=4m', 'none', disk], { stdio: 'ignore' })
    return disk
  } catch {
    rmSync(disk, { recursive: true })
    return undefined
  }
}

const disk = mountDisk()
t.teardown(() => {
  if (disk === undefined) return
  execFileSync('umount', ['-l', disk])
  rmSync(disk, { recursive: true })
})
const withDisk =
  disk === undefined ? { skip: 'no file system can be mounted here' } : needs('openssl')

t.test('a spool on a disk that is read-only, or full', withDisk, async (t) => {
  const { api, folder, configuration, received } = await simple(t)
  const root = disk ?? ''
  const spool = { folder: join(root, 'spool'), maxBytes: '1MB' }
  const start = () => {
    return startAppliance(t, { ...configuration, spool }, { folder, watched: false })
  }
  const first = start()
  await first.started
  await received(5)
  await first.app.stop()
  execFileSync('mount', ['-o', 'remount,ro', root])
  const second = start()
  t.match(await second.said(/^waits/), /read-only|EROFS/i)
  t.equal((await second.get('/readyz')).status, 503)
  execFileSync('mount', ['-o', 'remount,rw', root])
  await second.started
  t.equal((await second.get('/readyz')).status, 200)
  api.add(5)
  t.equal((await received(10)).length, 10, 'it goes on where it was')
  await second.app.stop()

  // Also with no page left a new one is not begun: LMDB would end the process.
  for (const [index, left] of [0, 1, 3, 8, 12].entries()) {
    rmSync(spool.folder, { recursive: true, force: true })
    const { bfree, bsize } = statfsSync(root)
    writeFileSync(join(root, 'filler'), Buffer.alloc((bfree - left) * bsize))
    const full = start()
    t.match(await full.said(/^waits/), /\d+ bytes free, .* \(ENOSPC\); make room/)
    rmSync(join(root, 'filler'))
    await full.started
    await received(20 + index * 10)
    await full.app.stop()
  }
})

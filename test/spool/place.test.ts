/**
 * The folder before and after LMDB: who answers in it, who may read it, and an end that waits.
 */
import { spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { chmodSync, mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { open } from 'lmdb'
import t from 'tap'
import type { Test } from 'tap'
import { program, root } from '../helpers/root.ts'
import { batchOf, openAt } from './helpers.ts'

/** A path short enough for a socket's name. */
function shortFolder(t: Test): string {
  const folder = mkdtempSync(join(tmpdir(), 'cefline-'))
  t.teardown(() => rmSync(folder, { recursive: true, force: true }))
  return folder
}

t.test('where an appliance answers, LMDB is not opened', async (t) => {
  const folder = shortFolder(t)
  for (const [said, name] of [
    ['{"pid":4242}', 'process 4242'],
    [`{"pid":${process.pid}}`, 'an appliance'],
    ['what?', 'an appliance'],
  ] as const) {
    const server = createServer((_request, response) => response.end(said))
    server.listen(join(folder, 'cefline.sock'))
    await once(server, 'listening')
    const message = new RegExp(`in use by ${name} that answers`)
    await t.rejects(openAt(folder), { code: 'spool-owner', message })
    t.equal(statSync(join(folder, 'data.mdb'), { throwIfNoEntry: false }), undefined)
    server.close()
    await once(server, 'close')
  }
  writeFileSync(join(folder, 'cefline.sock'), 'no socket')
  await (await openAt(folder)).close()
})

t.test('one that does not say a word is there all the same', async (t) => {
  const folder = shortFolder(t)
  const server = createServer(() => {})
  server.listen(join(folder, 'cefline.sock'))
  await once(server, 'listening')
  await t.rejects(openAt(folder), { code: 'spool-owner', message: /an appliance/ })
  server.close()
})

t.test('a socket that a dead process left is no hindrance', async (t) => {
  const folder = shortFolder(t)
  const script = `require('net').createServer().listen(process.argv[1], () => process.kill(process.pid, 9))`
  await once(spawn(process.execPath, ['-e', script, join(folder, 'cefline.sock')]), 'exit')
  t.ok(statSync(join(folder, 'cefline.sock')).isSocket())
  await (await openAt(folder)).close()
})

t.test('a lock file of another user is an error, and not the end of the process', async (t) => {
  const folder = shortFolder(t)
  await (await openAt(folder)).close()
  chmodSync(join(folder, 'lock.mdb'), 0)
  const args = [...program('spool/foreign'), folder]
  const child = spawnSync(process.execPath, args, { encoding: 'utf8' })
  t.equal(child.status, 0, child.stderr)
  const said = child.stdout.trim().split('\n')
  t.equal(said.length, 2, 'who opens it, and who only looks into it')
  for (const line of said) {
    t.match(
      line,
      /^spool-failed .* cannot be opened: EACCES.*; this user may not; give it the folder/,
    )
  }
})

t.test('the files are the owner’s only, in a folder that is not', async (t) => {
  const folder = t.testdir()
  chmodSync(folder, 0o755)
  const modes = () =>
    ['data.mdb', 'lock.mdb'].map((name) => statSync(join(folder, name)).mode & 0o777)
  await (await openAt(folder)).close()
  t.strictSame(modes(), [0o600, 0o600])
  chmodSync(join(folder, 'data.mdb'), 0o644)
  const spool = await openAt(folder)
  t.strictSame(modes(), [0o600, 0o600])
  await spool.append('q', batchOf(['a']))
  await spool.close()
})

/** A process that does this with the spool, and then says so. */
async function other(folder: string, what: string) {
  const script = `
    import { open } from 'lmdb'
    const root = open({ path: process.argv[1], noSubdir: false })
    const said = () => (process.stdout.write('there'), Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0))
    ${what}`
  const child = spawn(process.execPath, ['--input-type=module', '-e', script, folder], {
    cwd: root,
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  await once(child.stdout, 'data')
  const kill = async () => {
    const ended = once(child, 'exit')
    child.kill('SIGKILL')
    await ended
  }
  return { kill }
}

t.test('the end does not wait for ever for a lock of LMDB’s', async (t) => {
  const folder = t.testdir()
  const spool = await openAt(folder)
  await spool.append('q', batchOf(['a']))
  const holder = await other(folder, 'root.transactionSync(said)')
  const appended = spool.append('q', batchOf(['b']))
  appended.catch(() => {})
  await spool.close()
  await t.rejects(openAt(folder), { code: 'spool-owner' }, 'it is not free yet')
  await holder.kill()
  await appended.catch(() => {})
})

t.test('a reader that was killed is found out while there is no room', async (t) => {
  const folder = t.testdir()
  const spool = await openAt(folder, { maxBytes: 1 })
  await spool.append('q', batchOf(['a']))
  const environment = open({ path: folder, noSubdir: false }) as ReturnType<typeof open> & {
    readerList(): string
  }
  const readers = () => environment.readerList().trim().split('\n').length
  const before = readers()
  const reader = await other(
    folder,
    `const meta = root.openDB({ name: 'meta', encoding: 'json' }); meta.get(['owner']); said()`,
  )
  t.ok(readers() > before)
  await reader.kill()
  t.ok(readers() > before, 'its place is still taken')
  await spool.room(new AbortController().signal)
  t.equal(readers(), before)
  await environment.close()
  await spool.close()
})

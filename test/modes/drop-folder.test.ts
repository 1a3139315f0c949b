/**
 * Failures of a drop folder that the source's own tests do not have: each with real files, through an
 * appliance, to a file that is read back.
 */
import {
  appendFileSync,
  chmodSync,
  existsSync,
  mkdirSync,
  readFileSync,
  readdirSync,
  readlinkSync,
  renameSync,
  rmSync,
  unlinkSync,
  writeFileSync,
} from 'node:fs'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import t from 'tap'
import type { Test } from 'tap'
import { decode } from '../../src/cef/decode.ts'
import { linesOf, startAppliance } from '../helpers/appliance.ts'
import { eventually } from '../helpers/daemon.ts'
import { unprivileged } from '../helpers/unprivileged.ts'
import { mounts, run, tmpfs } from '../spool/mounted.ts'

const header = 'When\tWho\tAction\n'
const row = (who: string): string => `2026-01-02T03:04:05Z\t${who}\tAdded\n`
/** ms that a file must stand still. */
const settle = 60

type Place = Pick<Test, 'teardown' | 'testdir'>

/** An appliance that reads `ROOT/drop`, its spool and output in a folder of their own. */
function start(t: Place, root: string, options: object = {}, own = 'cefline') {
  const folder = join(root, own)
  mkdirSync(folder, { recursive: true })
  const file = join(folder, 'out.log')
  const drop = join(root, 'drop')
  const alerts = { type: 'netwrix-alerts', folder: drop, settle: `${settle}ms`, ...options }
  const configuration = {
    sources: { alerts },
    destinations: { file: { type: 'file', path: file } },
  }
  const appliance = startAppliance(t, configuration, { folder, watched: false })
  const lines = () => (existsSync(file) ? linesOf(file) : [])
  const who = () => lines().map((line) => / suser=(\S*)/.exec(line)?.[1] ?? '')
  return {
    ...appliance,
    lines,
    who,
    received: (count: number) =>
      eventually(
        async () => who().length >= count || undefined,
        () => `${who().length} of ${count}; it said: ${appliance.log().join('\n')}`,
      ),
    /** The terms of the source's books. */
    ledger: async () => (await appliance.status()).sources[0]?.ledger,
  }
}

const gone = (path: string) =>
  eventually(async () => !existsSync(path) || undefined, `${path} is still there`)

t.test('every cell of a file of many chunks, to its first and last character', async (t) => {
  const root = t.testdir({ drop: {} })
  const count = 12_000
  // Larger than what is read at once; no chunk ends where a row does, and rows have line ends in them.
  const details = (index: number) => `<${index}\n"é|=${'x'.repeat(300 + (index % 241))}${index}>`
  const rows = Array.from({ length: count }, (_, index) => {
    return `2026-01-02T03:04:05Z\tu${index}\tAdded\t"${details(index).replaceAll('"', '""')}"\r\n`
  })
  writeFileSync(join(root, 'a.csv'), `When\tWho\tAction\tDetails\r\n${rows.join('')}`)
  renameSync(join(root, 'a.csv'), join(root, 'drop', 'a.csv'))
  const running = start(t, root)
  await running.received(count)
  const wrong = running.lines().filter((line, index) => {
    const fields = new Map(decode(line)?.extension)
    return fields.get('suser') !== `u${index}` || fields.get('msg') !== details(index)
  })
  t.strictSame(wrong.slice(0, 3), [])
})

t.test('a writer that pauses in the middle of a row: the whole row comes', async (t) => {
  const root = t.testdir({ drop: {} })
  const running = start(t, root)
  const file = join(root, 'drop', 'slow.csv')
  const [first, second] = [row('whole'), row('torn-in-two')]
  writeFileSync(file, header + first + second.slice(0, 27))
  await running.received(1)
  await gone(file)
  appendFileSync(join(root, 'drop', 'done', 'slow.csv'), second.slice(27))
  await running.received(2)
  await eventually(async () => running.who().includes('torn-in-two') || undefined, 'it is lost')
  const { read = 0, spooled, alreadyGiven, rejected, ignored } = (await running.ledger()) ?? {}
  t.equal(read, (spooled ?? 0) + (alreadyGiven ?? 0) + (rejected ?? 0) + (ignored ?? 0))
})

t.test('kept files: the same name, length and perhaps inode, with another content', async (t) => {
  const root = t.testdir({ drop: { 'a.csv': header + row('aaa') } })
  const running = start(t, root, { after: 'keep' })
  await running.received(1)
  for (const name of ['bbb', 'ccc', 'ddd']) {
    const file = join(root, 'drop', 'a.csv')
    unlinkSync(file)
    writeFileSync(file, header + row(name))
    await eventually(async () => running.who().includes(name) || undefined, `${name} is not read`)
  }
  t.strictSame(running.who(), ['aaa', 'bbb', 'ccc', 'ddd'])
})

/** Files below the folder that this process has open. */
function openBelow(folder: string): string[] {
  const open = readdirSync('/proc/self/fd').flatMap((number) => {
    try {
      return readlinkSync(join('/proc/self/fd', number))
    } catch {
      return []
    }
  })
  return open.filter((path) => path.startsWith(folder))
}

t.test(
  'no file stays open that was read, refused or moved',
  { skip: existsSync('/proc/self/fd') ? false : 'there is no /proc/self/fd' },
  async (t) => {
    const root = t.testdir({ drop: {} })
    const drop = join(root, 'drop')
    const running = start(t, root, { after: 'delete' })
    const long = `2026-01-02T03:04:05Z\t${'x'.repeat(1000)}\tAdded\n`
    for (let round = 0; round < 3; round += 1) {
      writeFileSync(join(drop, `small-${round}.csv`), header + row(`u${round}`))
      writeFileSync(join(drop, `large-${round}.csv`), header + row(`l${round}`) + long.repeat(5000))
      writeFileSync(join(drop, `bad-${round}.csv`), 'one\ttwo\n1\t2\n')
      await eventually(
        async () => readdirSync(drop).sort().join() === 'done,failed' || undefined,
        'files are left',
      )
    }
    await running.received(3 * 5002)
    // The last of them may still be looked at.
    await eventually(
      async () => openBelow(drop).length === 0 || undefined,
      () => `open for good: ${openBelow(drop).join(', ')}`,
    )
  },
)

t.test('a folder that is replaced, so that no event comes any more', async (t) => {
  const root = t.testdir({ drop: { 'a.csv': header + row('before') } })
  const drop = join(root, 'drop')
  const running = start(t, root, { watch: 'events', done: join(root, 'done') })
  await running.received(1)
  // What is watched is the folder that was there, as when a share is mounted over it.
  renameSync(drop, join(root, 'old'))
  mkdirSync(drop)
  await pause(500)
  writeFileSync(join(drop, 'b.csv'), header + row('after'))
  await running.received(2)
  t.strictSame(running.who(), ['before', 'after'])
})

t.test(
  'the archive is full: sent once, said once, moved when there is room',
  mounts(),
  async (t) => {
    const root = t.testdir({ drop: {} })
    const archive = tmpfs(t, '256k')
    writeFileSync(join(archive, 'filler'), Buffer.alloc(240 * 1024))
    const running = start(t, root, { done: archive, watch: 'poll' })
    const [file, moved] = [join(root, 'drop', 'a.csv'), join(archive, 'a.csv')]
    writeFileSync(file, header + row('me').repeat(2000))
    await running.said(/cannot be moved to .* \(ENOSPC\); the file system is full; make room/)
    await running.received(2000)
    await pause(1500)
    t.ok(existsSync(file))
    t.strictSame(readdirSync(archive), ['filler'], 'nothing half is left there')
    rmSync(join(archive, 'filler'))
    await gone(file)
    t.equal(readFileSync(moved, 'utf8'), header + row('me').repeat(2000))
    t.match(await running.ledger(), { read: 2000, spooled: 2000 }, 'it was read once')
    t.equal(running.log().filter((line) => line.includes('ENOSPC')).length, 1)
  },
)

t.test('a share that may only be read', mounts(), async (t) => {
  const root = t.testdir({})
  const drop = tmpfs(t, '1m')
  writeFileSync(join(drop, 'a.csv'), header + row('me') + row('you'))
  run('mount', '-o', 'remount,ro', drop)
  const moving = start(t, root, { folder: drop }, 'moving')
  await moving.said(/^files cannot be moved to .*; a\.csv stays where it is, and nothing of it/)
  await moving.received(2)
  const keeping = start(t, root, { folder: drop, after: 'keep' }, 'keeping')
  await keeping.received(2)
  await pause(1500)
  for (const { ledger } of [moving, keeping]) t.match(await ledger(), { read: 2, spooled: 2 })
  t.notOk(keeping.log().some((line) => line.includes('cannot be moved')))
})

t.test('a file that may not be read waits by itself, and is read when it may', async (t) => {
  await unprivileged(async (root) => {
    const drop = join(root, 'drop')
    mkdirSync(drop)
    const [locked, other] = [join(drop, 'locked.csv'), join(drop, 'other.csv')]
    writeFileSync(locked, header + row('late'))
    chmodSync(locked, 0)
    writeFileSync(other, header + row('me'))
    const running = start(t, root, { watch: 'poll' })
    await running.said(/^locked\.csv cannot be read \(EACCES\); .* needs permission/)
    await running.received(1)
    t.ok(existsSync(locked), 'it is no bad file')
    chmodSync(locked, 0o600)
    await running.received(2)
    t.strictSame(running.who(), ['me', 'late'])
    t.equal(running.log().filter((line) => line.includes('EACCES')).length, 1, 'said once')
    await running.app.stop()
  })
})

t.test('two appliances with spools of their own on one folder: no row is lost', async (t) => {
  const root = t.testdir({ drop: {} })
  const drop = join(root, 'drop')
  const both = ['one', 'two'].map((own) => start(t, root, {}, own))
  const wanted = Array.from({ length: 150 }, (_, index) => `u${index}`)
  for (const name of wanted) {
    writeFileSync(join(drop, `${name}.tmp`), header + row(name))
    renameSync(join(drop, `${name}.tmp`), join(drop, `${name}.csv`))
    if (name.endsWith('9')) await pause(20)
  }
  const seen = () => new Set(both.flatMap(({ who }) => who()))
  await eventually(
    async () => (seen().size === wanted.length && readdirSync(drop).length === 1) || undefined,
    () => `${seen().size} of ${wanted.length}; left: ${readdirSync(drop).join()}`,
  )
  for (const { who } of both)
    t.equal(new Set(who()).size, who().length, 'none twice from one of them')
})

t.test('a cell of 100 MB is set aside, and the rows around it are sent', async (t) => {
  const root = t.testdir({ drop: {} })
  const cell = Buffer.alloc(100 * 1024 * 1024, 'x')
  const parts = [header, row('before'), '2026-01-02T03:04:05Z\t"', cell, '"\tAdded\n', row('after')]
  const file = join(root, 'huge.csv')
  for (const part of parts) appendFileSync(file, part)
  renameSync(file, join(root, 'drop', 'huge.csv'))
  const running = start(t, root)
  await running.received(2)
  t.strictSame(running.who(), ['before', 'after'])
  t.match(await running.ledger(), { read: 3, spooled: 2, rejected: 1 })
  await running.said(/huge\.csv row 3 /)
})

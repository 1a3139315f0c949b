/**
 * Failures of a spool that its own tests do not have: disks that fail under it, processes that are
 * killed or stopped while they have it, and clocks that jump.
 */
import { spawn, spawnSync } from 'node:child_process'
import type { ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, readdirSync, readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import t from 'tap'
import type { Test } from 'tap'
import { linesOf, startAppliance } from '../helpers/appliance.ts'
import { startCefline } from '../helpers/cefline.ts'
import { eventually } from '../helpers/daemon.ts'
import { program, root } from '../helpers/root.ts'
import { batchOf, drain, idOf, numbered, openAt, reached } from '../spool/helpers.ts'
import { ext4, mounts, run, tmpfs } from '../spool/mounted.ts'
import { tamper } from '../spool/tamper.ts'

const writer = program('spool/writer')

/** Whether a trial of what a test needs succeeds here. */
function possible(reason: string, program: string, ...args: string[]): { skip: string | false } {
  return { skip: spawnSync(program, args).status === 0 ? false : reason }
}

/** A process and the lines that it prints. */
function running(t: Test, program: string, args: string[]) {
  const child: ChildProcess = spawn(program, args, { stdio: ['ignore', 'pipe', 'ignore'] })
  t.teardown(() => child.kill('SIGKILL'))
  const lines: string[] = []
  if (child.stdout) createInterface({ input: child.stdout }).on('line', (line) => lines.push(line))
  const closed = once(child, 'close')
  const printed = (wanted: (lines: string[]) => boolean) =>
    eventually(
      async () => wanted(lines) || undefined,
      () => lines.slice(-3).join('\n'),
    )
  return { child, closed, lines, printed }
}

t.test('a block that is not there any more: the rest goes on, and it is told', async (t) => {
  const folder = t.testdir()
  let spool = await openAt(folder)
  for (let block = 1; block <= 5; block += 1) {
    await spool.append('q', batchOf(numbered(block * 100, block)))
  }
  await spool.close()
  await tamper(folder, 'blocks', ['q', 3], () => undefined)
  spool = await openAt(folder)
  const kept = [1, 2, 4, 5].flatMap((block) => numbered(block * 100, block))
  t.strictSame(drain(spool), kept)
  await spool.receipts('siem', new Map([['q', reached(5, 12)]]), [])
  const [books] = spool.ledger('siem')
  if (!books) throw new Error('no books')
  t.match(books, { spooled: 15, received: 12, damaged: 3, waiting: 0 })
  t.match(spool.damaged(), [{ sequence: 3, lines: 3, reason: /not there/ }])
  await spool.close()
})

t.test('a cut file: the appliance waits, says so, and can be stopped', async (t) => {
  const folder = t.testdir({ data: {} })
  const data = join(folder, 'data')
  const spool = await openAt(data)
  await spool.append('q', batchOf(numbered(0, 20_000)))
  await spool.close()
  const file = join(data, 'data.mdb')
  truncateSync(file, 300_000)
  const configuration = {
    sources: { alerts: { type: 'netwrix-alerts', folder: join(folder, 'drop') } },
    destinations: { file: { type: 'file', path: join(folder, 'out.log') } },
  }
  const appliance = startAppliance(t, configuration, { folder, watched: false })
  t.match(await appliance.said(/^waits, nothing is read or sent/), /data\.mdb.* is cut/)
  t.equal((await appliance.get('/healthz')).status, 200)
  t.equal((await appliance.get('/readyz')).status, 503)
  await appliance.app.stop('SIGINT')
  t.equal(appliance.log().at(-1), 'stopped')
})

t.test('a spool that may hold less from now on keeps what it has', async (t) => {
  const folder = t.testdir()
  let spool = await openAt(folder)
  for (let from = 0; from < 3000; from += 500) await spool.append('q', batchOf(numbered(from, 500)))
  await spool.close()
  spool = await openAt(folder, { maxBytes: 50_000 })
  t.ok(spool.usage().full)
  await t.rejects(spool.append('q', batchOf(['new'])), { code: 'spool-full' })
  t.same(drain(spool), numbered(0, 3000))
  await spool.receipts('siem', new Map([['q', reached(6, 3000)]]), [])
  t.equal((await spool.append('q', batchOf(['new']))).spooled, 1)
  await spool.close()
})

t.test(
  'the clock jumps, by years and back: nothing is lost, what is known stays known',
  async (t) => {
    const folder = t.testdir()
    const year = 365 * 86_400_000
    let clock = Date.UTC(2026, 0, 1)
    const options = { now: () => clock, remember: { age: 30 * 86_400_000, count: 1e6 } }
    let spool = await openAt(folder, options)
    const wanted: string[] = []
    for (const [index, jump] of [0, -year, 3600_000, year, -10 * year, 7].entries()) {
      clock += jump
      const lines = numbered(index * 10, 10)
      wanted.push(...lines)
      await spool.append('q', batchOf(lines))
      await spool.close()
      spool = await openAt(folder, options)
      t.ok(spool.remembers('q', idOf(lines[0] ?? '')), `known after a jump of ${jump} ms`)
    }
    t.same(drain(spool), wanted)
    await spool.receipts('siem', new Map([['q', reached(6, 60)]]), [])
    t.match(spool.ledger('siem'), [{ spooled: 60, received: 60, waiting: 0 }])
    await spool.close()
  },
)

t.test(
  'stopped, taken over from a container that cannot see it, and resumed: it writes nothing more',
  possible('needs unshare and root', 'unshare', '--pid', '--fork', '--mount-proc', 'true'),
  async (t) => {
    const folder = t.testdir()
    const args = [...writer, folder, 'append']
    const first = running(t, process.execPath, args)
    await first.printed((lines) => lines.length > 5)
    first.child.kill('SIGSTOP')
    const container = () =>
      running(t, 'unshare', [
        ...['--pid', '--fork', '--kill-child', '--mount-proc', process.execPath],
        ...args,
      ])
    const refused = container()
    await refused.closed
    t.match(refused.lines, [/in use by a process that does not answer/], 'its claim holds')
    // As where no claim can be made.
    for (const name of readdirSync(folder)) {
      if (name.startsWith('claim.')) rmSync(join(folder, name))
    }
    const second = container()
    // It may have been stopped in the middle of a commit: then nobody can write until it goes on.
    const isAlone = await Promise.race([
      second.printed((lines) => lines.length > 5).then(() => true),
      new Promise<boolean>((resolve) => setTimeout(() => resolve(false), 5000)),
    ]).catch(() => false)
    first.child.kill('SIGCONT')
    await first.closed
    t.match(first.lines.at(-1), /taken over by process \d+/)
    const before = second.lines.length
    await second.printed((lines) => lines.length > before + 5)
    second.child.kill('SIGKILL')
    await second.closed
    const wrong = second.lines.filter((line) => !/^\d+$/.test(line))
    t.same(wrong, [])
    const spool = await openAt(folder)
    const checkpoint = Number(spool.checkpoint('q'))
    t.same(drain(spool), numbered(0, checkpoint), `each line once (alone: ${isAlone})`)
    t.ok(checkpoint >= Number(second.lines.at(-1)))
    await spool.close()
  },
)

t.test('the spool does not close: the process says so, and ends all the same', async (t) => {
  const folder = t.testdir({ drop: {} })
  const configuration = {
    status: { listen: '127.0.0.1:0' },
    spool: { folder: join(folder, 'data'), reserve: 0 },
    sources: { alerts: { type: 'netwrix-alerts', folder: join(folder, 'drop') } },
    destinations: { file: { type: 'file', path: join(folder, 'out.log') } },
  }
  writeFileSync(join(folder, 'cefline.json'), JSON.stringify(configuration))
  const args = ['--config', 'cefline.json']
  const first = startCefline(t, { cwd: folder, args })
  await first.said('status page')
  const script = `
    import { open } from 'lmdb'
    open({ path: process.argv[1], noSubdir: false }).transactionSync(() => {
      process.stdout.write('locked\\n')
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0)
    })`
  const holder = spawn(
    process.execPath,
    ['--input-type=module', '-e', script, configuration.spool.folder],
    { cwd: root, stdio: ['ignore', 'pipe', 'inherit'] },
  )
  t.teardown(() => holder.kill('SIGKILL'))
  await once(holder.stdout, 'data')
  t.equal(await first.stop(), null, 'by a signal of its own')
  const [last = ''] = first.stderr().trim().split('\n').slice(-1)
  t.match(last, /could not be closed in time.*this process kills itself/)
  const ended = once(holder, 'close')
  holder.kill('SIGKILL')
  await ended
  const second = startCefline(t, { cwd: folder, args })
  await second.said('status page')
  t.equal(await second.stop(), 0)
})

t.test(
  'the disk fails under a running appliance, which says so and lives',
  mounts('mkfs.ext4', 'e2fsck'),
  async (t) => {
    const place = t.testdir({ drop: {} })
    const drop = join(place, 'drop')
    const under = tmpfs(t, '80m')
    const disk = ext4(t, under, '64m')
    const out = join(place, 'out.log')
    const configuration = {
      status: { listen: '127.0.0.1:0' },
      spool: { folder: join(disk, 'data'), reserve: 0 },
      sources: { alerts: { type: 'netwrix-alerts', folder: drop, settle: '60ms' } },
      destinations: { file: { type: 'file', path: out } },
    }
    const give = (name: string) => {
      const file = join(drop, `${name}.csv`)
      writeFileSync(file, `When\tWho\tAction\n2026-01-02T03:04:05Z\t${name}\tAdded\n`)
      return file
    }
    const who = () =>
      existsSync(out) ? linesOf(out).map((line) => / suser=(\S*)/.exec(line)?.[1]) : []
    const received = (name: string) =>
      eventually(async () => who().includes(name) || undefined, `${name} did not come`)

    writeFileSync(join(place, 'cefline.json'), JSON.stringify(configuration))
    const args = ['--config', 'cefline.json']
    const first = startCefline(t, { cwd: place, args })
    give('before')
    await received('before')
    const status = /status page (http:[^ "]+)/.exec(first.stderr())?.[1] ?? ''
    // What the kernel does to a file system whose disk fails.
    run('mount', '-o', 'remount,abort', disk)
    const file = give('during')
    await first.said(/could not be written: .*(read-only|input\/output|I\/O)/i)
    t.ok(existsSync(file), 'it is not taken from the folder')
    t.equal((await fetch(new URL('healthz', status))).status, 200)
    await eventually(
      async () => {
        const answer = await fetch(new URL('api/status', status))
        const { sources } = (await answer.json()) as { sources: { problem?: string }[] }
        return sources[0]?.problem?.includes('could not be written') || undefined
      },
      () => first.stderr(),
    )
    t.equal(await first.stop(), 0, 'it ends when it is told')
    const image = join(under, 'disk')
    run('umount', disk)
    spawnSync('e2fsck', ['-p', image])
    run('mount', '-o', 'loop', image, disk)
    const second = startCefline(t, { cwd: place, args })
    await received('during')
    t.same(new Set(who()), new Set(['before', 'during']))
    t.notMatch(second.stderr(), 'left out: given before')
    t.equal(await second.stop(), 0)
    t.notMatch(readFileSync(out, 'utf8'), '\0')
  },
)

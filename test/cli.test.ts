/**
 * What the process does about its own outputs: an appliance whose log nobody takes forwards all the same.
 */
import { spawn } from 'node:child_process'
import type { ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { closeSync, existsSync, openSync } from 'node:fs'
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import t from 'tap'
import type { Test } from 'tap'
import { cefline, cli } from './helpers/cefline.ts'
import { eventually } from './helpers/daemon.ts'
import { root } from './helpers/root.ts'

type Stdio = 'ignore' | 'pipe' | number

/** Starts `run` with these outputs in a folder of its own, which goes to `out.cef` and is printed. */
async function started(
  t: Test,
  stderr: Stdio,
  stdout: Stdio = 'ignore',
): Promise<[ChildProcess, string]> {
  // A socket's name has room for 107 bytes: more than tap's folders leave.
  const cwd = await mkdtemp(join(tmpdir(), 'cefline-'))
  const configuration = {
    status: { listen: '127.0.0.1:0' },
    spool: { folder: join(cwd, 'data') },
    sources: { alerts: { type: 'netwrix-alerts', folder: cwd, settle: '60ms' } },
    destinations: {
      out: { type: 'file', path: join(cwd, 'out.cef') },
      screen: { type: 'console' },
    },
  }
  await writeFile(join(cwd, 'cefline.json'), JSON.stringify(configuration))
  const args = [cli, '--config', 'cefline.json', 'run']
  const child = spawn(process.execPath, args, { cwd, stdio: ['ignore', stdout, stderr] })
  const closed = once(child, 'close')
  t.teardown(async () => {
    child.kill('SIGKILL')
    await closed
    await rm(cwd, { recursive: true })
  })
  return [child, cwd]
}

/** It takes a file, delivers it, answers, and stops in order. */
async function works(t: Test, child: ChildProcess, cwd: string): Promise<void> {
  await writeFile(join(cwd, 'a.csv'), 'When\tWho\tAction\n2026-01-02T03:04:05Z\tu\tAdded\n')
  const out = join(cwd, 'out.cef')
  const received = async () => existsSync(out) && (await readFile(out, 'utf8')).includes('suser=u')
  await eventually(async () => (await received()) || undefined, 'it is not received')
  t.match(await cefline(['status', '--folder', join(cwd, 'data')], { cwd }), { code: 0 })
  const closed = once(child, 'close')
  child.kill('SIGTERM')
  t.strictSame(await closed, [0, null])
}

t.test('the reader of the log goes', async (t) => {
  const [child, cwd] = await started(t, 'pipe')
  await once(child.stderr!, 'data')
  child.stderr!.destroy()
  await works(t, child, cwd)
})

const full = '/dev/full'
const skip = existsSync(full) ? false : `there is no ${full}`

t.test('the disk that the log is on is full', { skip }, async (t) => {
  const log = openSync(full, 'w')
  t.teardown(() => closeSync(log))
  const [child, cwd] = await started(t, log)
  await works(t, child, cwd)
})

t.test('the reader of the events goes', async (t) => {
  const [child, cwd] = await started(t, 'ignore', 'pipe')
  await once(child.stdout!, 'data')
  child.stdout!.destroy()
  await works(t, child, cwd)
})

t.test('the disk that the events are printed to is full', { skip }, async (t) => {
  const events = openSync(full, 'w')
  t.teardown(() => closeSync(events))
  const [child, cwd] = await started(t, 'ignore', events)
  await works(t, child, cwd)
})

t.test('a command whose output has no room says so', { skip }, async (t) => {
  const output = openSync(full, 'w')
  t.teardown(() => closeSync(output))
  for (const args of [['--help'], ['preview', join(root, 'examples', 'alert.csv')]]) {
    const child = spawn(process.execPath, [cli, ...args], { stdio: ['ignore', output, 'pipe'] })
    let said = ''
    child.stderr!.setEncoding('utf8').on('data', (text: string) => (said += text))
    t.strictSame(await once(child, 'close'), [1, null])
    t.match(said, /^standard output takes no more \(ENOSPC.*\); .*make room there.*\n$/)
  }
})

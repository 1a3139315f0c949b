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

/** Starts `run` with this standard error in a folder of its own, `drop` to `out.cef`. */
async function started(t: Test, stderr: 'pipe' | number): Promise<[ChildProcess, string]> {
  // A socket's name has room for 107 bytes: more than tap's folders leave.
  const cwd = await mkdtemp(join(tmpdir(), 'cefline-'))
  const configuration = {
    status: { listen: '127.0.0.1:0' },
    spool: { folder: join(cwd, 'data') },
    sources: { alerts: { type: 'netwrix-alerts', folder: cwd, settle: '60ms' } },
    destinations: { out: { type: 'file', path: join(cwd, 'out.cef') } },
  }
  await writeFile(join(cwd, 'cefline.json'), JSON.stringify(configuration))
  const args = [cli, '--config', 'cefline.json', 'run']
  const child = spawn(process.execPath, args, { cwd, stdio: ['ignore', 'ignore', stderr] })
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

/**
 * Ends of the process: told to stop while it waits for a receiver, told twice, and what is sent by the
 * one that comes after it.
 */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, renameSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import type { Test } from 'tap'
import { startCefline } from '../helpers/cefline.ts'
import { eventually, freePort } from '../helpers/daemon.ts'
import { program } from '../helpers/root.ts'
import { startSink } from '../helpers/sink.ts'

const args = ['--config', 'cefline.json']

/** A folder with a configuration that sends what is dropped to this port. */
function configured(t: Test, port: number, more: object = {}): string {
  const cwd = t.testdir({ drop: {} })
  configure(cwd, port, more)
  return cwd
}

function configure(cwd: string, port: number, more: object = {}): void {
  const siem = { type: 'syslog', url: `tcp://127.0.0.1:${port}`, hostname: 'here', ...more }
  const configuration = {
    status: { listen: '127.0.0.1:0' },
    sources: { alerts: { type: 'netwrix-alerts', folder: './drop', settle: '60ms' } },
    destinations: { siem },
  }
  writeFileSync(join(cwd, 'cefline.json'), JSON.stringify(configuration))
}

/** Drops a file of so many rows and waits until all of them are in the spool. */
async function give(cwd: string, rows: number, details = ''): Promise<void> {
  const file = join(cwd, 'drop', 'a.csv')
  const lines = Array.from({ length: rows }, (_, index) => {
    return `2026-01-02T03:04:05Z\tu${index}\tAdded\t${details}\n`
  })
  writeFileSync(`${file}.tmp`, `When\tWho\tAction\tDetails\n${lines.join('')}`)
  renameSync(`${file}.tmp`, file)
  await eventually(async () => !existsSync(file) || undefined, 'it is not taken')
}

const who = (lines: string[]) => new Set(lines.map((line) => / suser=(\S*)/.exec(line)?.[1]))

t.test('SIGTERM while it waits for the next try ends it, and nothing is lost', async (t) => {
  const cwd = configured(t, await freePort())
  const first = startCefline(t, { cwd, args })
  await give(cwd, 10)
  // The third one comes after a wait of a second.
  await first.said(/(refused the connection[^]*){3}/)
  t.equal(await first.stop('SIGTERM'), 0)
  const sink = await startSink(t)
  configure(cwd, sink.port)
  const second = startCefline(t, { cwd, args })
  await sink.until(10)
  t.equal(await second.stop('SIGINT'), 0)
  t.equal(who(sink.lines()).size, 10)
  t.equal(sink.lines().length, 10)
})

t.test('a second signal ends it while its spool cannot be closed', async (t) => {
  const sink = await startSink(t)
  const cwd = configured(t, sink.port)
  const running = startCefline(t, { cwd, args })
  await running.said('connected to')
  const holder = spawn(process.execPath, [...program('spool/holder'), join(cwd, 'data')])
  t.teardown(() => holder.kill('SIGKILL'))
  await once(holder.stdout, 'data')
  process.kill(running.pid, 'SIGTERM')
  await running.said('stopping: SIGTERM')
  t.not(await running.stop('SIGINT'), 0)
})

t.test('a second signal ends it at once, and so does kill -9: nothing is lost', async (t) => {
  const deaf = await startSink(t, { onSocket: (socket) => socket.pause() })
  const cwd = configured(t, deaf.port)
  for (const [index, signal] of (['SIGINT', 'SIGKILL'] as const).entries()) {
    const running = startCefline(t, { cwd, args })
    if (index === 0) {
      // More than the kernels take, so that the end waits for the receiver.
      await running.said('connected to')
      await give(cwd, 3000, 'x'.repeat(4000))
    }
    await running.said('connected to')
    process.kill(running.pid, 'SIGTERM')
    await running.said('stopping: SIGTERM')
    const code = await running.stop(signal)
    t.not(code, 0, `${signal}: it did not wait`)
  }
  const sink = await startSink(t)
  configure(cwd, sink.port)
  const last = startCefline(t, { cwd, args })
  await eventually(
    async () => who(sink.lines()).size === 3000 || undefined,
    () => `${who(sink.lines()).size} of 3000`,
  )
  t.equal(await last.stop(), 0)
})

/**
 * The appliance as a process: told by SIGHUP that its configuration has changed, and started while
 * another one has its spool.
 */
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { startCefline } from '../helpers/cefline.ts'

const configuration = {
  status: { listen: '127.0.0.1:0' },
  sources: { alerts: { type: 'netwrix-alerts', folder: './drop' } },
  destinations: { file: { type: 'file', path: './out.log' } },
}

function write(folder: string, value: unknown): void {
  writeFileSync(join(folder, 'cefline.yaml'), JSON.stringify(value))
}

t.test('SIGHUP has the configuration read again', async (t) => {
  const cwd = t.testdir()
  write(cwd, configuration)
  const running = startCefline(t, { cwd })
  await running.said('status page')
  process.kill(running.pid, 'SIGHUP')
  await running.said('the configuration is the one that runs')
  write(cwd, { ...configuration, destinations: { file: { type: 'file', path: './other.log' } } })
  process.kill(running.pid, 'SIGHUP')
  await running.said('was taken over: destination file changed')
  writeFileSync(join(cwd, 'cefline.yaml'), 'sources: {')
  await running.said(/not taken over, and all goes on as before: cefline\.yaml:1/)
  t.equal(await running.stop(), 0)
})

t.test('a second process waits for the spool, and takes it over from a dead one', async (t) => {
  const cwd = t.testdir()
  write(cwd, configuration)
  const first = startCefline(t, { cwd })
  await first.said('status page')
  const second = startCefline(t, { cwd })
  await second.said(new RegExp(`waits, nothing is read or sent: .* in use by process ${first.pid}`))
  const third = startCefline(t, { cwd })
  await third.said(/waits, nothing is read or sent/)
  t.equal(await third.stop('SIGTERM'), 0, 'what waits can be stopped')
  await first.stop('SIGKILL')
  await second.said('is open now')
  await second.said('status page')
  t.equal(await second.stop(), 0)
})

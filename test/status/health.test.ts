/**
 * `/healthz`: the process answers. `/readyz`: the spool can accept. Neither says anything of the SIEM:
 * whoever restarts Cefline because a SIEM is down makes things worse.
 */
import { spawn } from 'node:child_process'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { setTimeout as sleep } from 'node:timers/promises'
import t from 'tap'
import { activity, startAppliance, syslog } from '../helpers/appliance.ts'
import { eventually, freePort } from '../helpers/daemon.ts'
import { startIntegrationApi } from '../helpers/integration-api.ts'
import { program } from '../helpers/root.ts'

t.test('a dead SIEM changes neither', async (t) => {
  const api = await startIntegrationApi({ records: 5 })
  t.teardown(() => api.close())
  const appliance = startAppliance(t, {
    own: { events: false },
    sources: { activity: activity(api) },
    destinations: { siem: syslog(await freePort()) },
  })
  await appliance.started
  await eventually(async () => {
    const { destinations } = await appliance.status()
    return destinations[0]?.waiting === 5 && destinations[0].state === 'lost' ? true : undefined
  }, 'the SIEM is not found dead')
  t.equal((await appliance.get('/healthz')).status, 200)
  t.equal((await appliance.get('/readyz')).status, 200)
  t.equal(await appliance.metric('cefline_destination_up{destination="siem"}'), '0')
})

t.test('a full spool makes /readyz 503 and nothing else', async (t) => {
  const api = await startIntegrationApi({ records: 8000 })
  t.teardown(() => api.close())
  const appliance = startAppliance(t, {
    own: { events: false },
    spool: { maxBytes: '1MB' },
    sources: { activity: activity(api, { pageSize: 1000 }) },
    destinations: { siem: syslog(await freePort()) },
  })
  await appliance.started
  await eventually(async () => {
    return (await appliance.metric('cefline_spool_full')) === '1' ? true : undefined
  }, 'the spool is not full')
  const ready = await appliance.get('/readyz')
  t.equal(ready.status, 503)
  t.match(await ready.text(), /the spool is full/)
  t.equal((await appliance.get('/healthz')).status, 200)
  t.equal((await appliance.get('/metrics')).status, 200)
})

t.test('a blocked event loop is seen by neither answering', async (t) => {
  const gate = join(t.testdir(), 'gate')
  const args = [...program('status/blocked'), gate]
  const child = spawn(process.execPath, args, { stdio: ['pipe', 'pipe', 'inherit'] })
  t.teardown(() => child.kill('SIGKILL'))
  const said = createInterface({ input: child.stdout })[Symbol.asyncIterator]()
  const url = (await said.next()).value as string
  for (const path of ['healthz', 'readyz']) t.equal((await fetch(url + path)).status, 200, path)

  child.stdin.write('block\n')
  await said.next()
  const asked = ['healthz', 'readyz'].map((path) => fetch(url + path))
  t.equal(await Promise.race([...asked, sleep(500, 'none')]), 'none')

  writeFileSync(gate, '')
  for (const one of await Promise.all(asked)) t.equal(one.status, 200, 'it goes on')
})

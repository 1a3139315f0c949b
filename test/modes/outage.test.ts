/**
 * A receiver that is away for long: everything that came meanwhile is sent when it is back, from the
 * first event on, over restarts of Cefline, and nobody has to be told to try again.
 */
import { once } from 'node:events'
import { existsSync } from 'node:fs'
import { createServer } from 'node:net'
import type { Socket } from 'node:net'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import t from 'tap'
import type { Test } from 'tap'
import { activity, idsIn, linesOf, startAppliance, syslog } from '../helpers/appliance.ts'
import { eventually, freePort } from '../helpers/daemon.ts'
import { startIntegrationApi } from '../helpers/integration-api.ts'
import { needs } from '../helpers/peers.ts'
import { startSink } from '../helpers/sink.ts'

/** A receiver on a port of its own choice; ended as a killed program ends. */
async function listen(t: Test, port: number) {
  const sockets = new Set<Socket>()
  let text = ''
  const server = createServer((socket) => {
    sockets.add(socket)
    socket.on('error', () => socket.destroy())
    socket.on('data', (data) => (text += data.toString()))
  })
  server.listen(port, '127.0.0.1')
  await once(server, 'listening')
  const stop = async () => {
    for (const socket of sockets) socket.resetAndDestroy()
    if (server.listening) await new Promise((resolve) => server.close(resolve))
  }
  t.teardown(stop)
  return { ids: () => idsIn(text.split('\n')), stop }
}

t.test('from the first event on, over restarts', needs('openssl'), async (t) => {
  const api = await startIntegrationApi({ records: 0 })
  t.teardown(() => api.close())
  const folder = t.testdir()
  const port = await freePort()
  const archive = join(folder, 'archive.log')
  const configuration = {
    sources: { activity: activity(api) },
    destinations: { siem: syslog(port), archive: { type: 'file', path: archive } },
  }
  const archived = () => (existsSync(archive) ? idsIn(linesOf(archive)) : [])
  for (let run = 1; run <= 3; run += 1) {
    const appliance = startAppliance(t, configuration, { folder, watched: false })
    api.add(20)
    await appliance.said(/^tcp:.* refused the connection/)
    await eventually(
      async () => archived().length === 20 * run || undefined,
      'one that is down holds up the other',
    )
    // Read when they are asked for: that nothing moves does not freeze them.
    const waiting = 'cefline_destination_waiting_lines{destination="siem"}'
    t.equal(await appliance.metric(waiting), String(20 * run))
    t.equal(await appliance.metric('cefline_destination_up{destination="siem"}'), '0')
    // In the middle of the wait for the next try.
    await appliance.app.stop('SIGTERM')
    t.equal(appliance.log().at(-1), 'stopped')
  }
  const siem = await listen(t, port)
  const appliance = startAppliance(t, configuration, { folder, watched: false })
  await appliance.delivered()
  const wanted = api.records.map(({ RID }) => RID?.slice(17))
  t.same(siem.ids(), wanted, 'all, once, in order')
  t.same(archived(), wanted)
  const [{ ledger: [books] = [] } = {}] = (await appliance.status()).destinations
  t.match(books, { spooled: 60, received: 60, waiting: 0 })
})

t.test(
  'lost a second and a third time, with events unconfirmed each time',
  needs('openssl'),
  async (t) => {
    const folder = t.testdir({ drop: {} })
    const api = await startIntegrationApi({ records: 0 })
    t.teardown(() => api.close())
    const port = await freePort()
    const destinations = { siem: syslog(port, { receiptAfter: '60s' }) }
    const configuration = { sources: { activity: activity(api) }, destinations }
    const appliance = startAppliance(t, configuration, { folder, watched: false })
    const seen: string[][] = []
    for (let time = 1; time <= 3; time += 1) {
      const siem = await listen(t, port)
      api.add(10)
      await eventually(
        async () => siem.ids().length === 10 * time || undefined,
        () => `${siem.ids().length} came at time ${time}`,
      )
      seen.push(siem.ids())
      await siem.stop()
      await appliance.said(/tries again/)
    }
    const wanted = api.records.map(({ RID }) => RID?.slice(17))
    t.same(seen.at(-1), wanted, 'what has no receipt comes each time, whole')
  },
)

t.test(
  'a receiver that ends idle connections: the next event goes to a new one',
  needs('openssl'),
  async (t) => {
    const api = await startIntegrationApi({ records: 0 })
    t.teardown(() => api.close())
    const sink = await startSink(t)
    const configuration = {
      sources: { activity: activity(api) },
      destinations: { siem: syslog(sink.port) },
    }
    const appliance = startAppliance(t, configuration, { watched: false })
    for (let time = 1; time <= 4; time += 1) {
      api.add(1)
      await sink.until(time)
      await appliance.delivered()
      // In good order, and by a firewall that has forgotten it.
      for (const socket of sink.sockets) {
        if (time % 2) socket.end()
        else socket.resetAndDestroy()
      }
      await pause(50)
    }
    t.same(
      idsIn(sink.lines()),
      api.records.map(({ RID }) => RID?.slice(17)),
    )
  },
)

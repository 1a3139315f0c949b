/** Certificates of an appliance that runs: of a source's connection, of its listener, and in files. */
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { OwnWatch } from '../../src/app/own-watch.ts'
import { activity, startAppliance, syslog } from '../helpers/appliance.ts'
import { eventually } from '../helpers/daemon.ts'
import { startIntegrationApi } from '../helpers/integration-api.ts'
import { needs } from '../helpers/peers.ts'
import { recordedEvents } from '../helpers/pipeline.ts'
import { startSink } from '../helpers/sink.ts'

const ends = (component: string, whose: string) =>
  `cefline_certificate_expiry_timestamp_seconds{component="${component}",whose="${whose}"}`

t.test('what sources rest on is in the status and the metrics', needs('openssl'), async (t) => {
  const api = await startIntegrationApi({ records: 3 })
  t.teardown(() => api.close())
  const sink = await startSink(t, {})
  const push = {
    ...{ type: 'netwrix-push', listen: '127.0.0.1:0', folder: join(t.testdir(), 'push') },
    ...{ token: 'a-token-of-32-characters-at-least', tls: { selfMade: true } },
  }
  const sources = { activity: activity(api), push }
  const destinations = { siem: syslog(sink.port) }
  const appliance = startAppliance(t, { sources, destinations })
  await appliance.started
  const statusOf = async (name: string) =>
    (await appliance.status()).sources.find((source) => source.name === name)
  const [peer, own] = await eventually(async () => {
    const seen = await Promise.all([statusOf('activity'), statusOf('push')])
    const certificates = seen.map((source) => source?.certificates[0])
    return certificates.every((one) => one !== undefined) ? certificates : undefined
  }, 'no certificates')
  t.match(peer, { whose: 'peer', fingerprint: api.fingerprint })
  t.match(own, { whose: 'own', fingerprint: /^[0-9A-F:]{95}$/ })
  t.equal(await appliance.metric(ends('activity', 'peer')), String((peer?.validTo ?? 0) / 1000))
  t.equal(await appliance.metric(ends('push', 'own')), String((own?.validTo ?? 0) / 1000))
  appliance.write({ sources: { activity: activity(api) }, destinations })
  await appliance.said(/source push removed/)
  t.equal(await appliance.metric(ends('push', 'own')), undefined, 'gone with the source')
})

t.test('files are looked at even when nobody reads the events', needs('openssl'), async (t) => {
  const api = await startIntegrationApi({ records: 0 })
  t.teardown(() => api.close())
  const ca = join(t.testdir(), 'ca.pem')
  writeFileSync(ca, api.ca)
  const { events } = recordedEvents()
  events.own.isRead = false
  const activity = { name: 'activity', type: 'netwrix-api', options: { tls: { ca } } }
  const watch = new OwnWatch({
    events,
    spool: { usage: () => ({ bytes: 0, maxBytes: 1, full: false }) },
    configuration: () => ({ sources: [activity], destinations: [] }) as never,
    status: () => ({}) as never,
  })
  await watch.lookAtCertificates()
  const text = await events.metrics.registry.metrics()
  t.ok(text.includes(ends('activity', 'authority')))
})

import { X509Certificate } from 'node:crypto'
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { CertificateWatch } from '../../src/app/certificate-watch.ts'
import type { Certificate } from '../../src/core.ts'
import { Events } from '../../src/telemetry/events.ts'
import { createLog } from '../../src/telemetry/log.ts'
import { Metrics } from '../../src/telemetry/metrics.ts'
import { makeAuthority } from '../helpers/certificates.ts'
import { needs } from '../helpers/peers.ts'

const day = 86_400_000

const newEvents = () => new Events(createLog({ level: 'silent', format: 'json' }), new Metrics('1'))

const peer = (validTo: number, fingerprint = 'AA'): Certificate => {
  return { whose: 'peer', subject: 'CN=sensor', issuer: 'CN=ca', validTo, fingerprint }
}

t.test('of a connection: once at each of 30, 14, 7, 3 and 1 days, and at the end', async (t) => {
  let now = 0
  const events = newEvents()
  const watch = new CertificateWatch(events, () => now)
  const siem = events.destination('siem')
  siem.connected('tls://sensor:6514', [peer(100 * day)])
  const told = async (time: number) => {
    now = time
    await watch.look({ sources: [], destinations: [] })
    return events.own.rest().length
  }
  t.equal(await told(69 * day), 0)
  t.equal(await told(70 * day), 1)
  t.equal(await told(80 * day), 1)
  t.equal(await told(86 * day), 2)
  t.equal(await told(93 * day), 3)
  t.equal(await told(97 * day), 4)
  t.equal(await told(99 * day), 5)
  t.equal(await told(99.5 * day), 5)
  t.equal(await told(101 * day), 6)
  t.equal(await told(102 * day), 6)
  siem.connected('tls://sensor:6514', [peer(200 * day, 'BB')])
  t.equal(await told(103 * day), 6, 'renewed')
  const messages = events.own.rest().map(({ message }) => message)
  t.match(messages[0], /^the peer’s certificate \(CN=sensor\) ends 1970-04-11T00:00Z, in 30 days/)
  t.match(messages[4], /, in a day;/)
  t.match(messages[5], /ended 1970-04-11T00:00Z/)
  t.match(events.own.rest()[0], { kind: 'certificate-expiring', component: 'siem' })
})

t.test('a long one that is first seen near its end is told of once', async (t) => {
  const events = newEvents()
  const watch = new CertificateWatch(events, () => 98 * day)
  events.destination('siem').connected('x', [peer(100 * day)])
  await watch.look({ sources: [], destinations: [] })
  t.match(events.own.rest(), [{ message: /in 2 days/ }])
})

t.test('in files of the configuration, the one that ends first', needs('openssl'), async (t) => {
  const folder = t.testdir()
  const authority = await makeAuthority(folder)
  const soon = await authority.sign('soon', { days: 5 })
  const late = await authority.sign('late', { days: 400 })
  const both = join(folder, 'both.pem')
  writeFileSync(both, readFileSync(late.cert, 'utf8') + readFileSync(soon.cert, 'utf8'))
  const events = newEvents()
  const watch = new CertificateWatch(events)
  const siem = { name: 'siem', options: { tls: { cert: both, ca: late.cert } } }
  const push = { name: 'push', options: { tls: { cert: join(folder, 'none'), key: soon.key } } }
  const configuration = { sources: [push], destinations: [siem] } as never
  await watch.look(configuration)
  await watch.look(configuration)
  t.match(events.own.rest(), [
    { component: 'siem', message: /^the certificate of destinations\.siem\.tls\.cert \(CN=soon\)/ },
  ])
  t.equal(events.own.rest().length, 1)
  // The same one in a connection that shows it.
  const { fingerprint256, validTo } = new X509Certificate(readFileSync(soon.cert))
  events
    .destination('siem')
    .connected('x', [{ ...peer(Date.parse(validTo), fingerprint256), whose: 'own' }])
  await watch.look(configuration)
  t.equal(events.own.rest().length, 1, 'is the same')
})

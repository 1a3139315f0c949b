import t from 'tap'
import { CertificateWatch } from '../../src/app/certificate-watch.ts'
import type { Certificate } from '../../src/core.ts'
import { Events } from '../../src/telemetry/events.ts'
import { createLog } from '../../src/telemetry/log.ts'
import { Metrics } from '../../src/telemetry/metrics.ts'

const day = 86_400_000

const newEvents = () => new Events(createLog({ level: 'silent', format: 'json' }), new Metrics('1'))

const peer = (validTo: number, fingerprint = 'AA'): Certificate => {
  return { whose: 'peer', subject: 'CN=sensor', issuer: 'CN=ca', validTo, fingerprint }
}

t.test('of a connection: once at each of 30, 14, 7, 3 and 1 days, and at the end', (t) => {
  let now = 0
  const events = newEvents()
  const watch = new CertificateWatch(events, () => now)
  const siem = events.destination('siem')
  siem.connected('tls://sensor:6514', [peer(100 * day)])
  const told = (time: number) => {
    now = time
    watch.look([])
    return events.own.rest().length
  }
  t.equal(told(69 * day), 0)
  t.equal(told(70 * day), 1)
  t.equal(told(80 * day), 1)
  t.equal(told(86 * day), 2)
  t.equal(told(93 * day), 3)
  t.equal(told(97 * day), 4)
  t.equal(told(99 * day), 5)
  t.equal(told(99.5 * day), 5)
  t.equal(told(101 * day), 6)
  t.equal(told(102 * day), 6)
  siem.connected('tls://sensor:6514', [peer(200 * day, 'BB')])
  t.equal(told(103 * day), 6, 'renewed')
  const messages = events.own.rest().map(({ message }) => message)
  t.match(
    messages[0],
    /^the peer’s certificate \(CN=sensor\) ends 1970-04-11T00:00Z, in 30 days; whoever runs the other/,
  )
  t.match(messages[4], /, in a day;/)
  t.match(messages[5], /ended 1970-04-11T00:00Z/)
  t.match(events.own.rest()[0], { kind: 'certificate-expiring', component: 'siem' })
  t.end()
})

t.test('a long one that is first seen near its end is told of once', (t) => {
  const events = newEvents()
  const watch = new CertificateWatch(events, () => 98 * day)
  events.destination('siem').connected('x', [peer(100 * day)])
  watch.look([])
  t.match(events.own.rest(), [{ message: /in 2 days/ }])
  t.end()
})

t.test('of a file, which is named where a connection shows the same', (t) => {
  const events = newEvents()
  const watch = new CertificateWatch(events, () => 98 * day)
  const place = 'destinations.siem.tls.cert'
  const subject = 'CN=cefline'
  const own = { whose: 'own' as const, subject, validTo: 100 * day, fingerprint: 'AA' }
  events.destination('siem').connected('x', [{ ...own, issuer: 'CN=ca' }])
  watch.look([{ ...own, component: 'siem', place }])
  watch.look([{ ...own, component: 'siem', place }])
  t.equal(events.own.rest().length, 1)
  t.match(events.own.rest(), [
    {
      component: 'siem',
      message: /^the certificate of destinations\.siem\.tls\.cert \(CN=cefl.*; renew it/,
    },
  ])
  t.end()
})

t.test('of an authority, which may be one of several', (t) => {
  const events = newEvents()
  const watch = new CertificateWatch(events, () => 98 * day)
  const place = 'destinations.siem.tls.ca'
  const authority = { subject: 'CN=ca', validTo: 100 * day, fingerprint: 'AA', component: 'siem' }
  watch.look([{ ...authority, whose: 'authority', place }])
  const message =
    /^an authority in destinations\.siem\.tls\.ca \(CN=ca\) ends .*; put its successor beside it, or/
  t.match(events.own.rest(), [{ component: 'siem', message }])
  t.end()
})

t.test('of a source’s connection, and of what it listens with', (t) => {
  const events = newEvents()
  const watch = new CertificateWatch(events, () => 98 * day)
  events.source('activity').connected([peer(100 * day)])
  events.source('push').connected([{ ...peer(100 * day), whose: 'own' }])
  watch.look([])
  t.match(events.own.rest(), [
    { component: 'activity', message: /^the peer’s certificate/ },
    { component: 'push', message: /^our own certificate/ },
  ])
  t.end()
})

import t from 'tap'
import { receivers, wireFor } from '../../src/syslog/receivers.ts'

t.test('defaults of the transports', (t) => {
  t.match(wireFor(null, 'udp', 514), { format: 'rfc3164', maxBytes: 2048 })
  t.match(wireFor(null, 'tcp', 514), { format: 'rfc3164', framing: 'lf', maxBytes: 8096 })
  t.match(wireFor(null, 'tls', 6514), {
    format: 'rfc5424',
    framing: 'octet-counting',
    maxBytes: 8096,
    lengths: false,
    equals: 'escape',
  })
  t.end()
})

t.test('USM Anywhere: the header goes by the port', (t) => {
  for (const [transport, port, format] of [
    ['udp', 514, 'rfc3164'],
    ['tcp', 601, 'rfc3164'],
    ['tls', 6514, 'rfc3164'],
    ['tcp', 602, 'rfc5424'],
    ['tls', 6515, 'rfc5424'],
  ] as const) {
    t.match(wireFor('usm-anywhere', transport, port), { format, framing: 'lf' })
  }
  t.end()
})

t.test('the other presets', (t) => {
  t.match(wireFor('graylog', 'tcp', 514), { format: 'rfc3164', equals: 'substitute' })
  t.match(wireFor('arcsight', 'tls', 6514), { format: 'rfc3164', framing: 'lf', lengths: true })
  t.match(wireFor('arcsight', 'tcp', 514), { clashes: 'rename-all' })
  t.match(wireFor('elastic', 'tcp', 514), { clashes: 'rename' })
  t.match(wireFor('sentinel', 'tcp', 514), { clashes: 'rename' })
  t.match(wireFor('sentinel', 'tcp', 514, { clashes: 'keep' }), { clashes: 'keep' })
  t.match(wireFor('qradar', 'tcp', 514), { clashes: 'keep' })
  t.match(wireFor('splunk', 'tcp', 601), { framing: 'octet-counting', maxBytes: 10_000 })
  t.match(wireFor('splunk', 'tcp', 514), { framing: 'lf' })
  t.match(wireFor('syslog-ng', 'tcp', 514), { format: 'rfc3164', framing: 'lf', maxBytes: 65_536 })
  t.match(wireFor('syslog-ng', 'tcp', 601), { format: 'rfc5424', framing: 'octet-counting' })
  t.match(wireFor('syslog-ng', 'udp', 514), { format: 'rfc3164', maxBytes: 65_507 })
  t.match(wireFor('qradar', 'udp', 514), { maxBytes: 1024 })
  t.match(wireFor('rsyslog', 'tcp', 514), { format: 'rfc5424', framing: 'octet-counting' })
  for (const receiver of receivers) {
    for (const transport of ['udp', 'tcp', 'tls'] as const) {
      const { maxBytes } = wireFor(receiver, transport, 514)
      t.ok(maxBytes >= 480 && maxBytes <= (transport === 'udp' ? 65_507 : 9_999_999))
    }
  }
  t.end()
})

t.test('an option given by hand wins', (t) => {
  const byHand = { format: 'rfc5424', framing: 'nul', maxBytes: 4000, equals: 'escape' } as const
  t.match(wireFor('graylog', 'tcp', 514, byHand), byHand)
  t.match(wireFor('graylog', 'tcp', 514, { format: null, equals: null }), { equals: 'substitute' })
  t.equal(wireFor(null, 'udp', 514, { maxBytes: 1e6 }).maxBytes, 65_507)
  t.end()
})

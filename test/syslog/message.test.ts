import fc from 'fast-check'
import t from 'tap'
import { Headers, looksLikeContainerId } from '../../src/syslog/message.ts'
import type { HeaderOptions } from '../../src/syslog/message.ts'

const common: HeaderOptions = {
  format: 'rfc3164',
  facility: 20,
  hostname: 'auditor.example.com',
  appName: 'cefline',
  timezone: 'UTC',
}

function header(options: Partial<HeaderOptions>, time: string, severity = 5): string {
  return new Headers({ ...common, ...options }).header(Date.parse(time), severity).toString()
}

t.test('RFC 3164', (t) => {
  t.equal(header({}, '2026-01-08T11:07:53.999Z'), '<164>Jan  8 11:07:53 auditor ')
  t.equal(header({}, '2026-12-18T01:02:03Z', 10), '<162>Dec 18 01:02:03 auditor ')
  t.equal(
    header({ timezone: 'Europe/Berlin' }, '2026-03-29T01:00:00Z'),
    '<164>Mar 29 03:00:00 auditor ',
  )
  t.equal(
    header({ timezone: 'America/New_York' }, '2026-01-01T00:00:00Z'),
    '<164>Dec 31 19:00:00 auditor ',
  )
  t.end()
})

t.test('RFC 5424', (t) => {
  const options = { format: 'rfc5424' } as const
  t.equal(
    header(options, '2026-01-08T11:07:53.042Z'),
    '<164>1 2026-01-08T11:07:53.042Z auditor.example.com cefline - - - ',
  )
  t.equal(
    header({ ...options, timezone: 'Asia/Kathmandu' }, '2026-01-08T11:07:53.042Z', 0),
    '<166>1 2026-01-08T16:52:53.042+05:45 auditor.example.com cefline - - - ',
  )
  t.equal(
    header({ ...options, timezone: 'America/St_Johns' }, '2026-01-08T11:07:53.900Z', 8),
    '<163>1 2026-01-08T07:37:53.900-03:30 auditor.example.com cefline - - - ',
  )
  t.end()
})

t.test('host and application names', (t) => {
  const rows: [hostname: string, rfc3164: string, rfc5424: string][] = [
    ['host', 'host', 'host'],
    ['10.1.2.3', '10.1.2.3', '10.1.2.3'],
    ['fd00::1', 'fd00::1', 'fd00::1'],
    ['two words', 'two_words', 'two_words'],
    ['bücher.example', 'b_cher', 'b_cher.example'],
    ['evil\n<0>Jan', 'evil_<0>Jan', 'evil_<0>Jan'],
    ['', '-', '-'],
    ['x'.repeat(300), 'x'.repeat(255), 'x'.repeat(255)],
  ]
  for (const [hostname, short, whole] of rows) {
    t.equal(header({ hostname }, '2026-01-08T00:00:00Z').split(' ')[4], short)
    t.equal(header({ hostname, format: 'rfc5424' }, '2026-01-08T00:00:00Z').split(' ')[2], whole)
  }
  const named = header({ appName: 'a b'.repeat(30), format: 'rfc5424' }, '2026-01-08T00:00:00Z')
  t.equal(named.split(' ')[3]?.length, 48)
  t.end()
})

t.test('a kept header gives the same as a new one', (t) => {
  const kept = new Headers({ ...common, format: 'rfc5424', timezone: 'Europe/Berlin' })
  const time = fc.oneof(fc.integer({ min: 0, max: 5000 }), fc.integer({ min: 0, max: 4e12 }))
  fc.assert(
    fc.property(time, fc.integer({ min: 0, max: 10 }), (time, severity) => {
      const fresh = new Headers({ ...common, format: 'rfc5424', timezone: 'Europe/Berlin' })
      const text = kept.header(time, severity).toString()
      t.equal(text, fresh.header(time, severity).toString())
      t.equal(Date.parse(text.split(' ')[1] ?? ''), time)
    }),
    { numRuns: 50 },
  )
  t.end()
})

t.test('more seconds than are kept', (t) => {
  const headers = new Headers(common)
  for (let second = 0; second < 5000; second += 1) headers.header(second * 1000, 5)
  t.equal(headers.header(0, 5).toString(), '<164>Jan  1 00:00:00 auditor ')
  t.end()
})

t.test('a time no header can hold becomes the nearest one', (t) => {
  const headers = new Headers({ ...common, format: 'rfc5424' })
  t.match(headers.header(NaN, 5).toString(), '1970-01-01T00:00:00.000Z')
  t.match(headers.header(-1, 5).toString(), '1970-01-01T00:00:00.000Z')
  t.match(headers.header(1e18, 5).toString(), '9999-12-31T23:59:59.999Z')
  t.end()
})

t.test('a container’s id is known by its look', (t) => {
  t.ok(looksLikeContainerId('0123456789ab'))
  t.notOk(looksLikeContainerId('auditor'))
  t.notOk(looksLikeContainerId('0123456789abcd'))
  t.end()
})

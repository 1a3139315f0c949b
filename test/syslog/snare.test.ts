import fc from 'fast-check'
import t from 'tap'
import { counter, snare } from '../../src/syslog/snare.ts'
import type { SnareOptions } from '../../src/syslog/snare.ts'
import { netwrixLine, recordTime } from '../helpers/netwrix-lines.ts'

const options: SnareOptions = {
  eventIds: true,
  includeDataSource: true,
  sourceByDataSource: false,
  computer: 'auditor.example.com',
  timezone: 'UTC',
}

function render(cef: string, room = 100_000, some: Partial<SnareOptions> = {}, time = recordTime) {
  const made = snare({ ...options, ...some }, () => 7, 'destinations.siem')
  const { text, cut } = made(cef, time, room, `${room} bytes`)
  return { text: text.toString(), bytes: text.length, fields: text.toString().split('\t'), cut }
}

t.test('the fields of Snare, in their order', async (t) => {
  const { fields, cut } = render(netwrixLine())
  t.equal(cut, undefined)
  t.match(fields[13], /^DataSource : Active Directory .* Details : User Account Disabled$/)
  t.same(fields.toSpliced(13, 1), [
    'MSWinEventLog',
    '1',
    'Netwrix_Auditor_Integration',
    '7',
    'Thu Jan  8 11:07:53 2026',
    '59629',
    'Netwrix_Auditor_Integration_API',
    'N/A',
    'N/A',
    'Information',
    'auditor.example.com',
    '37',
    '',
    '',
  ])
})

t.test('the date is in the header’s time zone', async (t) => {
  const dateAt = (time: number, timezone: string) =>
    render(netwrixLine(), 100_000, { timezone }, time).fields[4]
  t.equal(dateAt(recordTime, 'Europe/Berlin'), 'Thu Jan  8 12:07:53 2026')
  t.equal(dateAt(Date.UTC(2026, 5, 30, 23, 30), 'Asia/Tokyo'), 'Wed Jul  1 08:30:00 2026')
  t.equal(dateAt(-1, 'UTC'), 'Thu Jan  1 00:00:00 1970', 'as in the header')
  t.equal(dateAt(1e15, 'UTC'), 'Fri Dec 31 23:59:59 9999')
  t.throws(() => render(netwrixLine(), 1000, { timezone: 'Nowhere' }), {
    code: 'config',
    message: /destinations\.siem\.timezone/,
  })
})

t.test('no value makes a field of its own', async (t) => {
  const { fields } = render(netwrixLine({ dataSource: 'A\tB', detailsText: 'x\ty\tz' }), 100_000, {
    sourceByDataSource: true,
    computer: 'a\tb',
  })
  t.equal(fields.length, 15)
  t.equal(fields[6], 'NA A B')
  t.equal(fields[10], 'a b')
})

t.test('a text of more than 30,000 characters is cut, as in the event log', async (t) => {
  const start = render(netwrixLine({ detailsText: '' })).fields[13]?.length ?? 0
  const space = 30_000 - start - '  Details : '.length
  const exact = render(netwrixLine({ detailsText: 'x'.repeat(space) }))
  t.equal(exact.cut, undefined)
  t.equal(exact.fields[13]?.length, 30_000)
  const over = render(netwrixLine({ detailsText: 'x'.repeat(space + 1) }))
  t.match(over.cut, /cut to 30000 characters/)
  t.equal(over.fields[13]?.length, 30_000)
  t.match(over.fields[13], /x\[cut\]$/)
  for (const shift of ['', 'x']) {
    const pairs = render(netwrixLine({ detailsText: shift + '😀'.repeat(space) }))
    t.match(pairs.fields[13], /😀\[cut\]$/, 'never within a character')
    t.notMatch(pairs.text, '\ufffd')
  }
})

t.test(
  'a message is cut to the bytes that the receiver takes, at the end of the text',
  async (t) => {
    fc.assert(
      fc.property(
        fc.string({ unit: 'grapheme', maxLength: 400 }),
        fc.integer({ min: 400, max: 900 }),
        (detailsText, room) => {
          const line = netwrixLine({ detailsText })
          const { text, bytes, fields, cut } = render(line, room)
          const whole = render(line)
          if (cut === undefined) return text === whole.text && bytes <= room
          const kept = (fields[13] ?? '').slice(0, -'[cut]'.length)
          return (
            bytes <= room &&
            bytes > room - 4 &&
            whole.bytes > room &&
            fields.length === 15 &&
            (whole.fields[13] ?? '').startsWith(kept)
          )
        },
      ),
    )
    t.match(render(netwrixLine(), 300).cut, /^the text cut to keep the message within 300 bytes$/)
    t.ok(render(netwrixLine(), 100).bytes > 100, 'the fields before the text are never cut')
  },
)

t.test('the counter begins at 1 and goes round as Snare’s does', async (t) => {
  const next = counter()
  t.same([next(), next(), next()], [1, 2, 3])
  const last = counter(0xffff_fffe)
  t.same([last(), last()], [0xffff_ffff, 1])
})

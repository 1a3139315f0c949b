import t from 'tap'
import type { DateFormat } from '../../src/netwrix/alert-date.ts'
import { dateReader } from '../../src/netwrix/alert-date.ts'

function iso(text: string, format: DateFormat = 'auto', timezone = 'UTC'): string {
  const result = dateReader(timezone, format)(text)
  return typeof result === 'string' ? result : new Date(result).toISOString()
}

const noon = '2026-03-28T14:01:48.000Z'

t.test('forms', (t) => {
  for (const text of [
    '2026-03-28T14:01:48Z',
    ' 2026-03-28T14:01:48 ',
    '2026-03-28 14:01:48',
    '2026-03-28T16:01:48+02:00',
    '2026-03-28T09:01:48-0500',
    '2026/03/28 14:01:48',
    '28.03.2026 14:01:48',
    '28/03/2026 14:01:48',
    '28-03-2026 14:01:48',
    '3/28/2026 2:01:48 PM',
    '03/28/2026, 2:01:48 pm',
    '3/28/2026 2:01:48\u202fPM',
    '3/28/2026 2:01:48 p.m.',
    '03/28/2026 14:01:48 PM',
    '3/28/2026 2:01:48 PM +00:00',
    '28.03.2026 14:01:48 GMT',
  ]) {
    t.equal(iso(text), noon, text)
  }
  t.equal(iso('2026-03-28T14:01:48.1234567Z'), '2026-03-28T14:01:48.123Z', 'seven digits')
  t.equal(iso('2026-03-28T14:01:48,5Z'), '2026-03-28T14:01:48.500Z')
  t.equal(iso('3/28/2026 12:00:00 AM'), '2026-03-28T00:00:00.000Z', 'midnight')
  t.equal(iso('3/28/2026 12:00:00 PM'), '2026-03-28T12:00:00.000Z')
  t.equal(iso('2026-03-28'), '2026-03-28T00:00:00.000Z', 'no time of day')
  t.equal(iso('2024-02-29 23:59'), '2024-02-29T23:59:00.000Z')
  t.end()
})

t.test('month and day', (t) => {
  t.match(iso('03/04/2026 10:00:00'), /set dateFormat to month-first or day-first/)
  t.match(iso('3-4-2026'), /set dateFormat/)
  t.equal(iso('03/04/2026', 'month-first'), '2026-03-04T00:00:00.000Z')
  t.equal(iso('03/04/2026', 'day-first'), '2026-04-03T00:00:00.000Z')
  t.equal(iso('04/04/2026'), '2026-04-04T00:00:00.000Z', 'either way the same')
  t.equal(iso('03.04.2026'), '2026-04-03T00:00:00.000Z', 'dots: the day comes first')
  t.match(iso('28/03/2026', 'month-first'), /does not exist/)
  t.match(iso('13/13/2026'), /does not exist/)
  t.end()
})

t.test('no dates', (t) => {
  for (const text of [
    'yesterday',
    '28.03.26',
    '2026-03-28T',
    '1774706508',
    'Mar 28 2026',
    '2026-3',
  ]) {
    t.match(iso(text), /is not a date/, text)
  }
  for (const text of ['2026-02-30', '2026-00-10', '2026-13-01', '0001-01-01', '31.04.2026']) {
    t.match(iso(text), /a day that does not exist/, text)
  }
  for (const text of ['2026-03-28T24:00:00', '2026-03-28 10:60:00', '3/28/2026 13:00:00 AM']) {
    t.match(iso(text), /time of day that does not exist/, text)
  }
  t.end()
})

t.test('time zone', (t) => {
  const berlin = (text: string): string => iso(text, 'auto', 'Europe/Berlin')
  t.equal(berlin('2026-01-15 12:00:00'), '2026-01-15T11:00:00.000Z')
  t.equal(berlin('2026-07-15 12:00:00'), '2026-07-15T10:00:00.000Z')
  t.equal(berlin('2026-07-15T12:00:00Z'), '2026-07-15T12:00:00.000Z', 'an offset counts')
  t.equal(berlin('2026-03-29 01:59:59'), '2026-03-29T00:59:59.000Z', 'before clocks go forward')
  t.equal(berlin('2026-03-29 02:30:00'), '2026-03-29T01:30:00.000Z', 'a time that never was')
  t.equal(berlin('2026-03-29 03:00:00'), '2026-03-29T01:00:00.000Z', 'after it')
  t.equal(berlin('2026-10-25 02:30:00'), '2026-10-25T00:30:00.000Z', 'the first of the two')
  t.equal(berlin('2026-10-25 03:00:00'), '2026-10-25T02:00:00.000Z')
  t.equal(iso('2026-01-15 12:00', 'auto', 'Asia/Kolkata'), '2026-01-15T06:30:00.000Z')
  t.throws(() => dateReader('Mars/Olympus', 'auto'), { code: 'config', permanent: true })
  t.end()
})

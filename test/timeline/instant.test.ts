import fc from 'fast-check'
import t from 'tap'
import {
  instantOfText,
  instantOfUnix,
  instantOfWall,
  isoOf,
  milliseconds,
} from '../../src/timeline/instant.ts'

const iso = (text: string, timezone = 'UTC') => {
  const instant = instantOfText(text, timezone)
  return instant && isoOf(instant)
}

t.test('ISO 8601 in its forms', async (t) => {
  const table: [text: string, timezone: string, iso: string][] = [
    ['2012-01-22T07:52:33+00:00', 'Asia/Tokyo', '2012-01-22T07:52:33Z'],
    ['2013-12-03T06:30:41.8079077+00:00', 'UTC', '2013-12-03T06:30:41.8079077Z'],
    ['2026-07-02T17:47:57.955519754+00:00', 'UTC', '2026-07-02T17:47:57.955519754Z'],
    ['2012-03-14 04:17:38.276340+00:00', 'UTC', '2012-03-14T04:17:38.27634Z'],
    ['2012-05-25T15:59:24Z', 'UTC', '2012-05-25T15:59:24Z'],
    ['2012-05-25t15:59:24,5z', 'UTC', '2012-05-25T15:59:24.5Z'],
    ['2012-05-25T15:59', 'UTC', '2012-05-25T15:59:00Z'],
    ['2012-05-25', 'UTC', '2012-05-25T00:00:00Z'],
    ['2012-05-25', 'Europe/Berlin', '2012-05-24T22:00:00Z'],
    ['2012-01-22T08:52:33+0100', 'UTC', '2012-01-22T07:52:33Z'],
    ['2012-01-22T02:22:33-05:30', 'UTC', '2012-01-22T07:52:33Z'],
    ['2012-01-22T08:52:33+01', 'UTC', '2012-01-22T07:52:33Z'],
    ['2012-01-22 07:52:33 UTC', 'Asia/Tokyo', '2012-01-22T07:52:33Z'],
    ['2012-01-22 08:52:33.25 CET', 'UTC', '2012-01-22T07:52:33.25Z'],
    ['2012-07-22 02:52:33 EST5EDT', 'UTC', '2012-07-22T06:52:33Z'],
    ['2012-07-22 02:52:33 America/New_York', 'UTC', '2012-07-22T06:52:33Z'],
    ['2012-01-22T08:52:33', 'Europe/Berlin', '2012-01-22T07:52:33Z'],
    ['2016-12-31T23:59:60Z', 'UTC', '2017-01-01T00:00:00Z'],
    ['2000-02-29T00:00:00Z', 'UTC', '2000-02-29T00:00:00Z'],
    ['1601-01-01T00:00:00.0000001Z', 'UTC', '1601-01-01T00:00:00.0000001Z'],
    ['0001-01-01T00:00:00Z', 'UTC', '0001-01-01T00:00:00Z'],
    ['9999-12-31T23:59:59.9999999Z', 'UTC', '9999-12-31T23:59:59.9999999Z'],
  ]
  for (const [text, timezone, expected] of table) t.equal(iso(text, timezone), expected, text)
})

t.test('clocks put back and forward', async (t) => {
  t.equal(iso('2026-10-25T02:30:00', 'Europe/Berlin'), '2026-10-25T00:30:00Z', 'twice: the first')
  t.equal(iso('2026-03-29T02:30:00', 'Europe/Berlin'), '2026-03-29T01:30:00Z', 'never: later')
})

t.test('before 1970', async (t) => {
  const instant = instantOfText('1969-12-31T23:59:59.25Z', 'UTC')
  t.strictSame(instant, { seconds: -1, nanos: 250_000_000 })
  t.equal(instant && milliseconds(instant), -750)
  t.equal(iso('1815-06-18T11:30:00', 'Europe/Brussels')?.slice(0, 13), '1815-06-18T11')
})

t.test('no time is none, never 1970', async (t) => {
  for (const text of [
    ['', ' ', '-', '0', '0.0', '-0', 'Not a time', 'not set', 'Invalid', 'Error', 'None', 'NaT'],
    ['00/00/0000', '--:--:--', '0000-00-00', '0000-00-00T00:00:00.000000+00:00'],
    ['0000-00-00T00:00:00Z', '1601-01-01T00:00:00', '1601-01-01T00:00:00.000000+00:00'],
    ['1601-01-01T01:00:00+01:00', '1970-01-01T00:00:00Z', '1970-01-01T00:00:00+00:00'],
    ['1970-01-01T01:00:00+01:00', 'Xxx Xxx 00 0000 00:00:00'],
  ].flat()) {
    t.equal(instantOfText(text, 'UTC'), undefined, text)
  }
  t.equal(instantOfText('1601-01-01T00:00:00', 'Europe/Berlin'), undefined)
  t.equal(instantOfText('1970-01-01 01:00:00', 'Africa/Lagos'), undefined)
  t.equal(instantOfUnix(0, 'seconds'), undefined)
  t.equal(instantOfUnix('0.000', 'guess'), undefined)
  t.equal(instantOfUnix('', 'seconds'), undefined)
  t.equal(instantOfUnix(-11_644_473_600_000_000, 'microseconds'), undefined)
})

t.test('what is no time is said', async (t) => {
  for (const text of [
    ['2012-02-30T00:00:00Z', '2012-13-01T00:00:00Z', '2012-01-22T24:00:00Z', '2012-01-22T07:60:00'],
    [
      '2012-01-22x07:52:33',
      '2012-01-22T7:52:33',
      '0000-01-01T00:00:00Z',
      'yesterday',
      '1595194940',
    ],
    ['2012-1-22', '01/22/2012', '20120122T075233Z', '2012-01-22T', '2012-00-22'],
  ].flat()) {
    t.throws(() => instantOfText(text, 'UTC'), /^is not a time/, text)
  }
  t.throws(
    () => instantOfText('2012-01-22T07:52:33 PST', 'UTC'),
    /has the time zone "PST", which is not known; set timezone/,
  )
  t.throws(() => instantOfText('2012-01-22T07:52:33 IST', 'UTC'), /"IST"/, 'three countries')
  t.throws(() => instantOfText('2012-01-22T07:52:33 Mars/Base', 'UTC'), /"Mars\/Base"/)
  for (const behind of [' PM', '+99:99', '+010', ' Mars/Base', 'garbage']) {
    const written = `2012-01-22T07:52:33${behind}`
    t.throws(() => instantOfText(written, 'Europe/Berlin'), /where a time zone should be/, written)
  }
  t.throws(() => instantOfText('2012-01-22T07:52.5Z', 'UTC'), /is not a time/, 'half a minute')
  t.equal(iso('2012-07-22T07:52:33 CEST', 'UTC'), '2012-07-22T05:52:33Z')
  t.equal(iso('2012-01-22T07:52:33 PST', 'America/Los_Angeles'), '2012-01-22T15:52:33Z')
  t.throws(() => instantOfUnix('12x', 'seconds'), /is not a time/)
  t.throws(() => instantOfUnix('999999999999', 'seconds'), /outside the years/)
})

t.test('Unix time', async (t) => {
  const table: [value: string | number, unit: Parameters<typeof instantOfUnix>[1], iso: string][] =
    [
      [1_595_194_940, 'seconds', '2020-07-19T21:42:20Z'],
      ['890430600', 'seconds', '1998-03-20T21:50:00Z'],
      ['1596091265.352146149', 'seconds', '2020-07-30T06:41:05.352146149Z'],
      ['1573896478.1896980', 'seconds', '2019-11-16T09:27:58.189698Z'],
      [1_573_896_478.25, 'seconds', '2019-11-16T09:27:58.25Z'],
      ['1595194940123', 'milliseconds', '2020-07-19T21:42:20.123Z'],
      [1_327_218_753_000_001, 'microseconds', '2012-01-22T07:52:33.000001Z'],
      ['1783014477955519754', 'guess', '2026-07-02T17:47:57.955519754Z'],
      ['1783014477955519', 'guess', '2026-07-02T17:47:57.955519Z'],
      ['1783014477955', 'guess', '2026-07-02T17:47:57.955Z'],
      ['1783014477', 'guess', '2026-07-02T17:47:57Z'],
      ['-1', 'seconds', '1969-12-31T23:59:59Z'],
      ['-0.25', 'seconds', '1969-12-31T23:59:59.75Z'],
      ['5', 'milliseconds', '1970-01-01T00:00:00.005Z'],
      [-1500, 'milliseconds', '1969-12-31T23:59:58.5Z'],
    ]
  for (const [value, unit, expected] of table) {
    const instant = instantOfUnix(value, unit)
    t.equal(instant && isoOf(instant), expected, `${value} ${unit}`)
  }
})

t.test('a wall clock with a zone', async (t) => {
  t.equal(instantOfWall(0, 0, 'CET', 'UTC'), undefined)
  t.strictSame(instantOfWall(3601, 0, 'CET', 'UTC'), { seconds: 1, nanos: 0 })
  t.strictSame(instantOfWall(3601, 0, '-', 'Africa/Lagos'), { seconds: 1, nanos: 0 })
})

t.test('what is printed is read back', async () => {
  const seconds = fc.integer({ min: -62_135_596_800, max: 253_402_300_799 })
  fc.assert(
    fc.property(seconds, fc.integer({ min: 1, max: 999_999_999 }), (seconds, nanos) => {
      const instant = { seconds, nanos }
      const read = instantOfText(isoOf(instant), 'Europe/Berlin')
      return read?.seconds === seconds && read.nanos === nanos
    }),
  )
})

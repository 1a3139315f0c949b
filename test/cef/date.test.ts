import fc from 'fast-check'
import t from 'tap'
import { cefDate } from '../../src/cef/date.ts'

const rows: [time: number, text: string][] = [
  [Date.UTC(2017, 2, 28, 14, 1, 48), 'Mar 28 2017 14:01:48 GMT'],
  [Date.UTC(2024, 1, 1, 0, 0, 0, 999), 'Feb 01 2024 00:00:00 GMT'],
  [0, 'Jan 01 1970 00:00:00 GMT'],
  [-1, 'Dec 31 1969 23:59:59 GMT'],
  [Date.parse('0099-12-31T23:59:59Z'), 'Dec 31 0099 23:59:59 GMT'],
  [Date.parse('9999-12-31T23:59:59.999Z'), 'Dec 31 9999 23:59:59 GMT'],
  [253_402_300_800_000, '253402300800000'],
]

for (const [time, text] of rows) {
  t.test(text, async (t) => {
    t.equal(cefDate(time), text)
    t.equal(cefDate(time), text, 'the same day again')
  })
}

t.test('agrees with Date on any time since the year 1020', async () => {
  fc.assert(
    fc.property(fc.integer({ min: -30_000_000_000_000, max: 253_402_300_799_999 }), (time) => {
      const text = cefDate(time)
      return Date.parse(text) === Math.floor(time / 1000) * 1000 && /^\w{3} \d\d \d{4} /.test(text)
    }),
  )
})

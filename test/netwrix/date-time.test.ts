import t from 'tap'
import { parseDateTime } from '../../src/netwrix/date-time.ts'

const rows: [text: string, time: string | undefined][] = [
  ['2017-02-14T15:42:34Z', '2017-02-14T15:42:34.000Z'],
  ['2017-02-14T15:42:34', '2017-02-14T15:42:34.000Z'],
  [' 2017-02-14T15:42:34Z ', '2017-02-14T15:42:34.000Z'],
  ['2017-02-14T15:42:34.5Z', '2017-02-14T15:42:34.500Z'],
  ['2017-02-14T15:42:34.1234567Z', '2017-02-14T15:42:34.123Z'],
  ['2017-02-14T15:42:34+02:00', '2017-02-14T13:42:34.000Z'],
  ['2017-02-14T15:42:34-05:30', '2017-02-14T21:12:34.000Z'],
  ['2024-02-29T00:00:00Z', '2024-02-29T00:00:00.000Z'],
  ['2023-12-31T24:00:00Z', '2024-01-01T00:00:00.000Z'],
  ['2023-02-29T00:00:00Z', undefined],
  ['2023-13-01T00:00:00Z', undefined],
  ['2023-12-01T25:00:00Z', undefined],
  ['2023-12-01T10:60:00Z', undefined],
  ['2023-12-01 10:00:00', undefined],
  ['12/01/2023 10:00:00', undefined],
  ['2023-12-01', undefined],
  ['', undefined],
]

for (const [text, time] of rows) {
  t.test(`"${text}"`, async (t) => {
    t.equal(parseDateTime(text), time === undefined ? undefined : Date.parse(time))
  })
}

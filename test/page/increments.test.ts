/** The marks of the plots' axes: the text of each says where it stands. */
import t from 'tap'
import { formatLatency, formatNumber, formatRate } from '../../src/page/format.ts'
import { countIncrements, rateIncrements, spanIncrements } from '../../src/page/increments.ts'

const units: Record<string, number> = { ms: 1, s: 1e3, min: 6e4, h: 36e5, d: 864e5 }

/** ms of a span's text. */
function spanOf(text: string): number {
  const parts = [...text.matchAll(/([\d.]+) (\w+)/g)]
  return parts.reduce((sum, [, count, unit = '']) => sum + Number(count) * (units[unit] ?? NaN), 0)
}

const numberOf = (text: string) => Number(text.replaceAll(',', ''))

for (const [what, increments, format, read] of [
  ['counts', countIncrements, formatNumber, numberOf],
  ['rates', rateIncrements, formatRate, numberOf],
  ['spans', spanIncrements, formatLatency, spanOf],
] as const) {
  t.test(what, async (t) => {
    t.strictSame(
      [...increments],
      [...increments].sort((one, other) => one - other),
    )
    for (const increment of increments) {
      // Ten marks at most stand on an axis of that height.
      const marks = Array.from({ length: 11 }, (_, mark) => Number((mark * increment).toFixed(1)))
      t.strictSame(
        marks.map((mark) => read(format(mark))),
        marks,
      )
    }
  })
}

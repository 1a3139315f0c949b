import fc from 'fast-check'
import t from 'tap'
import { cutMark, cutRaw, measure } from '../../src/cef/cut.ts'
import { cleanValue, escapeValue, unescapeValue } from '../../src/cef/value.ts'
import { anyText } from '../helpers/cef-events.ts'

const rows: [raw: string, limit: number, bytes: string, characters: string][] = [
  ['short', 5, 'short', 'short'],
  ['abcdefghij', 8, 'abc[cut]', 'abc[cut]'],
  ['abcdefghij', 5, '', ''],
  ['ab\\\\\\\\\\\\\\\\', 8, 'ab[cut]', 'ab\\\\\\\\\\\\\\\\'],
  ['abc\\=defghij', 9, 'abc[cut]', 'abc\\=[cut]'],
  ['ééééééé', 9, 'éé[cut]', 'ééééééé'],
  ['漢漢漢漢', 9, '漢[cut]', '漢漢漢漢'],
  ['😀😀😀😀😀', 9, '😀[cut]', '😀😀[cut]'],
  ['a😀😀😀😀😀', 9, 'a[cut]', 'a😀[cut]'],
]

for (const [raw, limit, bytes, characters] of rows) {
  t.test(`${raw} to ${limit}`, async (t) => {
    t.equal(cutRaw(raw, limit, 'bytes'), bytes)
    t.equal(cutRaw(raw, limit, 'characters'), characters)
  })
}

t.test('characters are those of the value without escapes', async () => {
  fc.assert(
    fc.property(anyText, (text) => {
      return measure(escapeValue(text), 'characters') === cleanValue(text).length
    }),
  )
})

t.test('what is cut is within the limit, escaped, and begins as the value did', async () => {
  fc.assert(
    fc.property(
      anyText,
      fc.nat({ max: 60 }),
      fc.constantFrom('bytes' as const, 'characters' as const),
      (text, limit, by) => {
        const raw = escapeValue(text)
        const cut = cutRaw(raw, limit, by)
        if (cut === raw || cut === '') return true
        const kept = unescapeValue(cut).slice(0, -cutMark.length)
        return (
          measure(cut, by) <= limit &&
          cut.endsWith(cutMark) &&
          cleanValue(text).startsWith(kept) &&
          Buffer.from(cut).toString() === cut &&
          escapeValue(`${kept}x`) === `${cut.slice(0, -cutMark.length)}x`
        )
      },
    ),
    { numRuns: 1_000 },
  )
})

import fc from 'fast-check'
import t from 'tap'
import { cleanValue, escapeValue, unescapeValue } from '../../src/cef/value.ts'
import { anyText } from '../helpers/cef-events.ts'

const rows: [text: string, raw: string][] = [
  ['', ''],
  ['   ', ''],
  ['plain text', 'plain text'],
  ['a|b', 'a|b'],
  ['a=b', 'a\\=b'],
  ['C:\\new\\run', 'C:\\\\new\\\\run'],
  ['ends with \\', 'ends with \\\\'],
  ['a\nb', 'a\\nb'],
  ['a\rb\r\nc\n\rd', 'a\\nb\\nc\\n\\nd'],
  ['a\0b\tc\x1bd\x7fe\u0085f', 'a b c d e f'],
  ['\t lead and trail \0', 'lead and trail'],
  [' a  b ', 'a  b'],
  ['\ud800x\udc00', '\ufffdx\ufffd'],
  ['é漢😀\u00a0\u2028\ufeff', 'é漢😀\u00a0\u2028\ufeff'],
  ['"quoted"', '"quoted"'],
  ['\\=\\n', '\\\\\\=\\\\n'],
  [' DOM\\user ', 'DOM\\\\user'],
]

for (const [index, [text, raw]] of rows.entries()) {
  // Not named by the text: tap's own lines do not survive U+2028 in a name.
  t.test(`escapes row ${index}`, async (t) => {
    t.equal(escapeValue(text), raw)
    t.equal(unescapeValue(raw), cleanValue(text))
  })
}

t.test('any text comes back clean, and its escapes are the three', async () => {
  fc.assert(
    fc.property(anyText, (text) => {
      const raw = escapeValue(text)
      return (
        unescapeValue(raw) === cleanValue(text) &&
        /^(?:[^\\=\x00-\x1f\x7f-\x9f]|\\[\\=n])*$/.test(raw) &&
        !raw.startsWith(' ') &&
        !raw.endsWith(' ')
      )
    }),
    { numRuns: 2_000 },
  )
})

t.test('cleaning twice is cleaning once', async () => {
  fc.assert(fc.property(anyText, (text) => cleanValue(cleanValue(text)) === cleanValue(text)))
})

t.test('a million spaces and backslashes are no trouble', async (t) => {
  const text = `a${' '.repeat(1_000_000)}b${'\\'.repeat(1_000_000)}\t`
  t.equal(unescapeValue(escapeValue(text)), text.slice(0, -1))
})

t.test('unescaping keeps what is no escape of CEF', async (t) => {
  t.equal(unescapeValue('a\\rb\\tc\\'), 'a\rb\\tc\\')
})

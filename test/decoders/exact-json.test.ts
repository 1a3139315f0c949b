import fc from 'fast-check'
import t from 'tap'
import { parseExactly, writeExactly } from '../../src/decoders/exact-json.ts'

t.test('whole numbers keep their digits', async (t) => {
  t.strictSame(
    parseExactly('{"a":1783014477955519754,"b":[-9223372036854775808],"c":1327218781000000}'),
    { a: 1783014477955519754n, b: [-9223372036854775808n], c: 1327218781000000 },
  )
  t.strictSame(parseExactly('[9007199254740991,9007199254740992]'), [
    9007199254740991,
    9007199254740992n,
  ])
  t.strictSame(
    parseExactly('{"12345678901234567890":"12345678901234567890 \\" 12345678901234567890"}'),
    { '12345678901234567890': '12345678901234567890 " 12345678901234567890' },
    'in strings and names they are text',
  )
  t.strictSame(
    parseExactly('[1.12345678901234567890,12345678901234567890e3]'),
    [1.1234567890123457, 1.2345678901234567e22],
  )
  const marked = '"\\u0001integer 12345678901234567890 x"'
  t.strictSame(parseExactly(`[${marked},12345678901234567890]`), [
    '\u0001integer 12345678901234567890 x',
    12345678901234567890n,
  ])
})

t.test('and are written with all of them', async (t) => {
  const text = String.raw`{"a":[-9223372036854775808,1],"b":"\"\u0001integer 1","c":"\\","d":17}`
  t.equal(writeExactly(parseExactly(text)), text)
  t.equal(writeExactly({ a: [1.5, 'x'] }), '{"a":[1.5,"x"]}')
})

t.test('what is no JSON stays none', async (t) => {
  for (const text of [
    '012345678901234567890',
    '{"a":"12345678901234567890',
    '12345678901234567890x',
  ]) {
    t.throws(() => parseExactly(text), SyntaxError, text)
  }
  const key: unknown = parseExactly('{"__proto__":{"a":12345678901234567890},"a":1,"a":2}')
  t.strictSame(Object.entries(key ?? {}), [
    ['__proto__', { a: 12345678901234567890n }],
    ['a', 2],
  ])
})

t.test('is JSON.parse where no number is too great', async (t) => {
  fc.assert(
    fc.property(fc.json(), (text) => {
      const shown = (value: unknown): string => {
        return JSON.stringify(value, (_key, value: unknown) => {
          return typeof value === 'bigint' ? Number(value) : value
        })
      }
      return shown(parseExactly(text)) === shown(JSON.parse(text))
    }),
  )
  t.pass()
})

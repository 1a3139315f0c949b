import fc from 'fast-check'
import t from 'tap'
import { Utf8Marks, wrongMark } from '../../src/decoders/utf8-marks.ts'

function marked(bytes: Buffer, size: number): { text: string; found: boolean } {
  const marks = new Utf8Marks()
  const parts: Buffer[] = []
  for (let at = 0; at < bytes.length; at += size) {
    parts.push(Buffer.from(marks.write(bytes.subarray(at, at + size))))
  }
  parts.push(marks.end())
  return { text: Buffer.concat(parts).toString('utf8'), found: marks.found }
}

t.test('each wrong byte is marked, wherever chunks are split', async () => {
  const part = fc.oneof(
    fc.string({ unit: 'binary' }).filter((text) => !text.includes(wrongMark)),
    fc.constantFrom('\xff', '\xc0'),
  )
  fc.assert(
    fc.property(fc.array(part), fc.integer({ min: 1, max: 9 }), (parts, size) => {
      const isWrong = (text: string): boolean => text === '\xff' || text === '\xc0'
      const bytes = parts.map((text) => Buffer.from(text, isWrong(text) ? 'latin1' : 'utf8'))
      const expected = parts.map((text) => (isWrong(text) ? wrongMark : text)).join('')
      const { text, found } = marked(Buffer.concat(bytes), size)
      return text === expected && found === parts.some(isWrong)
    }),
  )
})

t.test('a large chunk, a cut character, a lone surrogate', async (t) => {
  const text = 'þ€𝄞'.repeat(2000)
  t.strictSame(marked(Buffer.from(text), Infinity), { text, found: false })
  const long = Buffer.concat([Buffer.from(text), Buffer.from([0xed, 0xa0, 0x80, 0x61, 0xf0, 0x9d])])
  t.strictSame(marked(long, Infinity), {
    text: `${text}${wrongMark.repeat(3)}a${wrongMark.repeat(2)}`,
    found: true,
  })
})

import fc from 'fast-check'
import t from 'tap'
import { isUtf8 } from 'node:buffer'
import type { TextLine } from '../../src/decoders/text-lines.ts'
import { TextLines, wrongByte } from '../../src/decoders/text-lines.ts'

function read(bytes: Buffer | string, size = Infinity, limit = 1000): TextLine[] {
  const lines = new TextLines(limit)
  const all = Buffer.from(bytes)
  const read: TextLine[] = []
  for (let at = 0; at < all.length; at += size) {
    // The same chunk is filled anew, as a stream may do.
    const chunk = Buffer.from(all.subarray(at, at + size))
    read.push(...lines.write(chunk))
    chunk.fill(0)
  }
  return [...read, ...lines.end()]
}

t.test('line ends and row numbers, however the chunks are split', async (t) => {
  const text = 'one\r\n\ntwo\rstill two\nþrír 𝄞\r\n\r\nlast'
  const rows = [
    { row: 1, text: 'one' },
    { row: 2, text: '' },
    { row: 3, text: 'two\rstill two' },
    { row: 4, text: 'þrír 𝄞' },
    { row: 5, text: '' },
    { row: 6, text: 'last' },
  ]
  for (const size of [1, 2, 3, 5, 7, Infinity]) t.strictSame(read(text, size), rows, `${size}`)
  t.strictSame(read(text + '\n', 4), rows)
  t.strictSame(read(''), [])
})

t.test('a line that is too large costs that line', async (t) => {
  const bytes = `before\n${'x'.repeat(11)}\n${'y'.repeat(10)}\r\nafter\n${'z'.repeat(99)}`
  for (const size of [1, 3, 12, 13, Infinity]) {
    const lines = read(bytes, size, 10)
    t.strictSame(
      lines.map(({ row, problem }) => [row, problem]),
      [
        [1, undefined],
        [2, 'too-large'],
        [3, undefined],
        [4, undefined],
        [5, 'too-large'],
      ],
      `${size}`,
    )
    t.match(lines[1]?.text, /^x+$/)
    t.equal(lines[3]?.text, 'after')
  }
})

t.test('bytes that are no UTF-8 cost their line', async (t) => {
  const bytes = Buffer.concat([
    Buffer.from('góð\nb'),
    Buffer.from([0xe9]),
    Buffer.from('d\nlone '),
    Buffer.from([0xed, 0xa0, 0x80]),
    Buffer.from('\nend'),
    Buffer.from([0xc3]),
  ])
  for (const size of [1, 4, Infinity]) {
    t.strictSame(read(bytes, size), [
      { row: 1, text: 'góð' },
      { row: 2, text: 'b\ufffdd', problem: 'encoding', byte: 2 },
      { row: 3, text: 'lone \ufffd\ufffd\ufffd', problem: 'encoding', byte: 6 },
      { row: 4, text: 'end\ufffd', problem: 'encoding', byte: 4 },
    ])
  }
})

t.test('the place of the first wrong byte', async () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary', maxLength: 60 }), fc.uint8Array(), (text, rest) => {
      const good = Buffer.from(text)
      const bytes = Buffer.concat([good, Buffer.from([0xff]), rest])
      return wrongByte(bytes) === good.length
    }),
  )
  fc.assert(
    fc.property(fc.uint8Array({ minLength: 1, maxLength: 60 }), (array) => {
      const bytes = Buffer.from(array)
      return isUtf8(bytes) || isUtf8(bytes.subarray(0, wrongByte(bytes)))
    }),
  )
})

import fc from 'fast-check'
import t from 'tap'
import { LinePacker, unpackLines } from '../../src/io/lines.ts'
import { decodeBlock, encodeBlock, readHead, splitLines } from '../../src/spool/block.ts'

const packer = new LinePacker()
for (const text of ['one', 'zwei', 'três 🎉']) packer.add(text, 1000, 5, Buffer.alloc(16, text))
const { bytes: lines } = packer.take()
const head = { queue: 'q.a-1_Z', sequence: 2 ** 40, first: 7, at: 1234.5, count: 3 }
const block = encodeBlock(head, lines)

t.test('what goes in comes out', async (t) => {
  const { lines: read, ...rest } = decodeBlock(block)
  t.same(rest, head)
  t.ok(read.equals(lines))
  t.same(readHead(block), head)
})

for (const [name, damaged] of [
  ['empty', Buffer.alloc(0)],
  ['torn header', block.subarray(0, 20)],
  ['torn tail', block.subarray(0, block.length - 1)],
  ['bytes too many', Buffer.concat([block, Buffer.from('x')])],
  ['zeros', Buffer.alloc(block.length)],
  ['another version', Buffer.from(block).fill(9, 8, 9)],
] as const) {
  t.test(`damaged: ${name}`, async (t) => {
    t.throws(() => decodeBlock(damaged), { code: 'spool-damaged', permanent: true })
    t.equal(readHead(damaged), undefined)
  })
}

t.test('damaged: any bit flipped', async (t) => {
  for (let bit = 0; bit < block.length * 8; bit += 1) {
    const flipped = Buffer.from(block)
    flipped[bit >> 3] = (flipped[bit >> 3] ?? 0) ^ (1 << (bit & 7))
    try {
      decodeBlock(flipped)
      t.fail(`bit ${bit} goes unnoticed`)
    } catch (thrown) {
      if ((thrown as { code: string }).code !== 'spool-damaged') throw thrown
    }
  }
})

t.test('splitting keeps every line, in order and within the limits', async (t) => {
  fc.assert(
    fc.property(
      fc.array(fc.string({ maxLength: 60 })),
      fc.integer({ min: 20, max: 200 }),
      fc.integer({ min: 1, max: 5 }),
      (texts, mostBytes, mostLines) => {
        const packer = new LinePacker()
        for (const text of texts) packer.add(text, 0, 0, Buffer.alloc(16))
        const pieces = splitLines(packer.take().bytes, mostBytes, mostLines)
        const back = pieces.map(({ bytes }) => unpackLines(bytes).map(({ cef }) => cef))
        const wanted = texts.map((text) => Buffer.from(text).toString())
        return (
          JSON.stringify(back.flat()) === JSON.stringify(wanted) &&
          pieces.every(
            ({ count, bytes }, index) =>
              count === back[index]?.length &&
              count <= mostLines &&
              (bytes.length <= mostBytes || count === 1),
          )
        )
      },
    ),
  )
  t.same(splitLines(Buffer.alloc(0)), [])
})

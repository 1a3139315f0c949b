import fc from 'fast-check'
import t from 'tap'
import { LinePacker, eachLine, lineHead, pickLines, unpackLines } from '../../src/io/lines.ts'

const line = fc.record({
  cef: fc.string({ unit: 'grapheme', maxLength: 80 }),
  time: fc.double({ noNaN: true, noDefaultInfinity: true }),
  severity: fc.integer({ min: 0, max: 10 }),
})

t.test('what is packed is unpacked, in order', async () => {
  fc.assert(
    fc.property(fc.array(line, { maxLength: 50 }), (lines) => {
      const packer = new LinePacker(16)
      for (const [index, { cef, time, severity }] of lines.entries()) {
        packer.add(cef, time, severity, Buffer.alloc(16, index))
      }
      const taken = packer.take()
      const same = JSON.stringify(unpackLines(taken.bytes)) === JSON.stringify(lines)
      return same && taken.count === lines.length && taken.ids.length === lines.length * 16
    }),
  )
})

t.test('take begins anew and its buffers are its own', async (t) => {
  const packer = new LinePacker()
  packer.add('one', 1, 2, Buffer.alloc(16, 1))
  const first = packer.take()
  packer.add('two', 3, 4, Buffer.alloc(16, 2))
  t.strictSame(unpackLines(first.bytes), [{ cef: 'one', time: 1, severity: 2 }])
  t.equal(packer.count, 1)
  t.equal(packer.size, lineHead + 3)
})

t.test('more lines than the first table of ids holds', async (t) => {
  const packer = new LinePacker()
  for (let n = 0; n < 3000; n += 1) packer.add('x', n, 0, Buffer.alloc(16, n & 255))
  const { ids, bytes } = packer.take()
  t.equal(ids[16 * 2999], 2999 & 255)
  let last = -1
  eachLine(bytes, (_start, _end, time) => (last = time))
  t.equal(last, 2999)
})

t.test('pickLines keeps lines with their ids', async (t) => {
  const packer = new LinePacker()
  for (const [n, text] of ['a', 'b', 'c'].entries()) packer.add(text, n, 0, Buffer.alloc(16, n))
  const lines = packer.take()
  t.equal(
    pickLines(lines, () => true),
    lines,
    'nothing is copied when all stay',
  )
  const picked = pickLines(lines, (index) => index !== 1)
  t.strictSame(
    unpackLines(picked.bytes).map(({ cef }) => cef),
    ['a', 'c'],
  )
  t.strictSame([...picked.ids], [...Buffer.alloc(16, 0), ...Buffer.alloc(16, 2)])
  t.equal(pickLines(lines, () => false).count, 0)
})

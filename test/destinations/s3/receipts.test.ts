import t from 'tap'
import type { Place } from '../../../src/core.ts'
import { Receipts } from '../../../src/destinations/s3/receipts.ts'

t.test('a place has its receipt when nothing at or before it is held', async (t) => {
  const given: Place[] = []
  const receipts = new Receipts({ receipt: (place) => given.push(place) })
  const [one, two, three] = [1, 2, 3].map((sequence) => {
    const out = receipts.handedOut({ queue: 'q', sequence, upTo: 5 })
    // A draft takes lines of it, then its reader lets go.
    out.holders += 1
    receipts.release([out])
    return out
  })
  if (!one || !two || !three) throw new Error('three')
  t.same(given, [])
  receipts.release([two])
  t.same(given, [], 'the first is still held')
  receipts.release([one])
  t.same(given, [{ queue: 'q', sequence: 2, upTo: 5 }], 'one receipt for both')
  const four = receipts.handedOut({ queue: 'r', sequence: 1 })
  receipts.release([four])
  t.equal(given.length, 1, 'nobody holds it, but one before it is held')
  receipts.release([three])
  t.same(given.at(-1), { queue: 'r', sequence: 1 })
})

import { createHash } from 'node:crypto'
import fc from 'fast-check'
import t from 'tap'
import { SeenTable, fingerprint } from '../../src/spool/seen.ts'

t.test('behaves as a multiset under any inserts and deletes', async () => {
  // Few prints and pages, at both ends of the table, so that chains meet, wrap and are cut.
  const print = fc.oneof(
    fc.integer({ min: 1, max: 6 }),
    fc.integer({ min: 2 ** 32 - 6, max: 2 ** 32 - 1 }),
  )
  const step = fc.record({ print, page: fc.integer({ min: 1, max: 3 }), add: fc.boolean() })
  fc.assert(
    fc.property(fc.array(step, { maxLength: 200 }), (steps) => {
      const table = new SeenTable()
      const model = new Map<string, number>()
      for (const { print, page, add } of steps) {
        const key = `${print}/${page}`
        const there = model.get(key) ?? 0
        if (add) {
          table.add(print, page)
          model.set(key, there + 1)
        } else {
          if (table.remove(print, page) !== there > 0) return false
          model.set(key, Math.max(0, there - 1))
        }
        for (const [known, count] of model) {
          const [wanted, on] = known.split('/').map(Number)
          if (table.find(wanted ?? 0, (found) => found === on) !== count > 0) return false
        }
      }
      const size = [...model.values()].reduce((sum, count) => sum + count, 0)
      return table.size === size
    }),
    { numRuns: 60 },
  )
})

t.test('grows and shrinks with a Set of many', async (t) => {
  const id = (index: number) => createHash('sha256').update(String(index)).digest().subarray(0, 16)
  const ids = Array.from({ length: 20_000 }, (_, index) => id(index))
  const table = new SeenTable()
  const model = new Set<number>()
  let missing = 0
  ids.forEach((bytes, index) => {
    table.add(fingerprint(bytes, 0), index)
    model.add(index)
    if (index % 3 !== 0) return
    const gone = index / 3
    if (!table.remove(fingerprint(id(gone), 0), gone)) missing += 1
    model.delete(gone)
  })
  t.equal(missing, 0)
  t.equal(table.size, model.size)
  const wrong = ids.filter((bytes, index) => {
    return table.find(fingerprint(bytes, 0), (page) => page === index) !== model.has(index)
  })
  t.equal(wrong.length, 0)
})

t.test('a page is kept modulo 2^32', async (t) => {
  const table = new SeenTable()
  const page = 2 ** 33 + 5
  table.add(9, page)
  t.ok(table.find(9, (stored) => page + 3 - ((page + 3 - stored) >>> 0) === page))
  t.ok(table.remove(9, page))
})

t.test('a fingerprint is never 0 and uses all bytes', async (t) => {
  t.ok(fingerprint(Buffer.alloc(16), 0) > 0)
  const prints = new Set<number>()
  for (let at = 0; at < 16; at += 1) {
    const id = Buffer.alloc(16)
    id[at] = 1
    prints.add(fingerprint(id, 0))
  }
  t.equal(prints.size, 16)
})

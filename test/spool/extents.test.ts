import fc from 'fast-check'
import t from 'tap'
import { shared } from '../../src/spool/extents.ts'

const extent = (first: number, count: number) => ({ first, count })

for (const [name, start, end, stated, wanted] of [
  ['one that says it', 10, 15, [extent(10, 5)], [5]],
  ['one that says too much', 10, 15, [extent(10, 6)], [5]],
  ['one that says too little', 10, 15, [extent(10, 4)], [5]],
  ['one that says nothing', 10, 15, [undefined], [5]],
  ['two that say nothing', 10, 15, [undefined, undefined], [2, 3]],
  ['the first says it', 10, 15, [extent(10, 1), undefined], [1, 4]],
  ['the second says it', 10, 15, [undefined, extent(14, 1)], [4, 1]],
  ['the middle says it', 0, 9, [undefined, extent(2, 4), undefined], [2, 4, 3]],
  ['the first says it wrongly', 0, 9, [extent(0, 8), extent(3, 6)], [8, 1]],
  ['a fraction is none', 0, 9, [undefined, extent(3.5, 2), undefined], [3, 3, 3]],
  ['nothing at all', 7, 7, [], []],
] as const) {
  t.test(name, async (t) => {
    t.same(
      shared(start, end, stated).map(({ count }) => count),
      wanted,
    )
  })
}

t.test('whatever is stated, they share exactly what there is, in order', async () => {
  const stated = fc.option(fc.record({ first: fc.nat(30), count: fc.nat(10) }), { nil: undefined })
  fc.assert(
    fc.property(
      fc.nat(20),
      fc.nat(20),
      fc.array(stated, { minLength: 1 }),
      (start, size, given) => {
        const extents = shared(start, start + size, given)
        let at = start
        for (const { first, count } of extents) {
          if (first !== at || count < 0) return false
          at += count
        }
        return extents.length === given.length && at === start + size
      },
    ),
  )
})

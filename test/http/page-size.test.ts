import t from 'tap'
import { PageSize } from '../../src/http/page-size.ts'

const timeout = 300_000

t.test('halves with every timeout, down to 50', async (t) => {
  const page = new PageSize(1000)
  const sizes = [page.size]
  for (let tries = 0; tries < 6; tries += 1) {
    page.timedOut()
    sizes.push(page.size)
  }
  t.same(sizes, [1000, 500, 250, 125, 62, 50, 50])
})

t.test(
  'doubles after three full pages in a quarter of the time, up to what is configured',
  async (t) => {
    const page = new PageSize(1000)
    for (let tries = 0; tries < 5; tries += 1) page.timedOut()
    const sizes = new Set<number>()
    for (let pages = 0; pages < 20; pages += 1) {
      sizes.add(page.size)
      page.answered(page.size, 1000, timeout)
    }
    t.same([...sizes], [50, 100, 200, 400, 800, 1000])
  },
)

t.test('short pages and slow ones prove nothing', async (t) => {
  const page = new PageSize(1000)
  page.timedOut()
  for (let pages = 0; pages < 9; pages += 1) page.answered(499, 10, timeout)
  for (let pages = 0; pages < 9; pages += 1) page.answered(500, timeout / 3, timeout)
  t.equal(page.size, 500)
  page.answered(500, 10, timeout)
  page.answered(500, 10, timeout)
  page.answered(500, timeout / 2, timeout)
  page.answered(500, 10, timeout)
  t.equal(page.size, 500, 'three in a row')
})

t.test('answers that are too large: down to one record', async (t) => {
  const page = new PageSize(5)
  page.timedOut()
  t.equal(page.size, 5, 'a small page is not made smaller by a timeout')
  const sizes = [1, 2, 3, 4].map(() => {
    page.tooLarge()
    return page.size
  })
  t.same(sizes, [2, 1, 1, 1])
  page.timedOut()
  t.equal(page.size, 1)
})

t.test('a size that was too much is tried again less and less often', (t) => {
  const page = new PageSize(8)
  page.tooLarge()
  const waits: number[] = []
  for (let pages = 0; waits.length < 8; pages += 1) {
    if (page.size === 8) {
      waits.push(pages)
      pages = -1
      page.tooLarge()
    } else page.answered(page.size, 10, timeout)
  }
  t.same(waits, [3, 6, 12, 24, 48, 96, 96, 96])
  for (let pages = 0; pages < 96; pages += 1) page.answered(4, 10, timeout)
  t.equal(page.size, 8)
  page.answered(8, 10, timeout)
  page.tooLarge()
  for (let pages = 0; pages < 3; pages += 1) page.answered(4, 10, timeout)
  t.equal(page.size, 8, 'once it was not too much')
  t.end()
})

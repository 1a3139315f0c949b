import fc from 'fast-check'
import t from 'tap'
import { isUpTo, objectName, Times } from '../../../src/destinations/s3/key.ts'
import { partSize } from '../../../src/destinations/s3/upload.ts'
import { folderOf } from '../../../src/s3/options.ts'

const first = { sequence: 1, line: 1 }
const last = { sequence: 12, line: 400 }

t.test('a name has time, series, queue and numbers', async (t) => {
  const time = Date.UTC(2026, 0, 8, 11, 7, 53, 42)
  const name = objectName({ time, series: '2-a b/ö.dd', queue: 'timelines', first, last })
  t.equal(
    name,
    '20260108T110753.042Z_2-a-b-.dd_timelines_000000000001.0000001-000000000012.0000400',
  )
})

t.test('whatever the names, a key is safe and fits a file', async (t) => {
  const text = fc.string({ unit: 'binary', maxLength: 2_000 })
  fc.assert(
    fc.property(text, text, (series, queue) => {
      const name = objectName({ time: 0, series, queue, first, last })
      return /^[A-Za-z0-9._-]+$/.test(name) && name.length <= 240
    }),
  )
  t.pass()
})

t.test('names sort as they were made, also when the clock is put back', async (t) => {
  const times = new Times(1_000)
  const made = [5, 2_000, 2_000, 1_500, 3_000].map((now) => times.next(now))
  t.same(made, [1_001, 2_000, 2_001, 2_002, 3_000])
  const names = made.map((time) => objectName({ time, series: 'a', queue: 'q', first, last }))
  t.same(names.toSorted(), names)
})

t.test('numbers compare by block, then by line', async (t) => {
  t.ok(isUpTo({ sequence: 1, line: 9 }, { sequence: 2, line: 1 }))
  t.ok(isUpTo(last, last))
  t.notOk(isUpTo({ sequence: 12, line: 401 }, last))
})

t.test('parts are never more than 10,000', async (t) => {
  const mebibyte = 1024 * 1024
  t.equal(partSize(9 * mebibyte), 8 * mebibyte)
  for (const size of [78 * 1024 * mebibyte, 625 * 1024 * mebibyte, 5 * 1024 ** 4]) {
    t.ok(size / partSize(size) <= 10_000, `${size}`)
    t.ok(partSize(size) <= 5 * 1024 ** 3)
  }
})

t.test('folders have no leading slash and no empty name', async (t) => {
  t.equal(folderOf(null, 'x'), '')
  t.equal(folderOf('/data', 'x'), 'data/')
  t.equal(folderOf('a//b/', 'x'), 'a/b/')
  t.throws(() => folderOf('a/../b', 'x'), { code: 'config' })
  t.throws(() => folderOf('ä', 'x'), { code: 'config' })
  t.throws(() => folderOf('a'.repeat(800), 'x'), { code: 'config' })
})

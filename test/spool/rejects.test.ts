/**
 * Rejects, listed, purged and taken back.
 */
import { gzipSync } from 'node:zlib'
import t from 'tap'
import {
  countRejects,
  packRejects,
  unpackRejects,
  withoutRejects,
} from '../../src/spool/reject-entry.ts'
import type { StoredReject } from '../../src/core.ts'
import type { LmdbSpool, RejectQuery } from '../../src/spool/spool.ts'
import { batchOf, drain, idOf, numbered, openAt, reached, rejectOf } from './helpers.ts'
import { flip, tamper } from './tamper.ts'

/** All pages of them. */
function listed(spool: LmdbSpool, query: RejectQuery): StoredReject[] {
  const { limit = Infinity } = query
  const found: StoredReject[] = []
  for (let after: number | undefined = query.after ?? 0; after !== undefined;) {
    const page = spool.pageRejects({ ...query, after, limit: limit - found.length })
    found.push(...page.rejects)
    after = found.length < limit ? page.next : undefined
  }
  return found
}

const retried = new Map([['siem', ['q', 'retry:siem']]])

t.test('listed by what they are, in the order of their numbers', async (t) => {
  const spool = await openAt(t.testdir())
  await spool.append('q', batchOf(numbered(0, 600), { rejects: [rejectOf('a'), rejectOf('b')] }))
  await spool.append('other', batchOf([], { rejects: [rejectOf('c')] }))
  await spool.rejectOldest('siem', 'full')
  const numbers = (query: RejectQuery) => listed(spool, query).map(({ number }) => number)
  t.equal(numbers({}).length, 603)
  t.same(numbers({ limit: 2 }), [1, 2])
  t.same(numbers({ after: 1, limit: 3 }), [2, 3, 4])
  t.same(numbers({ after: 2, source: 'q', limit: 1 }), [4])
  t.same(numbers({ source: 'other' }), [3])
  t.equal(numbers({ destination: 'siem' }).length, 600)
  t.same(numbers({ code: 'row' }), [1, 2, 3])
  t.same(numbers({ code: 'when-full', after: 602 }), [603])
  t.same(numbers({ after: 603 }), [])
  t.match(spool.reject(2), { number: 2, record: 'b' })
  t.same(spool.rejects().byCode(), { row: 3, 'when-full': 600 })
  t.match(spool.reject(603), { record: 'line 599', time: 0, severity: 5 })
  t.equal(spool.reject(604), undefined)
  t.equal(spool.reject(0), undefined)
  await spool.close()
})

t.test('purged one by one: the others keep their numbers, none comes twice', async (t) => {
  const folder = t.testdir()
  let spool = await openAt(folder)
  const rejects = ['a', 'b', 'c', 'd'].map((record) => rejectOf(record))
  await spool.append('q', batchOf([], { rejects }))
  await spool.append('q', batchOf([], { rejects: [rejectOf('e')] }))
  t.equal(await spool.purgeRejects({ numbers: [2, 5, 2, 77] }), 2)
  t.equal(await spool.purgeRejects({ numbers: [2] }), 0)
  t.equal(await spool.purgeRejects({}), 0)
  await spool.close()
  spool = await openAt(folder)
  t.match(spool.rejects().list(10), [
    { number: 1, record: 'a' },
    { number: 3, record: 'c' },
    { number: 4, record: 'd' },
  ])
  t.equal(spool.reject(2), undefined)
  t.equal(await spool.purgeRejects({ upTo: 1, numbers: [4] }), 2)
  await spool.append('q', batchOf([], { rejects: [rejectOf('f')] }))
  t.same(
    spool
      .rejects()
      .list(10)
      .map(({ number }) => number),
    [3, 6],
  )
  t.equal(await spool.purgeRejects({ upTo: Infinity }), 2)
  t.equal(spool.rejects().count, 0)
  t.same(spool.rejects().byCode(), {})
  t.equal(spool.queues()[0]?.ledger.rejected, 6, 'they were rejected all the same')
  await spool.close()
})

t.test('a damaged entry goes with the number that it is listed under', async (t) => {
  const folder = t.testdir()
  let spool = await openAt(folder)
  for (const record of ['a', 'b', 'c']) {
    await spool.append('q', batchOf([], { rejects: [rejectOf(record), rejectOf(record)] }))
  }
  await spool.close()
  await tamper(folder, 'rejects', 3, flip)
  spool = await openAt(folder)
  t.equal(await spool.purgeRejects({ numbers: [4] }), 0)
  t.match(spool.reject(3), { code: 'spool-damaged' })
  t.match(await spool.takeBack('q', batchOf([]).lines, [3]), { spooled: 0 })
  t.equal(await spool.purgeRejects({ numbers: [3] }), 2)
  t.same(
    spool
      .rejects()
      .list(10)
      .map(({ number }) => number),
    [1, 2, 5, 6],
  )
  t.equal(spool.rejects().count, 4)
  t.same(spool.rejects().byCode(), { row: 4 })
  await spool.close()
})

t.test("a source's rejects go back into its queue, once", async (t) => {
  const folder = t.testdir()
  let spool = await openAt(folder)
  const rejects = ['a', 'b', 'c'].map((record) => rejectOf(record, record))
  await spool.append('q', batchOf(['line'], { rejects }))
  const version = spool.version
  t.same(await spool.takeBack('q', batchOf(['mapped#a', 'given#line']).lines, [1, 2]), {
    spooled: 1,
    alreadyGiven: 1,
    rejected: 0,
  })
  t.ok(spool.version > version, 'destinations hear of it')
  await spool.close()
  spool = await openAt(folder)
  t.match(spool.rejects().list(5), [{ number: 3 }])
  t.equal(spool.rejects().count, 1)
  t.same(drain(spool), ['line', 'mapped'])
  const ledger = { read: 4, spooled: 2, alreadyGiven: 1, rejected: 1, ignored: 0 }
  t.same(spool.queues()[0]?.ledger, ledger)
  const again = await spool.takeBack('q', batchOf(['mapped#a']).lines, [1])
  t.match(again, { spooled: 0, alreadyGiven: 1 }, 'a second time changes nothing')
  t.same(spool.queues()[0]?.ledger, { ...ledger, read: 5, alreadyGiven: 2 })
  t.equal(await spool.takeBack('q', batchOf([]).lines, [3]).then(({ spooled }) => spooled), 0)
  t.match(spool.queues()[0]?.ledger, { read: 5, rejected: 0, ignored: 1 })
  t.equal((await spool.append('q', batchOf(['mapped#a']))).spooled, 0, 'its id is remembered')
  await spool.close()
})

t.test("a destination's go into a queue of their own, where they are new", async (t) => {
  const spool = await openAt(t.testdir(), { destinations: retried })
  await spool.append('q', batchOf(['a', 'b', 'c']))
  await spool.rejectOldest('siem', 'full')
  const { lines } = batchOf(['a#1', 'c#3'])
  t.match(await spool.takeBack('retry:siem', lines, [1, 3]), { spooled: 2 })
  t.same(drain(spool, 'retry:siem'), ['a', 'c'])
  t.match(spool.rejects().list(5), [{ number: 2, record: 'b' }])
  t.match(spool.ledger('siem'), [
    { queue: 'q', spooled: 3, refused: 3, waiting: 0 },
    { queue: 'retry:siem', spooled: 2, waiting: 2 },
  ])
  t.same(spool.rejects().byCode(), { 'when-full': 1 })
  t.match(spool.queues()[1]?.ledger, { read: 2, spooled: 2, rejected: 0 })
  t.match(await spool.takeBack('retry:siem', lines, [1, 3]), { spooled: 0, alreadyGiven: 2 })
  await spool.receipts('siem', new Map([['retry:siem', reached(1, 2)]]), [])
  t.match(spool.ledger('siem')[1], { spooled: 2, received: 2, waiting: 0 })
  await t.rejects(spool.takeBack('q', lines, [2]), { code: 'internal', message: /retry:siem/ })
  t.equal(spool.rejects().count, 1)
  await spool.close()
})

t.test('all at once: nothing is lost and nothing goes twice', async (t) => {
  const spool = await openAt(t.testdir())
  const rejects = numbered(0, 20).map((record) => rejectOf(record, record))
  await spool.append('q', batchOf([], { rejects }))
  const { lines } = batchOf(['x#line 0', 'y#line 1'])
  const done = await Promise.all([
    spool.takeBack('q', lines, [1, 2]),
    spool.purgeRejects({ numbers: [2, 3] }),
    spool.takeBack('q', lines, [1, 2]),
    spool.append('q', batchOf([], { rejects: [rejectOf('new')] })),
    spool.purgeRejects({ upTo: 10 }),
  ])
  t.match(done[0], { spooled: 2 })
  t.same(drain(spool), ['x', 'y'])
  t.same(
    spool
      .rejects()
      .list(50)
      .map(({ number }) => number),
    [11, 12, 13, 14, 15, 16, 17, 18, 19, 20, 21],
  )
  t.equal(spool.rejects().count, 11)
  const { read, spooled, alreadyGiven, rejected, ignored } = spool.queues()[0]?.ledger ?? {}
  t.equal(read, (spooled ?? 0) + (alreadyGiven ?? 0) + (rejected ?? 0) + (ignored ?? 0))
  t.ok(spool.remembers('q', idOf('line 1')))
  await spool.close()
})

t.test('a purge counts what it took, not what came meanwhile', async (t) => {
  const spool = await openAt(t.testdir())
  const some = (count: number) => ({ rejects: numbered(0, count).map((one) => rejectOf(one)) })
  for (let entry = 0; entry < 40; entry += 1) await spool.append('q', batchOf([], some(10)))
  await spool.purgeRejects({ numbers: [1, 15, 16] })
  const purged = spool.purgeRejects({ upTo: 395 })
  for (let more = 0; more < 5; more += 1) await spool.append('q', batchOf([], some(100)))
  t.equal(await purged, 392)
  t.equal(spool.rejects().count, 505)
  t.same(spool.rejects().byCode(), { row: 505 })
  t.equal(spool.rejects().list(1000).length, 505)
  t.equal(await spool.purgeRejects({ upTo: Infinity, entries: 2 }), 105, 'the oldest two entries')
  t.match(spool.pageRejects({ limit: 1 }).rejects, [{ number: 501 }])
  await spool.close()
})

t.test('a page is of a few entries, whether they match or not', async (t) => {
  const spool = await openAt(t.testdir())
  for (let entry = 0; entry < 30; entry += 1) {
    await spool.append('q', batchOf([], { rejects: [rejectOf('a'), rejectOf('b')] }))
  }
  const first = spool.pageRejects({ source: 'other' })
  t.same(first.rejects, [])
  t.ok(first.next !== undefined && first.next < 60)
  const found: number[] = []
  let after: number | undefined = 0
  while (after !== undefined) {
    const page: ReturnType<typeof spool.pageRejects> = spool.pageRejects({ after, limit: 3 })
    found.push(...page.rejects.map(({ number }) => number))
    after = page.next
  }
  t.same(
    found,
    Array.from({ length: 60 }, (_, index) => index + 1),
  )
  await spool.close()
})

t.test(
  'how many an entry has is read without unpacking, and never trusted when damaged',
  async (t) => {
    const rejects = numbered(0, 5).map((one) => ({ ...rejectOf(one), at: 1, source: 'q' }))
    const [entry] = packRejects(rejects)
    const bytes = entry?.bytes ?? Buffer.alloc(0)
    t.same(countRejects(bytes), { row: 5 })
    t.equal(unpackRejects(1, bytes)?.length, 5)
    t.same(countRejects(withoutRejects(bytes, (at) => at < 2)), { row: 3 })
    t.same(countRejects(bytes.subarray(0, 30)), { row: 5 }, 'nothing of the rest is looked at')
    const older = gzipSync('[null,{"code":"row"},{"code":"date"}]')
    t.same(countRejects(older), { row: 1, date: 1 }, 'of an older release')
    const wrong = Buffer.from(bytes)
    wrong[16] = 9
    t.same(countRejects(wrong), { row: 5 })
    t.equal(countRejects(wrong.subarray(0, 30)), undefined)
  },
)

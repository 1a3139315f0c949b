import t from 'tap'
import type { DestinationReject } from '../../src/core.ts'
import { batchOf, drain, numbered, openAt, reached } from './helpers.ts'

const two = new Map([
  ['one', ['q']],
  ['two', ['q']],
])

t.test('a block goes when every destination has passed it', async (t) => {
  const folder = t.testdir()
  let spool = await openAt(folder, { destinations: two })
  for (const line of ['a', 'b', 'c']) await spool.append('q', batchOf([line]))
  await spool.receipts('one', new Map([['q', reached(2)]]), [])
  t.equal(spool.queues()[0]?.oldest, 1)
  t.same([spool.waiting('one').lines, spool.waiting('two').lines], [1, 3])
  t.match(spool.slowest(), { destination: 'two', queue: 'q', position: 0, destinations: ['two'] })
  await spool.receipts('two', new Map([['q', reached(1)]]), [])
  t.match(spool.queues()[0], { oldest: 2, lines: 2, newest: 3 })
  await spool.receipts('one', new Map([['q', reached(1)]]), [])
  t.equal(spool.position('one', 'q'), 2, 'never back')
  await spool.close()
  spool = await openAt(folder, { destinations: two })
  t.same([spool.position('one', 'q'), spool.position('two', 'q')], [2, 1])
  await spool.receipts('one', new Map([['q', reached(99)]]), [])
  t.equal(spool.position('one', 'q'), 3, 'never beyond the newest')
  await spool.receipts('two', new Map([['q', reached(3)]]), [])
  t.match(spool.queues()[0], { oldest: 4, newest: 3, lines: 0, bytes: 0 })
  t.same(spool.waiting('two'), { lines: 0, oldest: undefined })
  t.equal(spool.slowest(), undefined)
  t.equal(spool.next('q', 0), undefined)
  await spool.append('q', batchOf(['d', 'a']))
  t.same(drain(spool), ['d'])
  await spool.close()
})

t.test('many blocks go in small transactions', async (t) => {
  const spool = await openAt(t.testdir())
  for (let index = 0; index < 100; index += 1) await spool.append('q', batchOf([`line ${index}`]))
  const { bytes } = spool.usage()
  await spool.receipts('siem', new Map([['q', reached(100)]]), [])
  t.match(spool.queues()[0], { oldest: 101, bytes: 0 })
  t.ok(spool.usage().bytes < bytes, 'ids live on')
  await spool.close()
})

t.test(
  'a new destination starts at the oldest block; one that is gone holds nothing',
  async (t) => {
    const folder = t.testdir()
    let spool = await openAt(folder, { destinations: two })
    for (const line of ['a', 'b', 'c', 'd']) await spool.append('q', batchOf([line]))
    await spool.receipts('one', new Map([['q', reached(3)]]), [])
    await spool.receipts('two', new Map([['q', reached(1)]]), [])
    t.same(spool.strangers(), [])
    await spool.close()

    const changed = new Map([
      ['one', ['q']],
      ['three', ['q', 'empty']],
    ])
    spool = await openAt(folder, { destinations: changed })
    t.equal(spool.position('three', 'q'), 1)
    t.equal(spool.waiting('three').lines, 3)
    t.same(spool.strangers(), [{ destination: 'two', queue: 'q', waiting: 3 }])
    await spool.receipts('three', new Map([['q', reached(2)]]), [])
    t.equal(spool.queues()[0]?.oldest, 3)
    t.equal(await spool.forget('two'), 1)
    t.equal(await spool.forget('one'), 0, 'not one that is there')
    t.same(spool.strangers(), [])
    t.equal(spool.position('one', 'q'), 3)
    await spool.close()

    spool = await openAt(folder, { destinations: new Map() })
    t.equal(spool.queues()[0]?.oldest, 3, 'a queue that nobody reads keeps all')
    await spool.close()
    spool = await openAt(folder, { destinations: new Map([['one', ['q']]]) })
    await spool.receipts('one', new Map(), [])
    while (spool.queues()[0]?.oldest !== 4) await new Promise(setImmediate)
    t.pass('what only a destination held that is gone is deleted at start')
    await spool.close()
  },
)

t.test('rejects of a destination are stored once', async (t) => {
  const folder = t.testdir()
  let spool = await openAt(folder, { destinations: two })
  for (const line of ['a', 'b']) await spool.append('q', batchOf([line]))
  const reject = (sequence: number, line: number): DestinationReject => ({
    ...{ queue: 'q', sequence, line, code: 'cut', reason: 'too long', record: 'whole' },
    ...{ time: 5, severity: 3 },
  })
  await spool.receipts('one', new Map([['q', reached(1)]]), [reject(1, 0), reject(1, 0)])
  await spool.receipts('one', new Map([['q', reached(1)]]), [reject(1, 0)])
  await spool.receipts('two', new Map([['q', reached(1)]]), [reject(1, 0)])
  await spool.close()
  spool = await openAt(folder, { destinations: two })
  await spool.receipts('one', new Map([['q', reached(2)]]), [reject(2, 0)])
  await spool.receipts('one', new Map([['q', reached(2)]]), [reject(2, 0), reject(2, 1)])
  t.match(spool.rejects().list(10), [
    { number: 1, destination: 'one', source: 'q', code: 'cut', record: 'whole', row: 1 },
    { number: 2, destination: 'two' },
    { number: 3, destination: 'one', row: 1 },
    { number: 4, destination: 'one', row: 2 },
  ])
  await spool.close()
})

t.test('the oldest block of a destination that cannot deliver goes to the rejects', async (t) => {
  const spool = await openAt(t.testdir(), { destinations: two })
  const lines = numbered(0, 1200).map((line) => line + ' and more of the same'.repeat(10))
  await spool.append('q', batchOf(lines))
  await spool.append('q', batchOf(['last']))
  await spool.receipts('one', new Map([['q', reached(1)]]), [])
  const { bytes } = spool.usage()
  const both = await Promise.all([1, 2].map(() => spool.rejectOldest('two', 'full')))
  t.same(both, [1200, 0], 'once')
  t.equal(spool.position('two', 'q'), 1)
  t.equal(spool.queues()[0]?.oldest, 2)
  t.ok(spool.usage().bytes < bytes / 2, 'which makes room')
  const kept = spool.rejects().list(2000)
  t.same(
    kept.map(({ record }) => record),
    lines,
  )
  t.same(
    kept.map(({ number }) => number),
    Array.from({ length: 1200 }, (_, index) => index + 1),
  )
  t.match(kept[0], { code: 'when-full', reason: 'full', destination: 'two', source: 'q' })
  t.match(spool.slowest(), { destinations: ['one', 'two'] })
  t.equal(await spool.rejectOldest('two', 'full'), 1)
  t.equal(await spool.rejectOldest('two', 'full'), 0)
  t.same(drain(spool), ['last'], 'the other one has not')
  await spool.close()
})

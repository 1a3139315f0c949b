/**
 * The books of destinations: spooled = received + waiting + refused + damaged, whatever happens.
 */
import t from 'tap'
import type { Test } from 'tap'
import type { DestinationReject, Reached } from '../../src/core.ts'
import type { LmdbSpool } from '../../src/spool/spool.ts'
import { batchOf, numbered, openAt, reached, rejectOf } from './helpers.ts'
import { flip, tamper, zeros } from './tamper.ts'

const two = new Map([
  ['one', ['q']],
  ['two', ['q']],
])

/** The books of a destination in `q`, which add up. */
function books(t: Test, spool: LmdbSpool, destination: string) {
  const [ledger] = spool.ledger(destination)
  if (!ledger) throw new Error(`${destination} has no books`)
  const { spooled, received, waiting, refused, damaged } = ledger
  t.equal(received + waiting + refused + damaged, spooled, `the books of ${destination} add up`)
  return { spooled, received, waiting, refused, damaged }
}

function refusal(sequence: number, line: number, code: 'cut' | 'too-large'): DestinationReject {
  return { queue: 'q', sequence, line, code, reason: 'why', record: 'r', time: 7, severity: 3 }
}

/** Receipts for these blocks, with the lines handed out of each. */
const handed = (...blocks: [sequence: number, lines: number][]): ReadonlyMap<string, Reached> => {
  const counted = blocks.map(([sequence, lines]) => ({ sequence, lines }))
  return new Map([['q', { sequence: counted.at(-1)?.sequence ?? 0, blocks: counted }]])
}

const upTo = (sequence: number, lines: number): ReadonlyMap<string, Reached> =>
  new Map([['q', reached(sequence, lines)]])

t.test('received, refused, waiting; over restarts', async (t) => {
  const folder = t.testdir()
  let spool = await openAt(folder, { destinations: two })
  for (let from = 0; from < 40; from += 10) await spool.append('q', batchOf(numbered(from, 10)))
  t.same(books(t, spool, 'one'), {
    spooled: 40,
    received: 0,
    waiting: 40,
    refused: 0,
    damaged: 0,
  })
  await spool.receipts('one', upTo(1, 9), [refusal(1, 4, 'too-large'), refusal(1, 5, 'cut')])
  t.match(spool.reject(1), { time: 7, severity: 3, destination: 'one', source: 'q', row: 5 })
  await spool.receipts('one', upTo(3, 20), [])
  t.equal(await spool.rejectOldest('two', 'full'), 10)
  for (let turn = 0; turn < 2; turn += 1) {
    t.match(books(t, spool, 'one'), { spooled: 40, received: 29, waiting: 10, refused: 1 })
    t.match(books(t, spool, 'two'), { spooled: 40, received: 0, waiting: 30, refused: 10 })
    await spool.close()
    spool = await openAt(folder, { destinations: two })
  }
  await spool.receipts('one', upTo(2, 10), [])
  t.equal(books(t, spool, 'one').received, 29, 'not twice')
  await spool.receipts('one', upTo(3, 0), [refusal(3, 1, 'too-large')])
  t.equal(books(t, spool, 'one').refused, 1, 'a line that was received is not refused later')
  await spool.close()
})

t.test('a miscount shows', async (t) => {
  const spool = await openAt(t.testdir())
  await spool.append('q', batchOf(numbered(0, 10)))
  await spool.receipts('siem', upTo(1, 9), [])
  t.match(spool.ledger('siem'), [{ spooled: 10, received: 9, waiting: 0, refused: 0 }])
  await spool.close()
})

t.test('a block that is refused while it is under way is counted once', async (t) => {
  const spool = await openAt(t.testdir(), { destinations: two })
  for (let from = 0; from < 40; from += 10) await spool.append('q', batchOf(numbered(from, 10)))
  await spool.rejectOldest('one', 'full')
  await spool.receipts('one', handed([1, 10], [2, 10]), [])
  t.match(books(t, spool, 'one'), { received: 10, refused: 10, waiting: 20 })
  await spool.rejectOldest('one', 'full')
  await spool.receipts('one', handed([4, 10]), [])
  t.match(books(t, spool, 'one'), { received: 20, refused: 20, waiting: 0 }, 'not under way')
  await spool.rejectOldest('two', 'full')
  const late = [refusal(1, 3, 'too-large'), refusal(2, 3, 'too-large')]
  await spool.receipts('two', handed([1, 9], [2, 9]), late)
  t.match(books(t, spool, 'two'), { received: 9, refused: 11, waiting: 20 }, 'with lines of it')
  await spool.close()
})

t.test('a damaged block is counted for those who had not received it', async (t) => {
  const folder = t.testdir()
  let spool = await openAt(folder, { destinations: two })
  for (let block = 1; block <= 5; block += 1) {
    await spool.append('q', batchOf(numbered(block * 100, block)))
  }
  await spool.receipts('one', upTo(2, 3), [])
  await spool.close()
  await tamper(folder, 'blocks', ['q', 2], flip)
  await tamper(folder, 'blocks', ['q', 3], zeros)
  await tamper(folder, 'blocks', ['q', 4], zeros)
  spool = await openAt(folder, { destinations: two })
  t.match(books(t, spool, 'one'), { spooled: 15, received: 3, waiting: 12, damaged: 0 })
  t.equal(books(t, spool, 'two').waiting, 15, 'until it is met it waits')
  t.equal(spool.next('q', 1)?.sequence, 5)
  t.match(
    spool.damaged().map(({ sequence, lines }) => [sequence, lines]),
    [
      [2, 2],
      [3, 3],
      [4, 4],
    ],
    'the last two share what lies between their neighbours',
  )
  // With the receipts at the latest, in the same transaction.
  await spool.receipts('two', upTo(5, 6), [])
  for (let turn = 0; turn < 2; turn += 1) {
    t.match(books(t, spool, 'one'), { spooled: 15, received: 3, waiting: 5, damaged: 7 })
    t.match(books(t, spool, 'two'), { spooled: 15, received: 6, waiting: 0, damaged: 9 })
    t.same([spool.waiting('one').lines, spool.queues()[0]?.lines], [5, 5])
    await spool.close()
    spool = await openAt(folder, { destinations: two })
  }
  await spool.receipts('one', upTo(5, 5), [])
  t.match(books(t, spool, 'one'), { received: 8, waiting: 0, damaged: 7 })
  await spool.close()
})

t.test('a block found damaged while it is under way is counted once', async (t) => {
  const folder = t.testdir()
  let spool = await openAt(folder)
  for (let block = 1; block <= 3; block += 1) {
    await spool.append('q', batchOf(numbered(block * 100, block)))
  }
  await spool.close()
  await tamper(folder, 'blocks', ['q', 2], flip)
  spool = await openAt(folder)
  const found = await spool.setAside([
    { queue: 'q', sequence: 1, reason: 'it is good' },
    { queue: 'q', sequence: 2, reason: 'as verify says' },
    { queue: 'q', sequence: 0, reason: 'a page of ids' },
    { queue: 'none', sequence: 9, reason: 'not there' },
  ])
  t.match(found, [{ sequence: 2, lines: 2 }])
  await spool.receipts('siem', handed([1, 1], [2, 2], [3, 3]), [])
  t.match(books(t, spool, 'siem'), { received: 4, damaged: 2, waiting: 0 })
  await spool.close()
})

t.test('one that begins later, one that comes back, one that is forgotten', async (t) => {
  const folder = t.testdir()
  const spool = await openAt(folder, { destinations: two })
  const configuration = { maxBytes: 1e9, remember: { age: 1e9, count: 1e6 }, queues: ['q'] }
  const append = async (from: number) => spool.append('q', batchOf(numbered(from, 10)))
  await append(0)
  await append(10)
  await spool.receipts('one', upTo(1, 10), [])
  await spool.receipts('two', upTo(1, 10), [])
  const three = new Map([
    ['one', ['q']],
    ['three', ['q']],
  ])
  spool.configure({ ...configuration, destinations: three })
  t.same(books(t, spool, 'three'), {
    spooled: 10,
    received: 0,
    waiting: 10,
    refused: 0,
    damaged: 0,
  })
  t.same(spool.ledger('two'), [])
  t.same(spool.strangers(), [{ destination: 'two', queue: 'q', waiting: 10 }])
  await spool.receipts('one', upTo(2, 10), [])
  await spool.receipts('three', upTo(2, 10), [])
  t.equal(spool.queues()[0]?.oldest, 3, 'two holds nothing')
  await append(20)
  spool.configure({ ...configuration, destinations: two })
  t.match(books(t, spool, 'two'), { spooled: 20, received: 10, waiting: 10 })
  await spool.receipts('two', upTo(3, 10), [])
  t.match(books(t, spool, 'two'), { spooled: 20, received: 20, waiting: 0 })
  t.equal(await spool.forget('three'), 1)
  spool.configure({ ...configuration, destinations: three })
  t.match(books(t, spool, 'three'), { spooled: 10, received: 0, waiting: 10 })
  await spool.close()
})

t.test('of a source: read = spooled + already given + rejected + ignored', async (t) => {
  const spool = await openAt(t.testdir())
  await spool.append('q', batchOf(['a', 'b', 'a'], { ignored: 2, rejects: [rejectOf('r', 'r')] }))
  await spool.append('q', batchOf(['b', 'c'], { rejects: [rejectOf('r', 'r'), rejectOf('s')] }))
  t.same(spool.queues()[0]?.ledger, {
    read: 10,
    spooled: 3,
    alreadyGiven: 3,
    rejected: 2,
    ignored: 2,
  })
  await spool.close()
})

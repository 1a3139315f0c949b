import t from 'tap'
import type { Test } from 'tap'
import type { Retried } from '../src/control/verbs.ts'
import type { Reject, StoredReject } from '../src/core.ts'
import { error } from '../src/error.ts'
import { LinePacker } from '../src/io/lines.ts'
import type { Lines } from '../src/io/lines.ts'
import { Operations } from '../src/operations.ts'
import type { LmdbSpool } from '../src/spool/spool.ts'
import { readStatus } from '../src/status/status.ts'
import { batchOf, drain, idOf, openAt, reached, rejectOf } from './spool/helpers.ts'
import { recordedEvents } from './helpers/pipeline.ts'

/** A spool with a queue `q`, read by `siem`, which also reads its retries. */
async function operationsOn(t: Test, folder = t.testdir()) {
  const queues = ['q', 'retry:siem']
  const spool = await openAt(folder, { queues, destinations: new Map([['siem', queues]]) })
  t.teardown(() => spool.close())
  const operations = new Operations({ spool, remap, status: () => statusOf(spool) })
  return { spool, operations }
}

function statusOf(spool: LmdbSpool) {
  return readStatus({
    version: '0',
    configuration: 'c',
    startedAt: new Date(0),
    folder: 'f',
    sources: [{ name: 'q', type: 'netwrix-alerts', where: './drop' }],
    destinations: [{ name: 'siem', type: 'syslog', where: 'tcp://127.0.0.1:1' }],
    spool,
    events: recordedEvents().events,
  })
}

/** A record is its line, under the id of its text, unless it is bad. */
async function remap(source: string, { record }: StoredReject): Promise<Lines> {
  if (source !== 'q') throw error('config', `no source ${source}`)
  if (record.startsWith('bad')) throw error('date', `still: ${record}`, { permanent: true })
  const packer = new LinePacker(1024)
  packer.add(record, 7, 8, idOf(record))
  return packer.take()
}

async function all<T>(values: AsyncIterable<T[]>): Promise<T[]> {
  const found: T[] = []
  for await (const some of values) found.push(...some)
  return found
}

const rejects = (...records: string[]): Reject[] =>
  records.map((record) => rejectOf(record, record))

t.test('retry: back, given, still rejected, unknown; and the books add up', async (t) => {
  const { spool, operations } = await operationsOn(t)
  await spool.append('q', batchOf(['one'], { rejects: rejects('two', 'bad', 'three') }))
  await spool.append('q', batchOf(['three']))
  const expected: Retried[] = [
    { number: 1, result: 'back', queue: 'q' },
    { number: 2, result: 'rejected', code: 'date', reason: 'still: bad' },
    { number: 3, result: 'given', queue: 'q' },
    { number: 9, result: 'unknown' },
  ]
  t.strictSame(await all(operations.retry({ numbers: [1, 2, 3, 3, 9] })), expected)
  t.strictSame(drain(spool), ['one', 'three', 'two'])
  t.strictSame(
    (await operations.rejects({})).map(({ number }) => number),
    [2],
  )
  const { sources, destinations } = await operations.status()
  t.match(sources[0]?.ledger, { read: 5, spooled: 3, alreadyGiven: 1, rejected: 1, ignored: 0 })
  t.match(destinations[0]?.ledger, [{ queue: 'q', spooled: 3, received: 0, waiting: 3 }, {}])
  t.strictSame(await all(operations.retry({ numbers: [1, 3] })), [
    { number: 1, result: 'unknown' },
    { number: 3, result: 'unknown' },
  ])
})

t.test('retry of more than one step, by filter and all', async (t) => {
  const { spool, operations } = await operationsOn(t)
  const many = Array.from(
    { length: 250 },
    (_, index) => `${index % 5 === 0 ? 'bad ' : ''}r${index}`,
  )
  await spool.append('q', batchOf([], { rejects: rejects(...many) }))
  t.strictSame(await all(operations.retry({ code: 'date' })), [])
  t.strictSame(await all(operations.retry({ source: 'other' })), [])
  const done = await all(operations.retry({ source: 'q' }))
  t.strictSame(
    done.map(({ number }) => number),
    many.map((_, index) => index + 1),
  )
  t.equal(done.filter(({ result }) => result === 'back').length, 200)
  t.equal(drain(spool).length, 200)
  t.equal(spool.rejects().count, 50)
  t.strictSame((await operations.status()).rejectsByCode, { row: 50 })
  const again = await all(operations.retry({ all: true }))
  t.equal(again.length, 50)
  t.ok(again.every(({ result }) => result === 'rejected'))
  await t.rejects(all(operations.retry({})), { code: 'bad-request' })
})

t.test('two retries at once share the work', async (t) => {
  const { spool, operations } = await operationsOn(t)
  const many = Array.from({ length: 250 }, (_, index) => `r${index}`)
  await spool.append('q', batchOf([], { rejects: rejects(...many) }))
  const done = await Promise.all([1, 2].map(() => all(operations.retry({ all: true }))))
  t.equal(done.flat().length, 250)
  t.ok(done.flat().every(({ result }) => result === 'back'))
  t.strictSame(drain(spool), many)
})

t.test('a destination’s reject waits for that destination', async (t) => {
  const { spool, operations } = await operationsOn(t)
  await spool.append('q', batchOf(['one', 'two']))
  const place = { queue: 'q', sequence: 1, code: 'too-large', reason: 'why' } as const
  await spool.receipts('siem', new Map([['q', reached(1, 1)]]), [
    { ...place, line: 1, record: 'two', time: 11, severity: 3 },
  ])
  t.match(await operations.rejects({ destination: 'siem' }), [{ source: 'q', code: 'too-large' }])
  t.strictSame(await all(operations.retry({ destination: 'siem' })), [
    { number: 1, result: 'back', queue: 'retry:siem' },
  ])
  t.strictSame(await all(operations.lines({ queue: 'retry:siem', destination: 'siem' })), [
    { cef: 'two', time: 11, severity: 3 },
  ])
  const { others, destinations } = await operations.status()
  t.match(others, [{ name: 'retry:siem', ledger: { read: 1, spooled: 1 } }])
  t.match(destinations[0]?.ledger, [
    { queue: 'q', spooled: 2, received: 1, waiting: 0, refused: 1, damaged: 0 },
    { queue: 'retry:siem', spooled: 1, received: 0, waiting: 1, refused: 0, damaged: 0 },
  ])
})

t.test('purge: numbers, a filter, all; never without a choice', async (t) => {
  const { spool, operations } = await operationsOn(t)
  await spool.append('q', batchOf([], { rejects: rejects('a', 'b', 'c', 'd') }))
  await spool.append('other', batchOf([], { rejects: rejects('e') }))
  await t.rejects(operations.purge({}), { code: 'bad-request' })
  await t.rejects(operations.purge({ all: false }), { code: 'bad-request' })
  t.equal(await operations.purge({ numbers: [] }), 0)
  t.equal(await operations.purge({ numbers: [2, 7] }), 1)
  t.equal(await operations.purge({ source: 'other' }), 1)
  t.strictSame(
    (await operations.rejects({})).map(({ number }) => number),
    [1, 3, 4],
  )
  t.equal(await operations.purge({ all: true }), 3)
  t.equal(spool.rejects().count, 0)
})

t.test('a list has everything but the record; records have that too', async (t) => {
  const { spool, operations } = await operationsOn(t)
  await spool.append('q', batchOf([], { rejects: rejects('a', 'b') }))
  const [first, ...others] = await operations.rejects({ after: 1 })
  t.match(first, { number: 2, code: 'row', reason: 'why', origin: 'a.csv', row: 2, source: 'q' })
  t.notOk(first && 'record' in first)
  t.strictSame(others, [])
  const shown: unknown[] = []
  for await (const one of operations.records({ numbers: [2, 5] })) shown.push(one)
  t.match(shown, [{ number: 2, record: 'b', id: idOf('b').toString('hex') }])
  t.equal(shown.length, 1)
})

t.test('list and lines', async (t) => {
  const { spool, operations } = await operationsOn(t)
  for (const name of ['one', 'two', 'three']) await spool.append('q', batchOf([name]))
  await spool.receipts('siem', new Map([['q', reached(1, 1)]]), [])
  const listing = await operations.list()
  t.match(listing, {
    folder: 'f',
    full: false,
    queues: [{ queue: 'q', oldest: 2, newest: 3, lines: 2 }, { queue: 'retry:siem' }],
    positions: [
      { destination: 'siem', queue: 'q', sequence: 1, waiting: 2 },
      { destination: 'siem', queue: 'retry:siem', sequence: 0, waiting: 0 },
    ],
    oldestWaitingAt: { siem: Number },
    strangers: [],
    damaged: [],
  })
  const texts = async (query: Parameters<Operations['lines']>[0]) =>
    (await all(operations.lines(query))).map(({ cef }) => cef)
  t.strictSame(await texts({ queue: 'q' }), ['two', 'three'])
  await t.rejects(texts({ queue: 'none' }), { code: 'not-found', message: /"q", "retry:siem"/ })
  await t.rejects(texts({ queue: 'q', destination: 'none' }), { code: 'not-found' })
  const iterator = operations.lines({ queue: 'q' })
  await iterator.next()
  await spool.append('q', batchOf(['four']))
  t.strictSame(
    (await all(iterator)).map(({ cef }) => cef),
    ['three'],
    'up to what was newest',
  )
})

t.test('forget, and what is kept for nobody', async (t) => {
  const folder = t.testdir()
  const before = await openAt(folder, { destinations: new Map([['gone', ['q']]]) })
  await before.append('q', batchOf(['one']))
  await before.receipts('gone', new Map([['q', reached(1, 1)]]), [])
  await before.close()
  const { operations } = await operationsOn(t, folder)
  t.match((await operations.list()).strangers, [{ destination: 'gone', queue: 'q', waiting: 0 }])
  t.equal(await operations.forget({ destination: 'siem' }), 0)
  t.equal(await operations.forget({ destination: 'gone' }), 1)
  t.strictSame((await operations.list()).strangers, [])
})

t.test('the end waits for one step of a purge, not for all of it', async (t) => {
  const { spool, operations } = await operationsOn(t)
  for (let entry = 0; entry < 600; entry += 1) {
    await spool.append('q', batchOf([], { rejects: rejects(`r${entry}`) }))
  }
  const purged = t.rejects(operations.purge({ all: true }), { code: 'lost', message: /stops/ })
  // The first step has begun, the second one has not.
  for (let turn = 0; turn < 5; turn += 1) await Promise.resolve()
  await operations.idle()
  t.equal(spool.rejects().count, 600 - 256)
  await purged
})

t.test('a long list leaves others their turn', async (t) => {
  const { spool, operations } = await operationsOn(t)
  for (let entry = 0; entry < 30; entry += 1) {
    await spool.append('q', batchOf([], { rejects: rejects(`r${entry}`) }))
  }
  const seen: string[] = []
  setImmediate(() => seen.push('other'))
  const listed = await operations.rejects({ code: 'row' })
  t.equal(listed.length, 30)
  t.strictSame(seen, ['other'])
  t.equal((await operations.rejects({ limit: 20, after: 3 })).at(-1)?.number, 23)
})

t.test('a spool that another process took over is a problem of the status', async (t) => {
  const { spool } = await operationsOn(t)
  t.equal(statusOf(spool).spool.problem, undefined)
  const taken = Object.create(spool, { lost: { value: true } }) as LmdbSpool
  for (const name of ['queues', 'usage', 'rejects', 'waiting', 'ledger'] as const) {
    Object.defineProperty(taken, name, { value: spool[name].bind(spool) })
  }
  t.match(statusOf(taken).spool.problem, /another process has taken it over/)
})

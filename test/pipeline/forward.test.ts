import t from 'tap'
import type { Block, Delivery, Destination } from '../../src/core.ts'
import { error } from '../../src/error.ts'
import { forward } from '../../src/pipeline/forward.ts'
import type { Rate } from '../../src/pipeline/rate.ts'
import { noProgress } from '../../src/pipeline/run.ts'
import type { LmdbSpool } from '../../src/spool/spool.ts'
import { batchOf, linesOf, recordedEvents, spoolFor } from '../helpers/pipeline.ts'

type Deliver = (
  blocks: AsyncIterable<Block>,
  delivery: Delivery,
  signal: AbortSignal,
) => Promise<void>

/** A destination whose runs are the given functions, one after the other. */
function destinationOf(...runs: Deliver[]): Destination {
  return {
    async *check() {},
    frame: () => Buffer.alloc(0),
    async deliver(blocks, delivery, signal) {
      await runs.shift()?.(blocks, delivery, signal)
    },
    async close() {},
  }
}

const both = () => [['alerts'], ['activity']]

t.test('alerts go before a backlog of activity records', async (t) => {
  const spool = await spoolFor(t)
  await spool.append('activity', batchOf(0, 10))
  await spool.append('activity', batchOf(10, 20))
  const ending = new AbortController()
  const order: string[] = []
  const destination = destinationOf(async (blocks, { receipt }) => {
    for await (const block of blocks) {
      order.push(`${block.queue} ${block.sequence}`)
      if (order.length === 1) await spool.append('alerts', batchOf(0, 1))
      receipt(block)
      if (order.length === 3) ending.abort()
    }
  })
  const { events } = recordedEvents()
  const { signal } = ending
  await forward({
    name: 'siem',
    destination,
    queues: both(),
    spool,
    events: events.destination('siem'),
    signal,
  })
  t.strictSame(order, ['activity 1', 'alerts 1', 'activity 2'])
  t.equal(spool.position('siem', 'alerts'), 1, 'receipts are durable when forward ends')
  t.equal(spool.position('siem', 'activity'), 2)
})

t.test('what has no receipt is sent again, from the last receipt', async (t) => {
  const spool = await spoolFor(t)
  for (let n = 0; n < 5; n += 1) await spool.append('alerts', batchOf(n * 10, n * 10 + 10))
  const ending = new AbortController()
  const seen: number[][] = [[], []]
  const destination = destinationOf(
    async (blocks, { receipt, connected }) => {
      connected('the first')
      for await (const block of blocks) {
        seen[0]?.push(block.sequence)
        if (block.sequence === 2) receipt(block)
        if (block.sequence === 4) throw error('lost', 'the peer went away', { retryAfter: 1 })
      }
    },
    async (blocks, { receipt, connected }) => {
      connected('the second')
      for await (const block of blocks) {
        seen[1]?.push(block.sequence)
        receipt(block)
        if (block.sequence === 5) ending.abort()
      }
    },
  )
  const { events, log } = recordedEvents()
  const { signal } = ending
  await forward({
    name: 'siem',
    destination,
    queues: both(),
    spool,
    events: events.destination('siem'),
    signal,
  })
  t.strictSame(seen, [
    [1, 2, 3, 4],
    [3, 4, 5],
  ])
  t.match(
    log().map(({ msg }) => msg),
    ['connected to the first', /the peer went away; tries again/, 'connected to the second'],
  )
  t.equal(spool.waiting('siem').lines, 0)
})

t.test('a line that was cut or refused is kept, once, when its block has a receipt', async (t) => {
  const spool = await spoolFor(t)
  await spool.append('alerts', batchOf(0, 3))
  const ending = new AbortController()
  const destination = destinationOf(
    async (blocks, { reject }) => {
      for await (const block of blocks) {
        reject(block, 1, 'cut', 'msg was cut')
        throw error('lost', 'before the receipt', { retryAfter: 1 })
      }
    },
    async (blocks, { reject, receipt }) => {
      for await (const block of blocks) {
        reject(block, 1, 'cut', 'msg was cut')
        receipt(block)
        ending.abort()
      }
    },
  )
  const { events } = recordedEvents()
  const { signal } = ending
  await forward({
    name: 'siem',
    destination,
    queues: both(),
    spool,
    events: events.destination('siem'),
    signal,
  })
  t.match(spool.rejects().list(10), [{ code: 'cut', record: 'line 1', destination: 'siem' }])
  t.equal(spool.rejects().count, 1)
})

t.test('it waits for what comes, and ends when it is told', async (t) => {
  const spool = await spoolFor(t)
  const ending = new AbortController()
  const lines: string[] = []
  const destination = destinationOf(async (blocks, { receipt }) => {
    for await (const block of blocks) {
      lines.push(...linesOf(block))
      receipt(block)
    }
  })
  const { events } = recordedEvents()
  const { signal } = ending
  const loop = forward({
    name: 'siem',
    destination,
    queues: both(),
    spool,
    events: events.destination('siem'),
    signal,
  })
  for (let n = 0; n < 20; n += 1) {
    await new Promise((resolve) => setTimeout(resolve, 2))
    await spool.append(n % 2 ? 'alerts' : 'activity', batchOf(n, n + 1))
  }
  while (lines.length < 20) await new Promise((resolve) => setTimeout(resolve, 2))
  ending.abort()
  await loop
  t.equal(new Set(lines).size, 20)
})

/** The spool, whose receipts cannot be committed the first `times` times. */
function failing(spool: LmdbSpool, times: number): LmdbSpool {
  return new Proxy(spool, {
    get(target, name) {
      if (name === 'receipts' && times > 0) {
        times -= 1
        return async () => {
          throw error('spool-failed', 'no commit')
        }
      }
      const value: unknown = Reflect.get(target, name)
      return typeof value === 'function' ? (value.bind(target) as unknown) : value
    },
  })
}

t.test(
  'when a commit of receipts fails, nothing that it held is passed by a later one',
  async (t) => {
    const spool = await spoolFor(t)
    for (let n = 0; n < 3; n += 1) await spool.append('alerts', batchOf(n, n + 1))
    const ending = new AbortController()
    let runs = 0
    const run: Deliver = async (blocks, { reject, receipt }) => {
      runs += 1
      for await (const block of blocks) {
        if (block.sequence === 1) reject(block, 0, 'too-large', 'it cannot be sent')
        receipt(block)
        // The last receipts of a run come while its commit fails.
        if (runs === 1 && block.sequence === 2)
          await new Promise((resolve) => setTimeout(resolve, 50))
        if (runs === 2 && block.sequence === 3) ending.abort()
      }
    }
    const { events } = recordedEvents()
    await forward({
      name: 'siem',
      destination: destinationOf(run, run),
      queues: both(),
      spool: failing(spool, 1),
      events: events.destination('siem'),
      signal: ending.signal,
    })
    t.equal(runs, 2)
    t.equal(spool.position('siem', 'alerts'), 3)
    t.match(spool.rejects().list(5), [{ code: 'too-large', record: 'line 0' }])
  },
)

t.test('while commits fail, the wait between two runs grows', async (t) => {
  const spool = await spoolFor(t)
  await spool.append('alerts', batchOf(0, 1))
  const ending = new AbortController()
  const mine = recordedEvents()
  const run: Deliver = async (blocks, { receipt }) => {
    for await (const block of blocks) receipt(block)
  }
  const loop = forward({
    name: 'siem',
    destination: destinationOf(run, run, run, run),
    queues: both(),
    spool: failing(spool, Infinity),
    events: mine.events.destination('siem'),
    signal: ending.signal,
  })
  while (mine.log().length < 3) await new Promise((resolve) => setTimeout(resolve, 20))
  ending.abort()
  await loop
  t.match(mine.log()[2]?.msg, /no commit; tries again in [12] s/)
})

t.test(
  'a rate gives blocks in parts; a position moves when the last of them is received',
  async (t) => {
    const spool = await spoolFor(t)
    await spool.append('alerts', batchOf(0, 10))
    const ending = new AbortController()
    const lines: string[][] = [[], []]
    const positions: number[] = []
    const destination = destinationOf(
      async (blocks, { receipt, reject }) => {
        for await (const block of blocks) {
          lines[0]?.push(...linesOf(block))
          if (linesOf(block).includes('line 4')) {
            reject(block, linesOf(block).indexOf('line 4'), 'too-large', 'never')
          }
          receipt(block)
          if (lines[0]?.length === 6) throw error('lost', 'between two parts', { retryAfter: 1 })
        }
      },
      async (blocks, { receipt, reject }) => {
        for await (const block of blocks) {
          positions.push(spool.position('siem', 'alerts'))
          lines[1]?.push(...linesOf(block))
          if (linesOf(block).includes('line 8')) {
            reject(block, linesOf(block).indexOf('line 8'), 'too-large', 'never')
          }
          receipt(block)
          if (lines[1]?.length === 4) ending.abort()
        }
      },
    )
    const { events } = recordedEvents()
    await forward({
      name: 'siem',
      destination,
      queues: both(),
      rate: { events: 200, bytes: null, burst: 15 },
      spool,
      events: events.destination('siem'),
      signal: ending.signal,
    })
    const all = Array.from({ length: 10 }, (_, index) => `line ${index}`)
    t.strictSame(
      lines,
      [all.slice(0, 6), all.slice(6)],
      'it goes on where the receipts had come to',
    )
    t.ok(positions.length > 1, 'in parts')
    t.ok(positions.every((position) => position === 0))
    t.equal(spool.position('siem', 'alerts'), 1)
    t.match(spool.rejects().list(9), [
      { row: 5, record: 'line 4', time: 4, severity: 4 },
      { row: 9, record: 'line 8' },
    ])
    t.match(spool.ledger('siem')[0], { spooled: 10, received: 8, refused: 2, waiting: 0 })
  },
)

t.test('a loop that takes the place of another one goes on in mid block', async (t) => {
  const spool = await spoolFor(t)
  await spool.append('alerts', batchOf(0, 10))
  await spool.append('alerts', batchOf(10, 12))
  const progress = noProgress()
  const lines: string[][] = []
  const { events } = recordedEvents()
  const loop = async (rate: Rate | undefined, until: string) => {
    const ending = new AbortController()
    const mine: string[] = []
    lines.push(mine)
    const destination = destinationOf(async (blocks, { receipt, reject }) => {
      for await (const block of blocks) {
        mine.push(...linesOf(block))
        for (const bad of ['line 1', 'line 8']) {
          const index = linesOf(block).indexOf(bad)
          if (index >= 0) reject(block, index, 'too-large', 'never')
        }
        receipt(block)
        if (mine.includes(until)) ending.abort()
      }
    })
    const { signal } = ending
    const rest = { spool, events: events.destination('siem'), progress, signal }
    await forward({ name: 'siem', destination, queues: both(), rate, ...rest })
  }
  const slow = { events: 200, bytes: null, burst: 15 }
  await loop(slow, 'line 3')
  t.equal(spool.position('siem', 'alerts'), 0)
  await loop(slow, 'line 6')
  await loop(undefined, 'line 11')
  const all = Array.from({ length: 12 }, (_, index) => `line ${index}`)
  t.strictSame(lines.flat(), all, 'each of them once')
  t.ok(lines.every((some) => some.length > 0))
  t.equal(spool.position('siem', 'alerts'), 2)
  t.match(spool.rejects().list(9), [{ record: 'line 1' }, { record: 'line 8' }])
  t.match(spool.ledger('siem')[0], { spooled: 12, received: 10, refused: 2, waiting: 0 })
})

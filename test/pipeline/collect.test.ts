import t from 'tap'
import type { Batch, Source } from '../../src/core.ts'
import { error } from '../../src/error.ts'
import { collect } from '../../src/pipeline/collect.ts'
import { batchOf, linesOf, recordedEvents, spoolFor } from '../helpers/pipeline.ts'

/** A source whose runs are the given functions, one after the other; then it waits. */
function sourceOf(
  ...runs: ((checkpoint: string | undefined) => AsyncIterable<Batch>)[]
): Source & { checkpoints: (string | undefined)[] } {
  const checkpoints: (string | undefined)[] = []
  return {
    checkpoints,
    async *check() {},
    async *batches(checkpoint, signal) {
      checkpoints.push(checkpoint)
      const run = runs.shift()
      if (run) yield* run(checkpoint)
      if (signal.aborted) return
      await new Promise((resolve) => signal.addEventListener('abort', resolve))
    },
    remap: () => Promise.reject(new Error('not here')),
    async close() {},
  }
}

const noRoom = async () => false

t.test('a batch is durable before the source goes on', async (t) => {
  const spool = await spoolFor(t)
  const { events } = recordedEvents()
  const ending = new AbortController()
  let afterYield: string | undefined
  const source = sourceOf(async function* () {
    yield batchOf(0, 10, { checkpoint: 'ten' })
    afterYield = spool.checkpoint('alerts')
    ending.abort()
  })
  const signal = ending.signal
  await collect({
    name: 'alerts',
    source,
    spool,
    events: events.source('alerts'),
    makeRoom: noRoom,
    signal,
  })
  t.equal(afterYield, 'ten')
  t.strictSame(linesOf(spool.next('alerts', 0)!).length, 10)
})

t.test('a source that throws is run again from the last checkpoint', async (t) => {
  const spool = await spoolFor(t)
  const { events, log } = recordedEvents()
  const ending = new AbortController()
  const source = sourceOf(
    async function* () {
      yield batchOf(0, 5, { checkpoint: 'five' })
      throw error('network', 'the server went away', { retryAfter: 1 })
    },
    async function* () {
      yield batchOf(3, 8, { checkpoint: 'eight' })
      ending.abort()
    },
  )
  const signal = ending.signal
  await collect({
    name: 'alerts',
    source,
    spool,
    events: events.source('alerts'),
    makeRoom: noRoom,
    signal,
  })
  t.strictSame(source.checkpoints, [undefined, 'five'])
  t.match(spool.queues().find(({ queue }) => queue === 'alerts')?.ledger, {
    read: 10,
    spooled: 8,
    alreadyGiven: 2,
  })
  t.match(
    log().map(({ msg }) => msg),
    [/the server went away; tries again/, /reads again/, /2 of 5 records left out: given before/],
  )
})

t.test('one that needs a changed configuration is parked', async (t) => {
  const spool = await spoolFor(t)
  const { events, log } = recordedEvents()
  const ending = new AbortController()
  const mine = events.source('activity')
  const source = sourceOf(async function* () {
    throw error('bad-request', 'the filter is wrong', { retryAfter: Infinity })
  })
  const { signal } = ending
  const loop = collect({ name: 'activity', source, spool, events: mine, makeRoom: noRoom, signal })
  while (mine.state.state !== 'parked') await new Promise((resolve) => setImmediate(resolve))
  t.match(log()[0]?.msg, /waits for a changed configuration/)
  ending.abort()
  await loop
  t.strictSame(source.checkpoints, [undefined], 'it was not run again')
})

t.test('a full spool holds the source, is said once, and lets go', async (t) => {
  const spool = await spoolFor(t, { maxBytes: 40_000 })
  const { events, log } = recordedEvents()
  const ending = new AbortController()
  const mine = events.source('alerts')
  let given = 0
  const source = sourceOf(async function* () {
    for (; given < 40; given += 1) yield batchOf(given * 100, given * 100 + 100)
    ending.abort()
  })
  const { signal } = ending
  const loop = collect({ name: 'alerts', source, spool, events: mine, makeRoom: noRoom, signal })
  while (mine.state.state !== 'full') await new Promise((resolve) => setImmediate(resolve))
  t.ok(given < 40, 'the source waits')
  const received: string[] = []
  let position = 0
  while (!signal.aborted) {
    const block = spool.next('alerts', position)
    if (block) {
      received.push(...linesOf(block))
      position = block.sequence
      await spool.receipts(
        'siem',
        new Map([
          ['alerts', { sequence: position, blocks: [{ sequence: position, lines: block.count }] }],
        ]),
        [],
      )
    } else await new Promise((resolve) => setTimeout(resolve, 5))
  }
  await loop
  for (let block; (block = spool.next('alerts', position)); position = block.sequence) {
    received.push(...linesOf(block))
  }
  t.equal(received.length, 4000, 'nothing was lost')
  t.equal(new Set(received).size, 4000, 'and nothing came twice')
  const said = log().filter(({ msg }) => msg.startsWith('waits: '))
  t.ok(
    said.length >= 1 && said.length < 40,
    `said when it turned full, not for each try: ${said.length}`,
  )
})

t.test('while the spool is full, it is asked again and again who can make room', async (t) => {
  const spool = await spoolFor(t, { maxBytes: 40_000 })
  const { events } = recordedEvents()
  const ending = new AbortController()
  let given = 0
  const source = sourceOf(async function* () {
    for (; given < 40; given += 1) yield batchOf(given * 100, given * 100 + 100)
    ending.abort()
  })
  let asked = 0
  const { signal } = ending
  await collect({
    name: 'alerts',
    source,
    spool,
    events: events.source('alerts'),
    makeRoom: async () => {
      asked += 1
      if (asked < 3) return false
      return (await spool.rejectOldest('siem', 'test')) > 0
    },
    signal,
  })
  t.ok(asked >= 3)
  t.equal(given, 40)
})

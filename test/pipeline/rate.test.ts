import t from 'tap'
import type { Block } from '../../src/core.ts'
import { Pace, rest } from '../../src/pipeline/rate.ts'
import { batchOf, linesOf } from '../helpers/pipeline.ts'

function blockOf(count: number, queue = 'alerts', sequence = 1): Block {
  const { bytes } = batchOf(0, count).lines
  return { queue, sequence, count, lines: bytes }
}

/** A clock that is turned by hand. */
function clock(): { now: () => number; turn(milliseconds: number): void } {
  let at = 1000
  return { now: () => at, turn: (milliseconds) => (at += milliseconds) }
}

t.test('a block is given in parts as the rate of events allows', async (t) => {
  const { now, turn } = clock()
  const pace = new Pace({ events: 100, bytes: null, burst: 100 }, 0, now)
  const block = blockOf(25)
  const first = pace.part(block)
  t.match(first, { queue: 'alerts', sequence: 1, count: 10, upTo: 10 })
  turn(50)
  const second = pace.part(block)
  t.match(second, { count: 5, upTo: 15 })
  turn(1000)
  const third = pace.part(block)
  t.match(third, { count: 10, upTo: 25 }, 'no more than the burst was saved up')
  t.strictSame([first, second, third].flatMap(linesOf), linesOf(block), 'every line once, in order')
  turn(1000)
  const next = blockOf(5, 'alerts', 2)
  t.equal(pace.part(next), next, 'a block that fits is given as it is')
})

t.test('bytes are those on the wire, and one event passes however large', async (t) => {
  const { now, turn } = clock()
  const pace = new Pace({ events: null, bytes: 1000, burst: 100 }, 50, now)
  const block = blockOf(3)
  t.equal(pace.part(block).count, 2, '2 × (6 + 50) bytes use up 100')
  turn(1)
  t.equal(pace.part(block).count, 1, 'the one that asks gets one')
  const huge = new Pace({ events: null, bytes: 1, burst: 100 }, 50, now)
  t.equal(huge.part(block).count, 1)
})

t.test('two queues can be in parts at the same time', async (t) => {
  const { now, turn } = clock()
  const pace = new Pace({ events: 10, bytes: null, burst: 1000 }, 0, now)
  const backlog = blockOf(30, 'activity')
  t.match(pace.part(backlog), { queue: 'activity', count: 10, upTo: 10 })
  turn(1000)
  t.match(pace.part(blockOf(4)), { queue: 'alerts', count: 4 })
  t.match(pace.part(backlog), { queue: 'activity', count: 6, upTo: 16 })
})

t.test('waiting ends when an event may go, and on abort', async (t) => {
  const pace = new Pace({ events: 50, bytes: null, burst: 20 }, 0)
  pace.part(blockOf(1))
  await pace.ready(new AbortController().signal)
  t.equal(pace.part(blockOf(10)).count, 1, 'one event passes each 20 ms')
  const slow = new Pace({ events: 1, bytes: null, burst: 1 }, 0)
  slow.part(blockOf(100))
  const ending = new AbortController()
  const waited = slow.ready(ending.signal)
  ending.abort()
  await waited
})

t.test('what is left of a block, of which some lines are received', async (t) => {
  const block = blockOf(5)
  t.equal(rest(block, undefined), block)
  t.equal(rest(block, { sequence: 2, lines: 3 }), block, 'of another one')
  const left = rest(block, { sequence: 1, lines: 3 })
  t.match(left, { queue: 'alerts', sequence: 1, count: 2, upTo: 5 })
  t.strictSame(linesOf(left), linesOf(block).slice(3))
})

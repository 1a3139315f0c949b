import { setImmediate as turn } from 'node:timers/promises'
import t from 'tap'
import { Passing } from '../../src/telemetry/passing.ts'
import type { Watched } from '../../src/telemetry/passing.ts'
import { blockOf } from '../helpers/sink.ts'

const lines = (count: number, first = 0) =>
  Array.from({ length: count }, (_, index) => `line ${first + index}`)

/** A clock that is moved by hand. */
function passingAt(at = 1000) {
  const clock = { now: at }
  return { clock, passing: new Passing(() => clock.now) }
}

const cefs = (events: { cef: string }[]) => events.map(({ cef }) => cef)

t.test('the latest, with where they come from and go to', async (t) => {
  const { passing } = passingAt(77)
  passing.passed('siem', blockOf(5, ['a', 'b'], { time: 3, severity: 9, queue: 'activity' }))
  passing.passed('files', blockOf(1, ['c'], { time: 4, severity: 0 }))
  t.strictSame(passing.latest(2), [
    {
      ...{ at: 77, destination: 'siem', queue: 'activity', sequence: 5, line: 1 },
      ...{ cef: 'b', time: 3, severity: 9 },
    },
    {
      ...{ at: 77, destination: 'files', queue: 'alerts', sequence: 1, line: 0 },
      ...{ cef: 'c', time: 4, severity: 0 },
    },
  ])
  t.strictSame(passing.latest(0), [])
  t.strictSame(cefs(passing.latest(9)), ['a', 'b', 'c'])
})

t.test('of a big block its last lines, by their place in it; of a part of one too', async (t) => {
  const { passing } = passingAt()
  passing.passed('siem', blockOf(1, lines(5000)))
  t.strictSame(cefs(passing.latest(200)), lines(20, 4980))
  t.equal(passing.latest(1)[0]?.line, 4999)
  passing.passed('other', { ...blockOf(2, lines(3)), upTo: 7 })
  t.strictSame(
    passing.latest(3).map(({ line }) => line),
    [4, 5, 6],
  )
})

t.test('a copy: the block’s buffer is used again', async (t) => {
  const { passing } = passingAt()
  const block = blockOf(1, ['before'])
  passing.passed('siem', block)
  block.lines.fill(0)
  t.strictSame(cefs(passing.latest(1)), ['before'])
})

t.test('a destination has twenty lines copied in a tenth of a second', async (t) => {
  const { passing, clock } = passingAt()
  passing.passed('siem', blockOf(1, lines(15)))
  passing.passed('siem', blockOf(2, lines(15, 15)))
  passing.passed('siem', blockOf(3, lines(15, 30)))
  passing.passed('other', blockOf(1, ['of the other']))
  t.strictSame(cefs(passing.latest(200)), [...lines(15), ...lines(5, 25), 'of the other'])
  clock.now += 100
  passing.passed('siem', blockOf(4, ['later']))
  t.strictSame(cefs(passing.latest(1)), ['later'])
  clock.now -= 3_600_000
  passing.passed('siem', blockOf(5, ['of a clock set back']))
  t.strictSame(cefs(passing.latest(1)), ['of a clock set back'])
})

t.test('what is kept is bounded', async (t) => {
  const { passing, clock } = passingAt()
  for (let sequence = 1; sequence <= 300; sequence += 1) {
    clock.now += 100
    passing.passed('siem', blockOf(sequence, [`line ${sequence}`]))
  }
  t.strictSame(cefs(passing.latest(1000)), lines(200, 101))
  const big = 'x'.repeat(1024 * 1024)
  for (let sequence = 1; sequence <= 20; sequence += 1) {
    clock.now += 100
    passing.passed('siem', blockOf(sequence, [big]))
  }
  t.ok(passing.latest(200).length < 9, 'in bytes too')
})

t.test('a watcher gets what passes, and how many it missed', async (t) => {
  const { passing } = passingAt()
  const ending = new AbortController()
  passing.passed('siem', blockOf(1, ['before it']))
  const watching = passing.watch(ending.signal, { most: 30 })[Symbol.asyncIterator]()
  const next = watching.next()
  await turn()
  passing.passed('siem', blockOf(2, lines(25)))
  const { events, skipped } = (await next).value as Watched
  t.strictSame(cefs(events), lines(20, 5))
  t.equal(skipped, 5)
  passing.passed('siem', blockOf(3, lines(15)))
  passing.passed('siem', blockOf(4, lines(15, 100)))
  passing.passed('siem', blockOf(5, lines(10, 200)))
  const late = (await watching.next()).value as Watched
  t.strictSame(cefs(late.events), [...lines(5, 10), ...lines(15, 100), ...lines(10, 200)])
  t.equal(late.skipped, 10)
  t.equal(passing.watchers, 1)
  const last = watching.next()
  ending.abort()
  t.strictSame(await last, { done: true, value: undefined })
  t.equal(passing.watchers, 0)
})

t.test('who watches the whole misses nothing while it keeps up', async (t) => {
  const { passing } = passingAt()
  const ending = new AbortController()
  const options = { whole: true, most: 10_000 }
  const watching = passing.watch(ending.signal, options)[Symbol.asyncIterator]()
  passing.passed('siem', blockOf(1, lines(5000)))
  passing.passed('siem', blockOf(2, lines(5000, 5000)))
  const all = (await watching.next()).value as Watched
  t.strictSame(cefs(all.events), lines(10_000))
  t.equal(all.skipped, 0)
  for (let sequence = 3; sequence <= 6; sequence += 1) {
    passing.passed('siem', blockOf(sequence, lines(5000)))
  }
  const some = (await watching.next()).value as Watched
  t.equal(some.events.length, 10_000)
  t.equal(some.skipped, 10_000)
  await watching.return?.()
  t.equal(passing.watchers, 0, 'and when it stops reading, it is gone')
})

t.test('a watch that was ended before it began', async (t) => {
  const { passing } = passingAt()
  const all: Watched[] = []
  for await (const watched of passing.watch(AbortSignal.abort())) all.push(watched)
  t.strictSame(all, [])
  t.equal(passing.watchers, 0)
})

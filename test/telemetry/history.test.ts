import t from 'tap'
import { Recorder } from '../../src/telemetry/history.ts'
import type { Range, Sample } from '../../src/telemetry/history.ts'

const begin = Date.UTC(2026, 10, 22, 12)
const [second, minute, hour, day] = [1000, 60_000, 3_600_000, 86_400_000]

const sample = (at: number, read: number, received: number, more: object = {}): Sample => ({
  at,
  sources: { alerts: { read } },
  destinations: { siem: { received, waiting: read - received, latency: null, ...more } },
})

/** The last `count` values, `-` for none. */
const last = (values: readonly (number | null)[] | undefined, count: number) =>
  values?.slice(-count).map((value) => value ?? '-')

t.test('rates, backlog and latency by steps of ten seconds', async (t) => {
  const recorder = new Recorder(begin)
  recorder.add(sample(begin + 5 * second, 50, 20))
  recorder.add(sample(begin + 15 * second, 150, 150, { latency: 40 }))
  const { from, step, sources, destinations } = recorder.read('hour', begin + 15 * second)
  t.equal(step, 10 * second)
  t.equal(from, begin + 20 * second - hour)
  t.equal(sources['alerts']?.read.length, 360)
  t.strictSame(last(sources['alerts']?.read, 3), ['-', 10, 10])
  t.strictSame(last(destinations['siem']?.received, 3), ['-', 4, 13])
  t.strictSame(last(destinations['siem']?.waiting, 3), ['-', 30, 0])
  t.strictSame(last(destinations['siem']?.latency, 3), ['-', '-', 40])
})

t.test('the day has the mean, the last backlog and the longest latency', async (t) => {
  const recorder = new Recorder(begin)
  recorder.add(sample(begin + 10 * second, 100, 0, { latency: 9 }))
  recorder.add(sample(begin + 40 * second, 100, 70, { latency: 3 }))
  recorder.add(sample(begin + 80 * second, 100, 100))
  const { from, step, sources, destinations } = recorder.read('day', begin + 80 * second)
  t.equal(step, 2 * minute)
  t.equal(from, begin + 2 * minute - day)
  t.strictSame(last(sources['alerts']?.read, 2), ['-', 1.25])
  t.strictSame(last(destinations['siem']?.received, 1), [1.25])
  t.strictSame(last(destinations['siem']?.waiting, 1), [0])
  t.strictSame(last(destinations['siem']?.latency, 1), [9])
})

t.test('where nobody looked there is nothing', async (t) => {
  const recorder = new Recorder(begin)
  recorder.add(sample(begin + 5 * second, 0, 0))
  recorder.add(sample(begin + 45 * second, 40, 0))
  const { sources } = recorder.read('hour', begin + 51 * second)
  t.strictSame(last(sources['alerts']?.read, 5), [0, '-', '-', '-', 1], 'to the last that is known')
})

t.test('what is too old goes, and a component with it', async (t) => {
  const recorder = new Recorder(begin)
  const names = (range: Range, now: number) => Object.keys(recorder.read(range, now).sources)
  recorder.add(sample(begin + 5 * second, 5, 5))
  const others = (at: number): Sample => ({ at, sources: { other: { read: 1 } }, destinations: {} })
  recorder.add(others(begin + 15 * second))
  t.strictSame(names('hour', begin + 15 * second), ['alerts', 'other'])
  const later = begin + hour + minute
  recorder.add(others(later))
  t.strictSame(names('hour', later), ['other'])
  t.strictSame(names('day', later), ['alerts', 'other'])
  recorder.add(others(begin + day + minute))
  t.strictSame(names('day', begin + day + minute + 2 * minute), ['other'])
  t.ok(recorder.store().length < 1000, 'in what is stored too')
})

t.test('a component that began anew counts from 0', async (t) => {
  const recorder = new Recorder(begin)
  recorder.add(sample(begin + 5 * second, 1000, 1000))
  recorder.add(sample(begin + 15 * second, 20, 10))
  const { sources, destinations } = recorder.read('hour', begin + 15 * second)
  t.strictSame(last(sources['alerts']?.read, 1), [2])
  t.strictSame(last(destinations['siem']?.received, 1), [1])
})

t.test('a clock that was set back', async (t) => {
  const recorder = new Recorder(begin)
  recorder.add(sample(begin + 5 * second, 10, 10))
  recorder.add(sample(begin + 15 * second, 20, 20))
  recorder.add(sample(begin - 25 * second, 30, 30))
  recorder.add(sample(begin - 15 * second, 130, 30))
  const { sources } = recorder.read('hour', begin - 15 * second)
  t.strictSame(last(sources['alerts']?.read, 2), ['-', 10], 'the steps to come are gone')
})

t.test('kept over a restart', async (t) => {
  const before = new Recorder(begin)
  for (let at = 5; at < 600; at += 10) before.add(sample(begin + at * second, at, at))
  const now = begin + 600 * second
  const after = new Recorder(now)
  t.ok(after.restore(before.store(), now))
  for (const range of ['hour', 'day'] as const) {
    t.strictSame(after.read(range, now), before.read(range, now))
  }
  after.add(sample(now + 5 * second, 10, 10))
  const read = after.read('hour', now + 5 * second).sources['alerts']?.read
  t.strictSame(last(read, 2), [1, 2])
  const later = new Recorder(now + day)
  t.ok(later.restore(before.store(), now + day + minute))
  t.strictSame(later.read('hour', now + day + minute).sources, {})
  const earlier = new Recorder(begin - hour)
  t.ok(earlier.restore(before.store(), begin - hour))
  t.strictSame(earlier.read('day', begin - hour).sources, {}, 'nothing of a time to come')
})

t.test('what is damaged or of another release is not read', async (t) => {
  const recorder = new Recorder(begin)
  recorder.add(sample(begin + 5 * second, 1, 1))
  const good = recorder.store()
  t.ok(new Recorder(begin).restore(good, begin))
  const row = { index: 1, covered: 10, sources: {}, destinations: {} }
  const stored = (hour: unknown) => JSON.stringify({ version: 1, hour, day: [] })
  t.ok(new Recorder(begin).restore(stored([row]), begin))
  for (const text of [
    '',
    'null',
    '[]',
    good.slice(0, -3),
    good.replace('"version":1', '"version":2'),
    stored({}),
    stored([1]),
    stored([{ ...row, index: 1.5 }]),
    stored([{ ...row, covered: 0 }]),
    stored([{ ...row, sources: { a: '1' } }]),
    stored([{ ...row, sources: null }]),
    stored([{ ...row, destinations: { a: [1, 2] } }]),
    stored([{ ...row, destinations: { a: [1, null, 2] } }]),
    stored(Array.from({ length: 721 }, () => row)),
  ]) {
    const fresh = new Recorder(begin)
    t.notOk(fresh.restore(text, begin), text.slice(0, 60))
    t.strictSame(fresh.read('hour', begin).sources, {})
  }
})

/** When a source counts as silent, by a clock of the test's own. */
import t from 'tap'
import { Silence, span } from '../../src/telemetry/silence.ts'

const minute = 60_000
const hour = 60 * minute
const day = 24 * hour
/** A Monday, midnight. */
const monday = Date.UTC(2026, 0, 5)

/** One source from Monday on: `at` sets the clock and says whether it has just fallen silent. */
function source(after: number | 'auto' = 'auto', from = monday) {
  let now = from
  const silence = new Silence(undefined, () => now)
  return {
    silence,
    at: (time: number) => {
      now = time
      return silence.look(after) !== undefined
    },
    heard: (time: number) => {
      now = time
      return silence.heard()
    },
    clock: () => now,
  }
}

/** Looks every ten minutes on the way to `end`, with a record each `every` while `speaks`. The times
 * at which it fell silent come back. */
function live(
  one: ReturnType<typeof source>,
  start: number,
  end: number,
  every: number,
  speaks: (time: number) => boolean = () => true,
): number[] {
  const fallen: number[] = []
  for (let time = start; time < end; time += 10 * minute) {
    if (speaks(time) && (time - start) % every === 0) one.heard(time)
    if (one.at(time)) fallen.push(time)
  }
  return fallen
}

t.test('said once, with since when and what is usual, and over with the next record', async (t) => {
  const one = source()
  t.same(live(one, monday, monday + 8 * day, 10 * minute), [])
  const last = one.silence.memory.lastRecordAt ?? 0
  t.equal(one.at(last + hour), false, 'never within the hour')
  t.equal(one.silence.since, undefined)
  t.equal(one.at(last + hour + minute), true)
  t.equal(one.silence.since, last)
  t.equal(one.at(last + 5 * hour), false, 'once')
  t.equal(one.heard(last + 6 * hour), 6 * hour)
  t.equal(one.silence.since, undefined)
  t.equal(one.heard(last + 6 * hour + 1), undefined)
})

t.test('the words name the last record, the length, the limit and what it may be', async (t) => {
  let now = monday
  const silence = new Silence(undefined, () => now)
  now += 26 * hour
  t.match(
    silence.look('auto')?.message,
    /^no record since it was first read, 2026-01-05T00:00:00Z \(26 h\); usually one comes within 24 h: its role, .*too narrow/,
  )
  silence.heard()
  now += 5 * hour
  t.match(
    silence.look(4 * hour)?.message,
    /^no record since 2026-01-06T02:00:00Z \(5 h\); silentAfter is 4 h: /,
  )
})

t.test('office hours: nights and weekends are learnt', async (t) => {
  const one = source()
  const isOffice = (time: number) => {
    const date = new Date(time)
    return date.getUTCDay() % 6 !== 0 && date.getUTCHours() >= 8 && date.getUTCHours() < 18
  }
  const weekOf = (time: number) => Math.floor((time - monday) / (7 * day))
  const fallen = live(one, monday, monday + 8 * 7 * day, 30 * minute, isOffice)
  t.same(fallen.map(weekOf), [0, 1], 'the first two weekends, no night, and none of the others')
  const later = monday + 8 * 7 * day
  const quiet = live(one, later, later + 7 * day, hour, () => false)
  t.equal(quiet.length, 1, 'a week without a record is not usual')
})

t.test('one outage does not become what is usual', async (t) => {
  const one = source()
  live(one, monday, monday + 10 * day, 10 * minute)
  t.equal(live(one, monday + 10 * day, monday + 14 * day, day, () => false).length, 1)
  t.equal(one.heard(monday + 14 * day), monday + 14 * day - (monday + 10 * day - 10 * minute))
  t.same(live(one, monday + 14 * day, monday + 15 * day, 10 * minute), [])
  t.equal(one.at(monday + 15 * day + hour), true, 'an hour is long once more')
})

t.test('a gap in which the source failed is not learnt', async (t) => {
  const one = source()
  for (let days = 0; days < 10; days += 1) {
    const start = monday + days * day
    one.heard(start)
    one.silence.disturbed()
    one.heard(start + 12 * hour)
    for (let time = start + 12 * hour; time < start + day; time += 10 * minute) one.heard(time)
  }
  t.equal(one.at(monday + 10 * day + hour + minute), true)
})

t.test('silentAfter: that time in place of what is usual; 0 turns it off', async (t) => {
  const one = source(10 * minute)
  one.heard(monday + minute)
  t.equal(one.at(monday + 11 * minute), false)
  t.equal(one.at(monday + 11 * minute + 1), true)
  t.equal(one.silence.look(0), undefined)
  t.equal(one.silence.since, undefined, 'also when it was silent')
  const never = source(0)
  t.equal(never.at(monday + 300 * day), false)
})

t.test(
  'a restart forgets nothing, and leaves time to read what came in the meantime',
  async (t) => {
    const one = source()
    live(one, monday, monday + 8 * day, 10 * minute)
    const memory = JSON.parse(JSON.stringify(one.silence.memory)) as typeof one.silence.memory
    let now = monday + 9 * day
    const again = new Silence(memory, () => now)
    t.equal(again.look('auto'), undefined)
    now += hour + 1
    t.ok(again.look('auto'))
    const third = new Silence({ ...again.memory }, () => now)
    t.equal(third.since, again.memory.lastRecordAt, 'it is still silent')
    t.equal(third.look('auto'), undefined, 'and that was said')
  },
)

t.test('memory is bounded, and a clock that is set back does no harm', async (t) => {
  const one = source()
  live(one, monday, monday + 60 * day, 30 * minute)
  t.equal(one.silence.memory.gaps.length, 21)
  one.heard(monday)
  one.heard(monday + minute)
  t.same(one.silence.memory.gaps, [[Math.floor(monday / day), minute]])
  t.equal(one.at(monday - 400 * day), false)
})

t.test('a gap in which it failed is not learnt, after a restart neither', async (t) => {
  const one = source()
  one.heard(monday)
  one.silence.disturbed()
  const { memory } = one.silence
  const again = new Silence(memory, () => monday + day)
  t.equal(again.heard(), undefined)
  t.same(again.memory.gaps, [])
  t.notOk(again.memory.disturbed, 'the next one is')
})

t.test('a clock that was set back does not hide a silence', async (t) => {
  let now = monday
  const years = { since: monday + 900 * day, lastRecordAt: monday + 999 * day }
  const silence = new Silence({ ...years, gaps: [], silent: false }, () => now)
  now += 25 * hour
  t.match(silence.look('auto'), { since: monday })
})

t.test('lengths of time', async (t) => {
  for (const [length, text] of [
    [999, '1 s'],
    [90_000, '90 s'],
    [45 * minute, '45 min'],
    [26 * hour, '26 h'],
    [72 * hour, '3 d'],
  ] as const) {
    t.equal(span(length), text)
  }
})

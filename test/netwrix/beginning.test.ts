import t from 'tap'
import { beginning } from '../../src/netwrix/beginning.ts'
import type { Wanted } from '../../src/netwrix/beginning.ts'
import { writeCheckpoint } from '../../src/netwrix/checkpoint.ts'
import type { Checkpoint } from '../../src/netwrix/checkpoint.ts'
import { describeFilter, readFilter } from '../../src/netwrix/filter.ts'
import type { Filter } from '../../src/netwrix/filter.ts'

const now = Date.UTC(2026, 10, 22)
const from = '2026-11-21T00:00:00Z'
const place = { place: 'sources.activity', name: 'activity' }
const url = new URL('https://a.example/netwrix/api/v1/')
const wanted: Wanted = { since: 86_400_000, filter: undefined, url, pageSize: 10, ...place }
const filterOf = (given: object) => readFilter(given, 'filter')
const under = (given: object) => describeFilter(filterOf(given) as Filter)

const begin = (
  stored: Checkpoint | undefined,
  given: object | null = null,
  since = wanted.since,
) => {
  const filter = readFilter(given, 'filter')
  const text = stored && writeCheckpoint(stored)
  const { checkpoint, notices } = beginning(text, { ...wanted, since, filter }, now)
  return { checkpoint, codes: notices.map(({ code }) => code), notices }
}

const who = { Who: 'x' }
const today = { When: 'Today' }
const { href } = url

const rows: [
  name: string,
  stored: Checkpoint | undefined,
  filter: object | null,
  checkpoint: Checkpoint,
  codes: string[],
][] = [
  ['a first run', undefined, null, { mode: 'search', from, url: href }, ['backfill']],
  [
    'a first run with a filter',
    undefined,
    who,
    { mode: 'search', from, url: href, filter: under(who) },
    ['backfill'],
  ],
  [
    'a first run with a When',
    undefined,
    today,
    { mode: 'search', url: href, filter: under(today) },
    ['backfill'],
  ],
  [
    'going on',
    { mode: 'search', from: 'f', mark: 'm', url: href },
    null,
    { mode: 'search', from: 'f', mark: 'm', url: href },
    [],
  ],
  [
    'going on under the same filter',
    { mode: 'search', from: 'f', mark: 'm', url: href, filter: under(who) },
    who,
    { mode: 'search', from: 'f', mark: 'm', url: href, filter: under(who) },
    [],
  ],
  [
    'a filter that is new',
    { mode: 'search', from: 'f', mark: 'm', url: href },
    who,
    { mode: 'search', from: 'f', mark: 'm', url: href, filter: under(who) },
    ['filter-changed'],
  ],
  [
    'a filter that is gone',
    { mode: 'search', from: 'f', mark: 'm', url: href, filter: under(who) },
    null,
    { mode: 'search', from: 'f', mark: 'm', url: href },
    ['filter-changed'],
  ],
  [
    'a When that is gone: nothing but the mark says where',
    { mode: 'search', mark: 'm', url: href, filter: under(today) },
    null,
    { mode: 'enum', mark: 'm', url: href },
    ['filter-changed'],
  ],
  [
    'a When that is gone before there was a mark',
    { mode: 'search', url: href, filter: under(today) },
    null,
    { mode: 'search', from, url: href },
    ['backfill'],
  ],
  [
    'enum becomes search',
    { mode: 'enum', mark: 'm', url: href },
    who,
    { mode: 'search', mark: 'm', url: href, filter: under(who) },
    ['filter-changed'],
  ],
  [
    'a mark taken over',
    { mode: 'enum', mark: 'm' },
    null,
    { mode: 'enum', mark: 'm', url: href },
    [],
  ],
  [
    'a mark set by date',
    { mode: 'search', from: 'f' },
    who,
    { mode: 'search', from: 'f', url: href, filter: under(who) },
    ['backfill'],
  ],
  [
    'a mark set to the beginning',
    { mode: 'enum' },
    null,
    { mode: 'enum', url: href },
    ['backfill'],
  ],
  [
    'another url',
    { mode: 'enum', mark: 'm', url: 'https://b.example/' },
    null,
    { mode: 'enum', mark: 'm', url: href },
    ['url-changed'],
  ],
  [
    'a filter changed before anything was read',
    { mode: 'search', from: 'f', url: href },
    who,
    { mode: 'search', from: 'f', url: href, filter: under(who) },
    [],
  ],
]

for (const [name, stored, filter, checkpoint, codes] of rows) {
  t.test(name, async (t) => {
    const begun = begin(stored, filter)
    t.same(begun.checkpoint, checkpoint)
    t.same(begun.codes, codes)
  })
}

t.test('a changed filter says what it means and how to begin anew', async (t) => {
  const { notices } = begin(
    { mode: 'search', from, mark: 'm', url: href, filter: under(who) },
    today,
  )
  t.match(notices, [
    {
      level: 'warn',
      message:
        /\{"Who":"x"\}.*\{"When".*same place.*not fetched.*cefline mark set activity --since/,
    },
  ])
})

t.test('all records', async (t) => {
  t.match(begin(undefined, null, 0), { checkpoint: { mode: 'enum' } })
  t.match(begin(undefined, who, 0), { checkpoint: { mode: 'search', from: undefined } })
})

t.test('the order of a filter’s fields is no change of it, that of its meaning is', async (t) => {
  const { digest } = under({ Who: 'a', Action: 'Read' })
  t.equal(under({ Action: 'Read', Who: 'a' }).digest, digest)
  t.not(under({ Action: 'Added', Who: 'a' }).digest, digest)
})

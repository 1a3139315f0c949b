import t from 'tap'
import { firstCheckpoint, readCheckpoint, writeCheckpoint } from '../../src/netwrix/checkpoint.ts'
import { describeFilter, readFilter } from '../../src/netwrix/filter.ts'

const url = 'https://auditor.example.com:9699/netwrix/api/v1/'
const now = Date.UTC(2026, 10, 22, 4, 15, 7, 891)

t.test('a first run', async (t) => {
  t.same(firstCheckpoint(30 * 86_400_000, now, url), {
    mode: 'search',
    from: '2026-10-23T04:15:07Z',
    url,
  })
  t.same(firstCheckpoint(0, now, url), { mode: 'enum', url })
  t.match(firstCheckpoint(now * 2, now, url), { from: '1970-01-01T00:00:00Z' })
})

t.test('a first run with a filter', async (t) => {
  const who = readFilter({ Who: 'x' }, 'filter')
  const filter = who && describeFilter(who)
  t.same(firstCheckpoint(86_400_000, now, url, who), {
    mode: 'search',
    from: '2026-11-21T04:15:07Z',
    url,
    filter,
  })
  t.same(firstCheckpoint(0, now, url, who), { mode: 'search', url, filter }, 'all that pass')
  const when = readFilter({ When: 'Today' }, 'filter')
  t.same(firstCheckpoint(86_400_000, now, url, when), {
    mode: 'search',
    url,
    filter: when && describeFilter(when),
  })
})

t.test('what is written is read', async (t) => {
  const filter = { digest: 'a', text: 'b' }
  for (const checkpoint of [
    { mode: 'search', from: '2026-10-23T04:15:07Z', mark: 'PG5yPg==', url, filter },
    { mode: 'search', from: '2026-10-23T04:15:07Z', url },
    { mode: 'search', url, filter },
    { mode: 'enum', mark: 'PG5yPg==' },
  ] as const) {
    t.same(readCheckpoint(writeCheckpoint(checkpoint), 'sources.a'), checkpoint)
  }
})

t.test('anything else waits for the administrator', async (t) => {
  for (const text of [
    '',
    'PG5yPg==',
    'null',
    '[]',
    '{"version":2,"mode":"enum"}',
    '{"version":1,"mode":"other"}',
    '{"version":1,"mode":"search"}',
    '{"version":1,"mode":"enum","mark":""}',
    '{"version":1,"mode":"enum","url":5}',
    '{"version":1,"mode":"search","filter":{"digest":"a"}}',
    '{"version":1,"mode":"enum","filter":null}',
  ]) {
    t.throws(
      () => readCheckpoint(text, 'sources.a'),
      { code: 'config', retryAfter: Infinity, message: /^sources\.a: the stored mark is not one/ },
      text,
    )
  }
})

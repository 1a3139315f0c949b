import t from 'tap'
import { firstCheckpoint, readCheckpoint, writeCheckpoint } from '../../src/netwrix/checkpoint.ts'

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

t.test('what is written is read', async (t) => {
  for (const checkpoint of [
    { mode: 'search', from: '2026-10-23T04:15:07Z', mark: 'PG5yPg==', url },
    { mode: 'search', from: '2026-10-23T04:15:07Z', mark: undefined, url },
    { mode: 'enum', from: undefined, mark: 'PG5yPg==', url: undefined },
  ] as const) {
    t.strictSame(readCheckpoint(writeCheckpoint(checkpoint), 'sources.a'), checkpoint)
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
  ]) {
    t.throws(
      () => readCheckpoint(text, 'sources.a'),
      { code: 'config', retryAfter: Infinity, message: /^sources\.a: the stored mark is not one/ },
      text,
    )
  }
})

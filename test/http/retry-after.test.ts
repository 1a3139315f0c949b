import t from 'tap'
import { retryAfter } from '../../src/http/retry-after.ts'

t.test('Retry-After', async (t) => {
  const now = Date.UTC(2026, 0, 1)
  const table: [header: string | undefined, wait: number | undefined][] = [
    [undefined, undefined],
    ['120', 120_000],
    ['0', 1000],
    ['999999', 3_600_000],
    ['Thu, 01 Jan 2026 00:02:00 GMT', 120_000],
    ['Thu, 01 Jan 2015 00:00:00 GMT', 1000],
    ['soon', undefined],
  ]
  for (const [header, wait] of table) t.equal(retryAfter(header, now), wait, header ?? 'none')
})

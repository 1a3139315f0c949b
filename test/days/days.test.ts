/**
 * Days of Netwrix Auditor by every way at once, in small; `npm run days` runs them in full.
 */
import t from 'tap'
import { needs } from '../helpers/peers.ts'
import { runDays, runUrgent } from './run.ts'

const days = { days: 3, perDay: 2000 }
const options = { timeout: 100_000, ...needs('syslog-ng', 'openssl') }

t.test('an alert and its record are two events, each once', options, async (t) => {
  const { due, arrived, missing, twice, strange, alerts } = await runDays(
    t,
    t.testdir(),
    days,
    false,
  )
  t.equal(due, 6000)
  t.same({ arrived, missing, twice, strange }, { arrived: due, missing: 0, twice: 0, strange: 0 })
  t.equal(alerts, 2400)
})

t.test('with sameAs they are one', options, async (t) => {
  const { due, arrived, missing, twice, strange } = await runDays(t, t.testdir(), days, true)
  t.equal(due, 5520)
  t.same({ arrived, missing, twice, strange }, { arrived: due, missing: 0, twice: 0, strange: 0 })
})

t.test('an alert does not wait behind a backfill', options, async (t) => {
  const { before, backlog } = await runUrgent(t, t.testdir(), 30_000)
  t.ok(before < backlog, `it was there after ${before} of ${backlog} records`)
})

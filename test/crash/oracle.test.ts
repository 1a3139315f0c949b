/**
 * One seed of the oracle, a short schedule for each receiver; `npm run soak` runs longer. A failing
 * seed is printed and repeats the schedule: `ORACLE_SEED=… npx tap test/crash/oracle.test.ts`.
 */
import { join } from 'node:path'
import t from 'tap'
import { needs } from '../helpers/peers.ts'
import { root } from '../helpers/root.ts'
import { begin } from './pool.ts'
import { Random } from './random.ts'
import { programsOf, receiverNames } from './receivers.ts'
import { counts, failure, table } from './report.ts'
import { run } from './run.ts'

const dist = process.env['ORACLE_DIST'] ?? join(root, 'dist')
const seed = process.env['ORACLE_SEED'] ?? String(Date.now() % 1_000_000)
/** ms of faults. */
const lasting = 15_000

t.comment(`seed ${seed}`)

const trials = receiverNames.map((receiver, index) => {
  // Each receiver by one of the transports, by the other with the next seed.
  const transport = (Number(seed) + index) % 2 === 0 ? ('tcp' as const) : ('tls' as const)
  const { skip } = needs(...programsOf[receiver], 'openssl')
  return { receiver, transport, skip }
})

const runs = begin(
  trials.length,
  trials.map(({ receiver, transport, skip }) => async () => {
    if (skip !== false) return undefined
    const random = new Random(`${seed}/${receiver}/${transport}`)
    const until = performance.now() + lasting
    const goal = { until, kills: Infinity, receiverKills: Infinity, within: 50_000 }
    return run({ receiver, transport, dist, megabytes: 128 }, random, goal)
  }),
)

for (const [index, { receiver, transport, skip }] of trials.entries()) {
  t.test(`${receiver} over ${transport}`, { timeout: 110_000, skip }, async (t) => {
    const outcome = await runs[index]
    if (!outcome) return
    t.equal(failure(outcome), '', `every property holds with seed ${seed}`)
    t.ok(outcome.given > 100, 'data was flowing')
    t.comment(`\n${table([outcome])}\n${counts([outcome])}`)
  })
}

/**
 * The oracle judged: a Cefline that is broken on purpose must be caught, by the property that is
 * meant for it; one that is whole must not be.
 */
import { join } from 'node:path'
import t from 'tap'
import { needs } from '../helpers/peers.ts'
import { root } from '../helpers/root.ts'
import { begin } from './pool.ts'
import type { Mutant } from './preload/order.ts'
import { Random } from './random.ts'
import { runQuietly } from './run.ts'
import type { Outcome } from './run.ts'
import type { Setting } from './world.ts'

const dist = process.env['ORACLE_DIST'] ?? join(root, 'dist')
const whole: Setting = { receiver: 'own', transport: 'tcp', dist, megabytes: 64 }
/** ms that a broken one is waited for. */
const within = 12_000

interface Trial {
  name: string
  judge: () => Promise<Outcome>
  /** What the oracle must say; undefined: nothing. */
  says: RegExp | undefined
}

const quietly = (mutant: Mutant, says: RegExp): Trial => ({
  name: `${mutant} is caught`,
  judge: () => runQuietly({ ...whole, mutant }, new Random(mutant), { within }),
  says,
})

const trials: Trial[] = [
  {
    name: 'an order that only a crash shows, marks-first, is caught',
    judge: () => {
      // Its first transaction is the mark's, the second the lines'.
      const point = { name: 'in-append', nth: 2 } as const
      const setting: Setting = { ...whole, mutant: 'marks-first' }
      return runQuietly(setting, new Random('marks-first'), { point, within })
    },
    says: /^lost by Cefline: v\d+ \(not in the spool\)/m,
  },
  {
    name: 'one that is whole passes',
    judge: () => runQuietly(whole, new Random('whole')),
    says: undefined,
  },
  {
    name: 'what nobody gave is noticed',
    judge: () => runQuietly(whole, new Random('secret'), { secret: 1, within }),
    says: /never given: v\d+/,
  },
  quietly('loses-batch', /^lost by Cefline: \w+ \(not in the spool\)/m),
  quietly('stores-twice', /^not in the spool as often as given/m),
  quietly('garbles', /^arrived, but wrongly: not as it was given/m),
  quietly('skips-send', /^lost by Cefline: \w+ \(block \d+ of/m),
  quietly('sends-twice', /duplicates, where 0 breaks allow 0/),
]

const { skip } = needs('openssl')
const judged =
  skip === false
    ? begin(
        2,
        trials.map(({ judge }) => judge),
      )
    : []

for (const [index, { name, says }] of trials.entries()) {
  t.test(name, { timeout: 100_000, skip }, async (t) => {
    const violations = (await judged[index])?.violations.join('\n')
    if (says) t.match(violations, says)
    else t.equal(violations, '')
  })
}

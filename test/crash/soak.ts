/**
 * Runs the oracle for longer and prints the table:
 *
 *     npm run soak -- --minutes 60 --seed 7 --kills 500 --receiver-kills 50
 *
 * With `--kills` and `--receiver-kills` it ends as soon as both are reached, over all settings
 * together. `--receiver` and `--transport` take one of several, or a list with commas; `--jobs` is how
 * many settings run at a time. Exit code 1 when a property did not hold; the seed repeats the schedule.
 */
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { needs } from '../helpers/peers.ts'
import { root } from '../helpers/root.ts'
import { Random } from './random.ts'
import { programsOf, receiverNames } from './receivers.ts'
import type { ReceiverName } from './receivers.ts'
import { counts, failure, table } from './report.ts'
import { run } from './run.ts'
import type { Outcome } from './run.ts'
import type { Setting } from './world.ts'

const { values } = parseArgs({
  options: {
    minutes: { type: 'string', default: '20' },
    seed: { type: 'string', default: String(Date.now() % 1_000_000) },
    kills: { type: 'string', default: 'Infinity' },
    'receiver-kills': { type: 'string', default: 'Infinity' },
    receiver: { type: 'string', default: receiverNames.join() },
    transport: { type: 'string', default: 'tcp,tls' },
    jobs: { type: 'string', default: '2' },
    dist: { type: 'string', default: join(root, 'dist') },
  },
})

const settings = settingsOf()
const jobs = Math.min(Number(values.jobs), settings.length)
const rounds = Math.ceil(settings.length / jobs)
const minutesEach = Number(values.minutes) / rounds
const outcomes: Outcome[] = []
console.log(`seed ${values.seed}, ${settings.length} settings, ${jobs} at a time`)

const left = [...settings]
await Promise.all(Array.from({ length: jobs }, work))
outcomes.sort((a, b) => settings.indexOf(a.setting) - settings.indexOf(b.setting))
const failures = outcomes.map(failure).filter((text) => text !== '')
console.log(`\n${table(outcomes)}\n\n${counts(outcomes)}\n`)
for (const text of failures) console.log(text)
if (failures.length > 0) {
  console.log(`A property did not hold; the same schedule again: --seed ${values.seed}`)
  process.exitCode = 1
}

/** Takes one setting after the other. */
async function work(): Promise<void> {
  for (let setting = left.shift(); setting; setting = left.shift()) {
    const { receiver, transport } = setting
    const goal = {
      until: performance.now() + minutesEach * 60_000,
      kills: Math.ceil(Number(values.kills) / settings.length),
      receiverKills: Math.ceil(Number(values['receiver-kills']) / settings.length),
    }
    const random = new Random(`${values.seed}/${receiver}/${transport}`)
    let said = performance.now()
    const progress = (text: string) => {
      if (performance.now() - said < 15_000) return
      said = performance.now()
      console.log(text)
    }
    try {
      outcomes.push(await run(setting, random, goal, progress))
    } catch (thrown) {
      console.error(`${receiver} ${transport}: the oracle itself failed`, thrown)
      process.exitCode = 1
    }
  }
}

function settingsOf(): Setting[] {
  const transports = listed(values.transport, ['tcp', 'tls'] as const)
  const receivers = listed(values.receiver, receiverNames).filter((receiver) => {
    const { skip } = needs(...programsOf[receiver], 'openssl')
    if (skip !== false) console.log(`${receiver} is left out: ${skip}`)
    return skip === false
  })
  return receivers.flatMap((receiver: ReceiverName) =>
    transports.map((transport) => ({ receiver, transport, dist: values.dist, megabytes: 1024 })),
  )
}

function listed<T extends string>(text: string, known: readonly T[]): T[] {
  return text.split(',').map((name) => {
    const found = known.find((one) => one === name)
    if (found === undefined) throw new Error(`"${name}": give one of ${known.join(', ')}`)
    return found
  })
}

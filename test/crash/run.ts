/**
 * One run of the oracle: data flows, Cefline is killed and started again and again, faults strike
 * around it, all by a schedule that follows from the seed. Then everything is well again: fresh
 * records are given, without a restart since the last fault, and the books are compared.
 */
import { setTimeout as pause } from 'node:timers/promises'
import { atMost } from './at-most.ts'
import { faultsMissing } from './faults.ts'
import type { Order } from './preload/order.ts'
import type { Random } from './random.ts'
import { Schedule } from './schedule.ts'
import type { Goal } from './schedule.ts'
import { readSpool } from './spool-content.ts'
import { judge } from './verdict.ts'
import type { Verdict } from './verdict.ts'
import { makeWorld } from './world.ts'
import type { Setting, World } from './world.ts'

export interface Outcome extends Verdict {
  setting: Setting
  seed: string
  given: number
  /** Kills of Cefline by the point at which it killed itself, or `random`. */
  kills: Map<string, number>
  receiverKills: number
  faults: Map<string, number>
  /** What could not be tried here. */
  untried: string[]
  seconds: number
  /** Cefline's last words, for a report. */
  log: string[]
}

/** `within`, when nothing else is said. */
const liveness = 90_000

/** ms that a receiver is given at the end to store what it has read. */
const storing = 3000

/** Runs, judges, and leaves nothing behind. */
export async function run(
  setting: Setting,
  random: Random,
  goal: Goal,
  progress: (text: string) => void = () => {},
): Promise<Outcome> {
  const begun = performance.now()
  const world = await makeWorld(setting, random)
  try {
    const schedule = new Schedule(world, random)
    world.producer.flow()
    while (!schedule.reached(goal)) {
      await schedule.episode(goal)
      progress(schedule.progress)
    }
    if (schedule.violations.length === 0) await schedule.last()
    await world.producer.stop()
    const late = await settle(world, goal.within)
    return await report(world, schedule, random.seed, late, begun)
  } finally {
    await world.close()
  }
}

export interface Quietly {
  secret?: number
  within?: number
  point?: Order['point']
}

/** Without any fault: some records, and all must be there. `secret`: some that the book is not told
 * of, as if Cefline had made them up; `point`: it dies there once, before the rest, with activity
 * records alone. */
export async function runQuietly(
  setting: Setting,
  random: Random,
  { secret = 0, within = liveness, point }: Quietly = {},
): Promise<Outcome> {
  const begun = performance.now()
  const world = await makeWorld(setting, random)
  try {
    const { appliance, order, producer } = world
    if (point) {
      producer.addRecords(20)
      appliance.start({ ...order, point })
      await Promise.race([appliance.ended, atMost(liveness)])
      await appliance.kill('SIGKILL')
    }
    for (let round = 0; round < 6; round += 1) {
      producer.dropFile(20)
      producer.addRecords(20)
      if (round === 1) appliance.start(order)
      await pause(300)
    }
    producer.api.add(secret)
    const late = await settle(world, within)
    return await report(world, new Schedule(world, random), random.seed, late, begun)
  } finally {
    await world.close()
  }
}

async function report(
  world: World,
  schedule: Schedule,
  seed: string,
  late: string[],
  begun: number,
): Promise<Outcome> {
  const { appliance, book, receiver, setting } = world
  const verdict = judge(world, await readSpool(world))
  return {
    ...verdict,
    violations: [...schedule.violations, ...late, ...verdict.violations],
    ...{ setting, seed, given: book.given, kills: schedule.kills, faults: schedule.faults },
    receiverKills: receiver.kills,
    untried: faultsMissing(world),
    seconds: Math.round((performance.now() - begun) / 1000),
    log: appliance.log,
  }
}

/** With the faults over: fresh records, and everything has to arrive. Gives what does not hold. */
async function settle(world: World, within = liveness): Promise<string[]> {
  const { appliance, book, producer, receiver, order } = world
  if (!appliance.running) appliance.start(order)
  producer.dropFile(5)
  producer.addRecords(5)
  const end = performance.now() + within
  let waiting = 'no status'
  while (performance.now() < end && waiting !== '' && appliance.running) {
    await pause(300)
    waiting = await whatIsLeft(world)
  }
  const said: string[] = []
  if (waiting !== '') said.push(`not done ${within / 1000} s after the last fault: ${waiting}`)
  const { code } = await appliance.kill('SIGTERM')
  if (code !== 0) said.push(`SIGTERM ended it with ${code}`)
  // A receiver may have it in memory yet.
  const stored = performance.now() + storing
  do {
    await pause(100)
    world.look()
  } while (book.missing.size > 0 && performance.now() < stored)
  await receiver.close()
  world.look()
  return said
}

/** What Cefline itself says is not done; '' when all is received. */
async function whatIsLeft({ producer, statusPort }: World): Promise<string> {
  interface Status {
    sources: { name: string; ledger: { spooled: number } }[]
    destinations: { name: string; waiting: number; state: string; detail?: string }[]
  }
  let status: Status
  try {
    const answer = await fetch(`http://127.0.0.1:${statusPort}/api/status`)
    status = (await answer.json()) as Status
  } catch (thrown) {
    return `no status: ${String(thrown)}`
  }
  const spooled = status.sources.reduce((sum, { ledger }) => sum + ledger.spooled, 0)
  const given = producer.alerts + producer.api.records.length
  const siem = status.destinations.find(({ name }) => name === 'siem')
  if (spooled < given) return `${spooled} of ${given} are in the spool`
  if (siem?.waiting !== 0) return `${siem?.waiting} lines wait, ${siem?.state}: ${siem?.detail}`
  return ''
}

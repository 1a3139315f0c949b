/**
 * The schedule of one run: episodes, each from a start of Cefline to its end, with or without a fault
 * around it. What happens in an episode follows from the seed and its number alone.
 */
import { setTimeout as pause } from 'node:timers/promises'
import type { Ended } from './appliance.ts'
import { atMost } from './at-most.ts'
import { faultsFor, receiverKilled } from './faults.ts'
import type { Fault } from './faults.ts'
import { points } from './preload/order.ts'
import type { Order } from './preload/order.ts'
import { Deck } from './random.ts'
import type { Random } from './random.ts'
import type { World } from './world.ts'

export interface Goal {
  /** performance.now() after which no new episode begins. */
  until: number
  /** Kills to reach; with both reached it ends before that time. */
  kills: number
  receiverKills: number
  /** ms after the last fault by which everything has to be there. */
  within?: number
}

/** ms that Cefline is given to connect, before it goes on without that. */
const starting = 4000
/** ms that it is then given to reach the point at which it kills itself. */
const patience = 4000

export class Schedule {
  readonly kills = new Map<string, number>()
  readonly faults = new Map<string, number>()
  readonly violations: string[] = []
  readonly #world: World
  readonly #random: Random
  readonly #ways: Deck<(typeof points)[number] | 'random'>
  readonly #faults: Deck<Fault>
  #episodes = 0
  #killed = 0

  constructor(world: World, random: Random) {
    this.#world = world
    this.#random = random
    this.#ways = new Deck([...points, 'random', 'random'], random.fork('ways'))
    this.#faults = new Deck(faultsFor(world), random.fork('faults'))
  }

  reached({ until, kills, receiverKills }: Goal): boolean {
    if (performance.now() > until || this.violations.length > 0) return true
    return this.#killed >= kills && this.#world.receiver.kills >= receiverKills
  }

  get progress(): string {
    const { book, receiver } = this.#world
    const { receiver: name, transport } = this.#world.setting
    return `${name} ${transport}: ${this.#killed} kills, ${receiver.kills} of the receiver, ${book.given} given, ${book.given - book.arrived} on the way, ${book.duplicates} twice`
  }

  /** From a start of Cefline to its end. */
  async episode({ kills }: Goal): Promise<void> {
    const { appliance, order } = this.#world
    const random = this.#random.fork(`episode ${(this.#episodes += 1)}`)
    const onlyReceiver = this.#killed >= kills
    // Also in the shortest run once.
    const isReceivers = onlyReceiver || this.#episodes === 2 || random.chance(0.1)
    const fault = isReceivers ? receiverKilled : this.#fault(random)
    const way = fault && random.chance(0.3) ? 'random' : this.#ways.draw()
    const clock = random.chance(0.3) ? wrongClock(random) : undefined
    appliance.start({
      ...order,
      ...(way === 'random' ? {} : { point: { name: way, nth: nth(way, random) } }),
      ...(clock && { clock }),
    })
    if (clock) this.#count(this.faults, 'clock wrong or jumping')
    // Some are killed while they start, most when data flows.
    const isEarly = !fault && way === 'random' && random.chance(0.25)
    await Promise.race([appliance.ready, atMost(isEarly ? random.between(50, 600) : starting)])
    if (fault) {
      await pause(random.between(0, 1200))
      await fault.strike(this.#world, random)
      this.#count(this.faults, fault.name)
    }
    const left = isEarly ? 0 : way === 'random' ? random.between(0, fault ? 2000 : 1500) : patience
    await Promise.race([appliance.ended, atMost(left)])
    const isStop = random.chance(0.05)
    this.#ended(await appliance.kill(isStop ? 'SIGTERM' : 'SIGKILL'), way)
    this.#world.look()
  }

  /** A last break, which the same Cefline has to get over without a restart. */
  async last(): Promise<void> {
    const { appliance, order } = this.#world
    appliance.start(order)
    await Promise.race([appliance.ready, atMost(starting)])
    await pause(1000)
    await receiverKilled.strike(this.#world, this.#random.fork('last'))
    this.#count(this.faults, receiverKilled.name)
  }

  #fault(random: Random): Fault | undefined {
    return random.chance(0.35) ? this.#faults.draw() : undefined
  }

  #ended({ code, signal, byUs, hung }: Ended, way: string): void {
    const { log } = this.#world.appliance
    // SIGTERM ends it before it has a handler for it: it has not begun then.
    if (code === 0 || (byUs && signal === 'SIGTERM')) return
    if (hung === true) this.violations.push(`SIGTERM did not end it\n${log.slice(-20).join('\n')}`)
    else if (signal === 'SIGKILL' && (byUs || way !== 'random')) {
      this.#killed += 1
      this.#count(this.kills, byUs ? 'random' : way)
    } else {
      const why = log.slice(-20).join('\n')
      this.violations.push(`Cefline ended by itself: ${code ?? signal}\n${why}`)
    }
  }

  #count(counts: Map<string, number>, name: string): void {
    counts.set(name, (counts.get(name) ?? 0) + 1)
  }
}

/** What comes often is let pass a few times. */
function nth(point: (typeof points)[number], random: Random): number {
  if (point === 'opened') return 1
  const isRare = /receipt|half|answered/.test(point)
  return random.between(1, isRare ? 2 : 8)
}

/** Within what the window of remembered ids allows. */
function wrongClock(random: Random): NonNullable<Order['clock']> {
  const hour = 3_600_000
  return {
    ahead: random.pick([0, 0, 6 * hour, -6 * hour]),
    after: random.between(0, 2000),
    jump: random.pick([3 * hour, -3 * hour, 120_000, -120_000]),
  }
}

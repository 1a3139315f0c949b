/**
 * The sources and destinations that run on an open spool. Destinations begin before sources, and
 * sources end before destinations. Stopping drains nothing: what has no receipt lies in the spool
 * and is sent again by whoever comes next.
 */
import { setTimeout as sleep } from 'node:timers/promises'
import { Loops } from './loops.ts'
import type { Change } from './loops.ts'
import type { Plan, PlannedDestination, PlannedSource } from './plan.ts'
import { createDestination, createSource } from '../components.ts'
import type { Configuration, DestinationConfiguration } from '../config/load.ts'
import type { Destination, Source, StoredReject } from '../core.ts'
import { error } from '../error.ts'
import type { Lines } from '../io/lines.ts'
import { ownSource } from '../io/own-source.ts'
import { collect } from '../pipeline/collect.ts'
import { forward } from '../pipeline/forward.ts'
import { makeRoom } from '../pipeline/make-room.ts'
import type { Rate } from '../pipeline/rate.ts'
import { noProgress } from '../pipeline/run.ts'
import type { Progress } from '../pipeline/run.ts'
import { pause } from '../pipeline/retry.ts'
import type { LmdbSpool } from '../spool/spool.ts'
import type { DestinationEvents } from '../telemetry/destination-events.ts'
import type { Events } from '../telemetry/events.ts'

/** ms that the queues of sources that go are read on. What was handed out by then is received or not
 * as at any end of a destination, so it need not be as long as a receipt may take. */
const longestDrain = 5000
/** ms that the last word, `stop`, is waited for until it is handed out. */
const longestFarewell = 1000
/** ms between two looks at them. */
const drainLook = 20

/** What will happen to the components, all made and tried. */
export interface Changes {
  sources: Change<PlannedSource, Source>[]
  destinations: Change<PlannedDestination, Destination>[]
}

export class Running {
  readonly #spool: LmdbSpool
  readonly #events: Events
  readonly #folder: string
  readonly #ending = new AbortController()
  #farewell: Promise<void> | undefined
  #whenFull: ReadonlyMap<string, 'hold' | 'reject'> = new Map()
  /** By destination: one that is changed goes on where it was, in mid block too. */
  readonly #progress = new Map<string, Progress>()

  readonly #sources = new Loops<PlannedSource, Source>({
    make: ({ component }) => {
      const { name } = component
      const { own, sources } = this.#events
      const remembers = (id: Uint8Array) => this.#spool.remembers(name, id)
      return createSource(component, remembers, {
        own,
        connected: (certificates) => sources.get(name)?.connected(certificates),
      })
    },
    check: (name, source, signal) => source.check(this.#spool.checkpoint(name), signal, false),
    run: (name, _plan, source, signal) =>
      collect({
        name,
        source,
        spool: this.#spool,
        events: this.#events.source(name),
        makeRoom: () => makeRoom(this.#spool, this.#whenFull, this.#events),
        signal,
      }),
    removed: (name) => this.#events.sourceRemoved(name),
  })

  readonly #destinations = new Loops<PlannedDestination, Destination>({
    make: ({ component }) => createDestination(component, this.#folder),
    check: (_name, destination, signal) => destination.check(signal, false),
    run: (name, { component, queues }, destination, signal) =>
      forward({
        name,
        destination,
        // The loop lets equals take turns in these lists.
        queues: queues.map((equals) => [...equals]),
        rate: rateOf(component),
        progress: this.#progressOf(name),
        spool: this.#spool,
        events: this.#events.destination(name),
        signal,
      }),
    removed: (name) => {
      this.#progress.delete(name)
      this.#events.destinationRemoved(name)
    },
  })

  /** `folder`: the spool's, absolute. */
  constructor(spool: LmdbSpool, events: Events, folder: string) {
    this.#spool = spool
    this.#events = events
    this.#folder = folder
  }

  /** Starts everything. As at any start nothing is tried before: what does not work yet waits. */
  async start(plan: Plan, configuration: Configuration): Promise<void> {
    await this.take(await this.#prepare(plan), configuration)
  }

  /** Makes and tries what differs from what runs. Throws `config` with all that speaks against it. */
  async prepare(plan: Plan, signal: AbortSignal): Promise<Changes> {
    return this.#prepare(plan, signal)
  }

  /** Has the changes happen. Sources that go end first, while their queues still have readers. */
  async take(changes: Changes, { destinations }: Configuration): Promise<void> {
    const next = new Map(destinations.map(({ name, whenFull }) => [name, whenFull]))
    const readers = [...this.#whenFull.keys()].filter((name) => next.has(name))
    this.#whenFull = next
    const gone = changes.sources.filter(({ what }) => what === 'removed')
    await this.#sources.take(gone)
    if (gone.length > 0) {
      await this.#drain(
        gone.map(({ name }) => name),
        readers,
      )
    }
    const sending = this.#destinations.take(changes.destinations)
    const others = changes.sources.filter((change) => !gone.includes(change))
    await Promise.all([sending, this.#sources.take(others)])
  }

  /** A source's reject, read again. */
  async remap(source: string, reject: StoredReject): Promise<Lines> {
    const found = this.#sources.get(source)
    if (found) return found.remap(reject)
    throw error('config', `the configuration has no source "${source}" that could read the record`)
  }

  /** Does the work while this source does not run. */
  async hold<T>(source: string, work: () => Promise<T>): Promise<T> {
    return this.#sources.hold(source, work)
  }

  /** Safe twice. */
  async stop(): Promise<void> {
    this.#ending.abort(new Error('stopping'))
    await this.#sources.stop()
    try {
      this.#farewell ??= this.#sayFarewell()
      await this.#farewell
    } finally {
      await this.#destinations.stop()
    }
  }

  /** Sequence of the newest block of the queue that this destination was handed, or has a receipt
   * for; in a run that broke, nothing without a receipt was handed out. */
  handedOut(destination: string, queue: string): number {
    const out = this.#progress.get(destination)?.out.get(queue) ?? 0
    return Math.max(out, this.#spool.position(destination, queue))
  }

  /** What this destination sends for an event; undefined when there is none of the name. */
  frame(destination: string, event: { cef: string; time: number; severity: number }) {
    const { cef, time, severity } = event
    return this.#destinations.get(destination)?.frame(cef, time, severity)
  }

  /** Until the connected destinations were handed all that Cefline says of itself: what they have sent
   * they wait for by themselves. */
  async #sayFarewell(): Promise<void> {
    const end = performance.now() + longestFarewell
    const isLeft = ([name, { state }]: [string, DestinationEvents]) =>
      state.state === 'connected' &&
      this.#spool.ledger(name).some(({ queue, waiting }) => {
        return (
          queue === ownSource && waiting > 0 && this.handedOut(name, queue) < this.#newest(queue)
        )
      })
    while (performance.now() < end && [...this.#events.destinations].some(isLeft)) {
      await sleep(drainLook)
    }
  }

  #newest(wanted: string): number {
    return this.#spool.queues().find(({ queue }) => queue === wanted)?.newest ?? 0
  }

  /**
   * Until the destinations have received what lies in these queues, which nobody reads after that;
   * for a while only, as one that is dead must not hold up the change that is to cure it.
   */
  async #drain(queues: readonly string[], readers: readonly string[]): Promise<void> {
    const { signal } = this.#ending
    const end = performance.now() + longestDrain
    const isLeft = (name: string) =>
      this.#spool.ledger(name).some(({ queue, waiting }) => waiting > 0 && queues.includes(queue))
    while (!signal.aborted && performance.now() < end && readers.some(isLeft)) {
      await pause(drainLook, signal)
    }
  }

  #progressOf(name: string): Progress {
    const progress = this.#progress.get(name) ?? noProgress()
    this.#progress.set(name, progress)
    return progress
  }

  async #prepare(plan: Plan, signal?: AbortSignal): Promise<Changes> {
    const sources = await this.#sources.prepare(plan.sources, signal)
    const destinations = await this.#destinations.prepare(plan.destinations, signal)
    const changes = { sources: sources.changes, destinations: destinations.changes }
    const problems = [...sources.problems, ...destinations.problems]
    if (problems.length === 0) return changes
    await discard(changes)
    throw error('config', problems.join('\n'))
  }
}

/** What was made for changes that do not happen. */
export async function discard({ sources, destinations }: Changes): Promise<void> {
  const made = [...sources, ...destinations].flatMap(({ next }) => (next ? [next.made] : []))
  await Promise.all(made.map((component) => component.close()))
}

/** Sources and destinations in one list, such as `source alerts changed`. */
export function describeChanges({ sources, destinations }: Changes): string[] {
  return [
    ...sources.map(({ name, what }) => `source ${name} ${what}`),
    ...destinations.map(({ name, what }) => `destination ${name} ${what}`),
  ]
}

function rateOf({ rate }: DestinationConfiguration): Rate | undefined {
  return rate.events === null && rate.bytes === null ? undefined : rate
}

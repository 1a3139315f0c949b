/**
 * The loops of one kind, sources or destinations, by name. They are exchanged one by one: what is to
 * take a place is made and tried before anything is stopped, and begins when the one before it has
 * ended in good order. One that is the same in the old plan and the new is not touched.
 */
import { isDeepStrictEqual } from 'node:util'
import type { Planned } from './plan.ts'
import type { CheckStep } from '../core.ts'
import { asCefline } from '../error.ts'

interface Component {
  close(): Promise<void>
}

/** How components of the kind are made, tried and run. */
export interface Kind<Plan, Made> {
  /** Throws `config`. */
  make(plan: Plan): Made
  /** As `cefline check` without `--connect`. */
  check(name: string, made: Made, signal: AbortSignal): AsyncIterable<CheckStep>
  /** Runs until aborted; never throws. */
  run(name: string, plan: Plan, made: Made, signal: AbortSignal): Promise<void>
  /** One has ended and has no successor. */
  removed(name: string): void
}

/** One place that changes. */
export interface Change<Plan, Made> {
  name: string
  what: 'added' | 'changed' | 'removed'
  /** Undefined for one that is removed. */
  next: { plan: Plan; made: Made } | undefined
}

export interface Prepared<Plan, Made> {
  changes: Change<Plan, Made>[]
  /** What speaks against them. */
  problems: string[]
}

export class Loops<Plan extends Planned<unknown>, Made extends Component> {
  readonly #kind: Kind<Plan, Made>
  readonly #running = new Map<string, { plan: Plan; made: Made; stop(): Promise<void> }>()
  #stopped = false

  constructor(kind: Kind<Plan, Made>) {
    this.#kind = kind
  }

  /** The one that runs under this name. */
  get(name: string): Made | undefined {
    return this.#running.get(name)?.made
  }

  /** Makes what differs; with a signal also tries it. Changes nothing that runs. */
  async prepare(
    wanted: ReadonlyMap<string, Plan>,
    signal?: AbortSignal,
  ): Promise<Prepared<Plan, Made>> {
    const prepared: Prepared<Plan, Made> = { changes: [], problems: [] }
    for (const name of this.#running.keys()) {
      if (!wanted.has(name)) prepared.changes.push({ name, what: 'removed', next: undefined })
    }
    for (const [name, plan] of wanted) {
      const now = this.#running.get(name)
      if (now && isDeepStrictEqual(now.plan.identity, plan.identity)) continue
      try {
        const made = this.#kind.make(plan)
        prepared.changes.push({ name, what: now ? 'changed' : 'added', next: { plan, made } })
        if (signal) prepared.problems.push(...(await this.#problems(name, made, signal)))
      } catch (thrown) {
        prepared.problems.push(asCefline(thrown).message)
      }
    }
    return prepared
  }

  /** Has the changes happen; resolves when what they end has ended and what they begin has begun. */
  async take(changes: readonly Change<Plan, Made>[]): Promise<void> {
    await Promise.all(changes.map((change) => this.#take(change)))
  }

  /** Does the work while the one of this name does not run; it begins anew as it was. */
  async hold<T>(name: string, work: () => Promise<T>): Promise<T> {
    const now = this.#running.get(name)
    await now?.stop()
    try {
      return await work()
    } finally {
      if (now && !this.#stopped) this.#begin(name, now.plan, this.#kind.make(now.plan))
    }
  }

  /** Ends all, and whatever would begin. Safe twice. */
  async stop(): Promise<void> {
    this.#stopped = true
    await Promise.all([...this.#running.values()].map((loop) => loop.stop()))
  }

  /**
   * What the new one fails at and the one that runs does not: what that one lives with, such as a
   * name that could be better, must not stand against a certificate that is renewed.
   */
  async #problems(name: string, made: Made, signal: AbortSignal): Promise<string[]> {
    const failed = await this.#failures(name, made, signal)
    const now = this.#running.get(name)
    if (failed.length === 0 || !now) return failed.map((step) => describe(name, step))
    const known = (await this.#failures(name, now.made, signal)).map((step) => step.name)
    return failed.filter((step) => !known.includes(step.name)).map((step) => describe(name, step))
  }

  async #failures(name: string, made: Made, signal: AbortSignal): Promise<CheckStep[]> {
    const failed: CheckStep[] = []
    for await (const step of this.#kind.check(name, made, signal)) {
      if (!step.ok) failed.push(step)
    }
    return failed
  }

  async #take({ name, next }: Change<Plan, Made>): Promise<void> {
    const now = this.#running.get(name)
    await now?.stop()
    this.#running.delete(name)
    if (!next) this.#kind.removed(name)
    else if (this.#stopped) await next.made.close()
    else this.#begin(name, next.plan, next.made)
  }

  #begin(name: string, plan: Plan, made: Made): void {
    const ending = new AbortController()
    // What fails to close has ended all the same, and must not keep its successor from beginning.
    const ended = this.#kind
      .run(name, plan, made, ending.signal)
      .then(() => made.close())
      .catch(() => {})
    const stop = () => {
      ending.abort(new Error('stopping'))
      return ended
    }
    this.#running.set(name, { plan, made, stop })
  }
}

function describe(name: string, { name: step, detail }: CheckStep): string {
  return `${name} ${step}: ${detail}`
}

/**
 * Looks, while a later url of a list is in use, whether an earlier one works again.
 */
import { setTimeout as sleep } from 'node:timers/promises'
import type { Health } from './health.ts'
import { probe } from './probe.ts'
import type { Route } from './route.ts'

/** One of several urls, with what is known of it. */
export interface Way {
  readonly route: Route
  readonly health: Health
  readonly url: string
}

export class Watch {
  /** Aborted when an earlier url is to be used, and with the signal that was given. */
  readonly signal: AbortSignal
  readonly #over = new AbortController()
  readonly #probing: Promise<void>[]
  #better: Way | undefined

  /** Probes each of `earlier` from now on. */
  constructor(earlier: readonly Way[], signal: AbortSignal) {
    this.signal = AbortSignal.any([signal, this.#over.signal])
    this.#probing = earlier.map((way) => this.#probe(way))
  }

  /** The earlier url that is to be used. */
  get better(): Way | undefined {
    return this.#better
  }

  /** Resolves when no timer and no socket is left. */
  async end(): Promise<void> {
    this.#over.abort()
    await Promise.all(this.#probing)
  }

  async #probe(way: Way): Promise<void> {
    const { health, route } = way
    do {
      await sleep(health.untilProbe, undefined, { signal: this.signal }).catch(() => {})
      if (this.signal.aborted) return
      const answers = await probe(route.target, this.signal).then(
        () => true,
        () => false,
      )
      if (this.signal.aborted) return
      health.probed(answers)
    } while (!health.hasAnswered)
    this.#better = way
    this.#over.abort()
  }
}

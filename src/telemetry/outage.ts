/**
 * What the SIEM is told of a component that fails: that it does, and each other reason that it fails
 * for until it works again. The first is often not the last: a receiver that restarts refuses the
 * connection, and then shows a certificate that has ended; only the second has the cure.
 */

/** Reasons of one outage that are told at most, as a text may have a number that is always another. */
const mostReasons = 5

export class Outage {
  /** ms of a clock that is never set. */
  readonly #now: () => number
  #since: number | undefined
  readonly #told = new Set<string>()

  constructor(now = () => performance.now()) {
    this.#now = now
  }

  /** What is to be told of a failure; undefined: nothing that is new. */
  fails(reason: string): 'begins' | 'differs' | undefined {
    const isFirst = this.#since === undefined
    this.#since ??= this.#now()
    if (this.#told.has(reason) || this.#told.size === mostReasons) return undefined
    this.#told.add(reason)
    return isFirst ? 'begins' : 'differs'
  }

  /** It works: for how long (ms) it did not; undefined: it did. */
  ends(): number | undefined {
    if (this.#since === undefined) return undefined
    const lasted = this.#now() - this.#since
    this.#since = undefined
    this.#told.clear()
    return lasted
  }
}

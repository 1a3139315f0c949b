/**
 * Whether a receiver turns us away: it takes each connection, and closes or resets it as soon as it
 * has seen what we send. A port that wants TLS does so, and one that wants the other framing; the
 * error is then the same as that of a restart, and would be repeated for ever without its cause.
 *
 * Three such ends in a row, with no receipt for this url since the configuration is in force, and the
 * error names the likely causes. Where anything was received these are none, and nothing is added. A
 * TLS alert on plain TCP is proof: it is said at once, and remembered, as the next connection may
 * break before the alert is read.
 */
import type { CeflineError } from '../../error.ts'
import { asCefline } from '../../error.ts'
import type { Connection } from './connection.ts'
import { turnedAway } from './failure.ts'
import type { Target } from './target.ts'

/** Ends in a row that are no restart of the receiver's. */
const enough = 3
/** ms after the first write within which an end is the answer to what was written. */
const soon = 5000

export class TurnedAway {
  readonly #target: Target
  #isReceiving = false
  #times = 0
  /** What the receiver itself has said. */
  #said: CeflineError | undefined

  constructor(target: Target) {
    this.#target = target
  }

  /** It gave a receipt. */
  received(): void {
    this.#isReceiving = true
  }

  /** The error of a run that failed, with the likely causes where they are due; `connection` is the
   * one that was in use, if any. */
  explain(thrown: unknown, connection: Connection | undefined): unknown {
    if (this.#isReceiving) return thrown
    if (!connection || connection.failed.reason !== thrown) return this.#otherwise(thrown)
    const failure = asCefline(thrown)
    if (failure.code === 'tls') return (this.#said = failure)
    if (failure.code !== 'lost') return this.#otherwise(thrown)
    const { brokeAfter } = connection
    // Closed before anything was sent: that says nothing of what it wants.
    if (brokeAfter === undefined) return thrown
    if (brokeAfter > soon) return this.#otherwise(thrown)
    this.#times += 1
    if (this.#said) return this.#said
    return this.#times < enough ? thrown : turnedAway(this.#target, failure)
  }

  /** It is down, hangs, or let a connection stand. */
  #otherwise(thrown: unknown): unknown {
    this.#times = 0
    this.#said = undefined
    return thrown
  }
}

const known = new WeakMap<Target, TurnedAway>()

/** The target's, from one run of `deliver` to the next. */
export function turnedAwayFrom(target: Target): TurnedAway {
  const found = known.get(target) ?? new TurnedAway(target)
  known.set(target, found)
  return found
}

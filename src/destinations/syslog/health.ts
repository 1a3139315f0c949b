/**
 * What is known of one of several urls: whether it is down and until when it is left alone, and
 * whether it has answered long enough to be gone back to. No timer and no socket: it is told what
 * happened and asked what follows.
 *
 * A url that failed is left alone for a time that grows with each failure, so that neither a dead
 * receiver nor one that takes connections and drops them is tried again and again. One that failed
 * soon after it was gone back to must answer twice as long the next time.
 */
import type { CeflineError } from '../../error.ts'

/** All in ms. */
export interface Times {
  /** How long a url that failed is left alone: after the first failure, and at most. */
  hold: { first: number; most: number }
  /** A connection that lived for this long was a working one. */
  stood: number
  /** Wait before the second try at a url whose connection broke: what a receiver takes to restart. */
  again: number
  /** A url that fails sooner than this after it was gone back to was gone back to too early. */
  settled: number
  /** What the time that a url must answer grows to at most. */
  mostFailBack: number
  /** Time between two probes: within these, a quarter of the time that the url must answer. */
  probeEvery: { least: number; most: number }
}

export const usualTimes: Times = {
  hold: { first: 2000, most: 60_000 },
  stood: 10_000,
  again: 1000,
  settled: 300_000,
  mostFailBack: 3_600_000,
  probeEvery: { least: 1000, most: 30_000 },
}

/** Monotonic milliseconds, and chance from 0 to 1. */
export interface Clock {
  now(): number
  random(): number
}

export const usualClock: Clock = { now: () => performance.now(), random: () => Math.random() }

/** Fewer good probes than this prove nothing. */
const leastProbes = 3

export class Health {
  readonly #failBack: number
  readonly #times: Times
  readonly #clock: Clock
  /** How long it must answer before it is gone back to. */
  #required: number
  #heldUntil = -Infinity
  #failures = 0
  /** Since when the connection of this run stands. */
  #connectedAt: number | undefined
  /** A break was let pass, and no connection has stood since. */
  #broke = false
  #probedAt: number
  #answers = 0
  #answeringSince = 0
  #wentBackAt: number | undefined

  constructor(failBack: number, times: Times, clock: Clock) {
    // Three probes take two intervals, the shortest that there is.
    this.#failBack = Math.max(failBack, (leastProbes - 1) * times.probeEvery.least)
    this.#required = this.#failBack
    this.#times = times
    this.#clock = clock
    this.#probedAt = clock.now()
  }

  /** ms for which it is to be left alone; 0: it is not known to be down. */
  get wait(): number {
    return Math.max(0, this.#heldUntil - this.#clock.now())
  }

  /** ms that it must answer before it is gone back to. */
  get required(): number {
    return this.#required
  }

  /** ms until the next probe is due. */
  get untilProbe(): number {
    const { least, most } = this.#times.probeEvery
    const every = Math.min(most, Math.max(least, this.#failBack / 4))
    return Math.max(0, this.#probedAt + every - this.#clock.now())
  }

  /** It has answered every probe for as long as it must. */
  get hasAnswered(): boolean {
    const long = this.#clock.now() - this.#answeringSince >= this.#required
    return long && this.#answers >= leastProbes
  }

  /** A delivery to it begins. */
  begin(): void {
    this.#connectedAt = undefined
  }

  /** The connection stands; further ones of the same delivery change nothing. */
  connected(): void {
    this.#connectedAt ??= this.#clock.now()
  }

  /**
   * The delivery failed. Gives the ms after which the same url is to be tried once more, for a
   * connection that broke may be a receiver's restart; undefined: it is down, and held.
   */
  failed(failure: CeflineError): number | undefined {
    const { again, stood } = this.#times
    const { code, retryAfter = 0 } = failure
    const now = this.#clock.now()
    if (this.#connectedAt !== undefined && now - this.#connectedAt >= stood) {
      this.#broke = false
      this.#failures = 0
    }
    // One that takes nothing any more hangs, and one that asks for patience gets it.
    const restarts = this.#connectedAt !== undefined && code !== 'timeout' && retryAfter <= again
    if (restarts && !this.#broke) {
      this.#broke = true
      return again
    }
    this.#hold(failure, now)
    return undefined
  }

  /** What a probe has found. */
  probed(answers: boolean): void {
    const now = this.#clock.now()
    this.#probedAt = now
    if (answers && this.#answers === 0) this.#answeringSince = now
    this.#answers = answers ? this.#answers + 1 : 0
    this.#heldUntil = answers ? -Infinity : Math.max(this.#heldUntil, now + this.untilProbe)
  }

  /** It is gone back to. */
  wentBack(): void {
    this.#wentBackAt = this.#clock.now()
    this.#answers = 0
  }

  #hold({ code, retryAfter = 0 }: CeflineError, now: number): void {
    const { hold, mostFailBack, settled } = this.#times
    const whole = Math.min(hold.most, hold.first * 2 ** this.#failures)
    // A certificate's file is not put right within seconds.
    const wait = code === 'config' ? hold.most : whole * (0.5 + this.#clock.random() / 2)
    this.#failures += 1
    this.#heldUntil = now + Math.max(wait, retryAfter)
    this.#answers = 0
    this.#probedAt = now
    if (this.#wentBackAt === undefined) return
    const early = now - this.#wentBackAt < settled
    const most = Math.max(mostFailBack, this.#failBack)
    this.#required = early ? Math.min(most, this.#required * 2) : this.#failBack
    this.#wentBackAt = undefined
  }
}

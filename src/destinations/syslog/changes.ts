/**
 * Waiting for a state: what waits is asked again at every change, and at the times that its own test
 * said it was waiting for.
 */
import { until } from './until.ts'

interface Waiting {
  ask: () => boolean
}

/** ms that a timer may come early, by the clocks' difference. */
const early = 1

export class Changes {
  /** Run at each change, before those who wait are asked. */
  readonly #advance: () => void
  readonly #waiting = new Set<Waiting>()
  #timer: NodeJS.Timeout | undefined
  #alarm = Infinity
  #isEnded = false

  constructor(advance: () => void) {
    this.#advance = advance
  }

  /** Something changed that somebody may wait for. */
  changed(): void {
    if (this.#isEnded) return
    this.#advance()
    for (const waiting of this.#waiting) {
      if (waiting.ask()) this.#waiting.delete(waiting)
    }
  }

  /** Whether this time has come (ms of `performance.now`); if not, all are asked again when it has. */
  isTime(at: number): boolean {
    const left = at - performance.now()
    if (left <= 0) return true
    if (at < this.#alarm && !this.#isEnded && left < Infinity) this.#wake(at, left)
    return false
  }

  /** Resolves to what the test gives as soon as that is something; rejects on abort. */
  async until<T>(test: () => T | undefined, signal: AbortSignal): Promise<T> {
    signal.throwIfAborted()
    const found = test()
    if (found !== undefined) return found
    let waiting: Waiting | undefined
    const answer = new Promise<T>((resolve) => {
      waiting = {
        ask: () => {
          const answer = test()
          if (answer !== undefined) resolve(answer)
          return answer !== undefined
        },
      }
      this.#waiting.add(waiting)
    })
    return until(answer, signal).finally(() => waiting && this.#waiting.delete(waiting))
  }

  /** No timer is left, nobody is asked. */
  end(): void {
    this.#isEnded = true
    clearTimeout(this.#timer)
    this.#waiting.clear()
  }

  #wake(at: number, left: number): void {
    clearTimeout(this.#timer)
    this.#alarm = at
    this.#timer = setTimeout(
      () => {
        this.#alarm = Infinity
        this.changed()
      },
      Math.min(left + early, 2 ** 31 - 1),
    )
  }
}

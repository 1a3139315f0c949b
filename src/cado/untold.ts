/**
 * Notices that wait for a batch to go with: what could not be delivered in one run of the source, as it
 * failed before its first batch, is told by the next. Each is told once.
 */
import type { Notice } from '../core.ts'

/** Texts that are remembered as told. */
const mostTold = 10_000

export class Untold {
  readonly #told = new Set<string>()
  #waiting: Notice[] = []

  /** Unless it was told, or waits to be. */
  add(notice: Notice): void {
    if (this.#told.has(notice.message)) return
    if (this.#told.size >= mostTold) this.#told.clear()
    this.#told.add(notice.message)
    this.#waiting.push(notice)
  }

  get waits(): boolean {
    return this.#waiting.length > 0
  }

  /** What waits; it counts as told. */
  take(): Notice[] {
    return this.#waiting.splice(0)
  }
}

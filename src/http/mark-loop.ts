/**
 * Notices that a server's marks go round in a circle, which would fetch the same pages for ever.
 *
 * Brent's cycle detection: besides the previous mark one older one is kept, at distances that
 * double, so a circle of any length is found within about three turns and nothing grows with the
 * number of pages.
 */
export class MarkLoop {
  #previous: string | undefined
  #older: string | undefined
  #steps = 0
  #limit = 1

  constructor(start: string | undefined) {
    this.#previous = start
    this.#older = start
  }

  /** Takes the next page's mark; true when it leads on. */
  moves(mark: string): boolean {
    if (mark === this.#previous || mark === this.#older) return false
    this.#previous = mark
    this.#steps += 1
    if (this.#steps === this.#limit) {
      this.#older = mark
      this.#steps = 0
      this.#limit *= 2
    }
    return true
  }
}

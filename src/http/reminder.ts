/** A warning that is given at once and then again at most every `every` ms while its cause lasts. */
export class Reminder {
  readonly #every: number
  #last: number | undefined

  constructor(every: number) {
    this.#every = every
  }

  /** True when it is time to warn; `now` in ms. A clock that was set back warns. */
  due(now: number): boolean {
    if (this.#last !== undefined && now >= this.#last && now - this.#last < this.#every)
      return false
    this.#last = now
    return true
  }
}

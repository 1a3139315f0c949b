/**
 * One at a time for each name, in the order of asking. A failure ends its own turn only.
 */
export class Turns {
  readonly #last = new Map<string, Promise<unknown>>()

  async take<T>(name: string, work: () => Promise<T>): Promise<T> {
    const before = this.#last.get(name) ?? Promise.resolve()
    const mine = before.then(work)
    const ended = mine.catch(() => {})
    this.#last.set(name, ended)
    try {
      return await mine
    } finally {
      if (this.#last.get(name) === ended) this.#last.delete(name)
    }
  }

  /** The turn of all these names at once. In one order for all, so that no two wait for each other. */
  takeAll<T>(names: readonly string[], work: () => Promise<T>): Promise<T> {
    const [first, ...others] = [...new Set(names)].sort()
    if (first === undefined) return work()
    return this.take(first, () => this.takeAll(others, work))
  }

  /** Resolves when nobody has a turn. */
  async idle(): Promise<void> {
    while (this.#last.size > 0) await Promise.all(this.#last.values())
  }
}

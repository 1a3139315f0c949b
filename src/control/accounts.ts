/**
 * What long verbs have done until now, told once each: at their end, or before it when the process ends.
 * One that ends early, by a failure or as its reader went, has done what it has done.
 */
export class Accounts {
  readonly #open = new Set<() => void>()

  /** Returns what tells it, safe twice. */
  open(tell: () => void): () => void {
    const close = () => {
      if (this.#open.delete(close)) tell()
    }
    this.#open.add(close)
    return close
  }

  /** Tells all that are open. */
  close(): void {
    for (const close of this.#open) close()
  }
}

/**
 * Objects that fail time after time in ways in which a service or the network would fail: a part of one
 * may be damaged where it is kept, so that its body always ends early. After some tries in a row an
 * object is held to be at fault itself, so that it does not hold up the others; it is tried again all
 * the same.
 */

/** Tries of one object. With the waits between them they take some seconds, and more when the service is ill:
 * then lists fail, which count for no object. */
const mostTries = 5
/** Keys that are kept: the oldest is forgotten, and begins anew. */
const mostKeys = 1_000

export class Stuck {
  /** Key → failures since it worked last. */
  readonly #failures = new Map<string, number>()

  /** Notes that it failed; true when it has failed so often that the others are to go on. */
  failed(key: string): boolean {
    const failures = (this.#failures.get(key) ?? 0) + 1
    this.#failures.delete(key)
    this.#failures.set(key, failures)
    const [oldest] = this.#failures.keys()
    if (this.#failures.size > mostKeys && oldest !== undefined) this.#failures.delete(oldest)
    return failures >= mostTries
  }

  worked(key: string): void {
    this.#failures.delete(key)
  }
}

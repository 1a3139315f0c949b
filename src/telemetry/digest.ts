/**
 * Says something at once, and what follows soon after in sum: a source that repeats itself, or a
 * file of bad rows, shall not fill the log.
 */

/** ms between two sayings. */
const pauseBetween = 10_000

export class Digest<Item> {
  readonly #say: (items: Item[]) => void
  #waiting: Item[] = []
  #timer: NodeJS.Timeout | undefined

  constructor(say: (items: Item[]) => void) {
    this.#say = say
  }

  add(...items: Item[]): void {
    if (items.length === 0) return
    if (this.#timer) {
      this.#waiting.push(...items)
      return
    }
    this.#say(items)
    this.#pause()
  }

  /** Says what waits, at once. */
  flush(): void {
    clearTimeout(this.#timer)
    this.#timer = undefined
    const items = this.#waiting
    this.#waiting = []
    if (items.length > 0) this.#say(items)
  }

  #pause(): void {
    this.#timer = setTimeout(() => {
      const more = this.#waiting.length > 0
      this.flush()
      if (more) this.#pause()
    }, pauseBetween)
    this.#timer.unref()
  }
}

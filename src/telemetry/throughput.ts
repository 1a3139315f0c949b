/**
 * How many records or lines pass a place: in all since the start, and a second over the last ten.
 * Counting is one addition in a slot of the present second, so it may stand on the hot path.
 */

/** Seconds that a rate looks back; the present one is among them. */
const seconds = 10

export class Throughput {
  readonly #now: () => number
  /** By second, one after the other round and round; `#second` is the newest. */
  readonly #slots = new Array<number>(seconds).fill(0)
  #second: number
  #total = 0

  /** `now`: ms of a clock that never goes back. */
  constructor(now = () => performance.now()) {
    this.#now = now
    this.#second = Math.floor(now() / 1000)
  }

  /** Since the start. */
  get total(): number {
    return this.#total
  }

  /** A second, over the last ten. */
  get rate(): number {
    this.#advance()
    return this.#slots.reduce((sum, count) => sum + count, 0) / seconds
  }

  add(count: number): void {
    this.#advance()
    this.#total += count
    const slot = this.#second % seconds
    this.#slots[slot] = (this.#slots[slot] ?? 0) + count
  }

  /** Empties the slots of the seconds that have passed without a count. */
  #advance(): void {
    const second = Math.floor(this.#now() / 1000)
    const passed = Math.min(second - this.#second, seconds)
    for (let back = 0; back < passed; back += 1) this.#slots[(second - back) % seconds] = 0
    this.#second = Math.max(this.#second, second)
  }
}

/**
 * How many requests a client address may make: so many a minute, and so many at once after a pause.
 * What it remembers is bounded: of addresses that are forgotten the oldest go first.
 */

const most = 10_000

export class PushRate {
  readonly #perMinute: number
  /** Oldest use first: requests that are left, and when that was so. */
  readonly #clients = new Map<string, { left: number; at: number }>()

  /** 0: no limit. */
  constructor(perMinute: number) {
    this.#perMinute = perMinute
  }

  /** Counts a request. Milliseconds until there is one left, or 0 when it may pass. `now` is a
   * monotonic time in ms. */
  take(client: string, now: number): number {
    if (this.#perMinute === 0) return 0
    const each = 60_000 / this.#perMinute
    const { left, at } = this.#clients.get(client) ?? { left: this.#perMinute, at: now }
    const filled = Math.min(this.#perMinute, left + (now - at) / each)
    this.#clients.delete(client)
    const passes = filled >= 1
    this.#clients.set(client, { left: passes ? filled - 1 : filled, at: now })
    for (const oldest of this.#clients.keys()) {
      if (this.#clients.size <= most) break
      this.#clients.delete(oldest)
    }
    return passes ? 0 : Math.ceil((1 - filled) * each)
  }
}

/**
 * Counts how often a key came before within one file, so that rows which are alike stay several events.
 *
 * It remembers the last keys only: 131,072 different ones at least, twice as many at most, in two
 * tables of which the older one is dropped when the newer is full. What is alike lies together in any
 * timeline that is sorted; of two alike rows with more than that between them the later one is taken
 * for known (and counted as such). Memory: 6 MiB at most.
 */

const mostKeys = 128 * 1024
/** A power of two. */
const firstSlots = 1024

export class Occurrences {
  #newer = new Table()
  #older: Table | undefined

  /** How often the key (16 bytes, of a digest) was asked for before. */
  next(key: Buffer): number {
    const high = key.readUInt32LE(0)
    const low = key.readUInt32LE(4)
    const known = this.#newer.count(high, low)
    const before = known > 0 ? known : (this.#older?.count(high, low) ?? 0)
    this.#newer.set(high, low, before + 1)
    if (this.#newer.size === mostKeys) {
      this.#older = this.#newer
      this.#newer = new Table()
    }
    return before
  }
}

/** Open addressing: 8 bytes of each key and its count, in three plain arrays of which half is free. */
class Table {
  size = 0
  #slots = firstSlots
  #counts = new Uint32Array(firstSlots)
  #highs = new Uint32Array(firstSlots)
  #lows = new Uint32Array(firstSlots)

  /** 0: it is not in here. */
  count(high: number, low: number): number {
    return this.#counts[this.#find(high, low)] ?? 0
  }

  set(high: number, low: number, count: number): void {
    const slot = this.#find(high, low)
    const isNew = this.#counts[slot] === 0
    this.#highs[slot] = high
    this.#lows[slot] = low
    this.#counts[slot] = count
    if (!isNew) return
    this.size += 1
    if (this.size * 2 > this.#slots) this.#grow()
  }

  /** The key's slot, or the free one that it would go to. */
  #find(high: number, low: number): number {
    const mask = this.#slots - 1
    let slot = high & mask
    while (this.#counts[slot] !== 0) {
      if (this.#highs[slot] === high && this.#lows[slot] === low) return slot
      slot = (slot + 1) & mask
    }
    return slot
  }

  #grow(): void {
    const [counts, highs, lows] = [this.#counts, this.#highs, this.#lows]
    this.#slots *= 2
    this.#counts = new Uint32Array(this.#slots)
    this.#highs = new Uint32Array(this.#slots)
    this.#lows = new Uint32Array(this.#slots)
    for (let old = 0; old < counts.length; old += 1) {
      const count = counts[old] ?? 0
      if (count === 0) continue
      const high = highs[old] ?? 0
      const low = lows[old] ?? 0
      const slot = this.#find(high, low)
      this.#highs[slot] = high
      this.#lows[slot] = low
      this.#counts[slot] = count
    }
  }
}

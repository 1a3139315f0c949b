/**
 * Which page of ids an id may be in: a hash table of 32-bit fingerprints in two typed arrays, so
 * that millions of remembered ids cost no object and no key each.
 *
 * A slot is a fingerprint and a page, 8 bytes. The table is at most three quarters full and grows by
 * a third, so an id costs 11 to 14 bytes: a million about 13 MB, the default window of 20 million
 * 210 to 280 MB when it is full. Growing holds the old and the new table for a moment.
 *
 * A fingerprint that is found is a hint, not a proof (with 20 million remembered, one new id in 200
 * meets a stranger's): `find` asks the caller to confirm each page, so that chance never loses an
 * event. Slots are in the order of their fingerprints, which makes growing one pass from front to
 * back; a removed slot is closed by moving its followers back, so nothing is left to be skipped.
 */

/** Slots of the smallest table. */
const smallest = 1024
const fullest = 0.75

export class SeenTable {
  #prints: Uint32Array
  /** Pages modulo 2^32; the caller's numbers are recovered by how far they lie back. */
  #pages: Uint32Array
  #size = 0

  /** `expected`: entries to make room for at once. */
  constructor(expected = 0) {
    const slots = Math.max(smallest, Math.ceil(expected / fullest))
    this.#prints = new Uint32Array(slots)
    this.#pages = new Uint32Array(slots)
  }

  get size(): number {
    return this.#size
  }

  /** Adds an entry; the same one twice is two entries. */
  add(print: number, page: number): void {
    if (this.#size >= this.#prints.length * fullest) this.#grow()
    this.#place(print, page >>> 0)
    this.#size += 1
  }

  /** True when `confirm` says so for one of the pages (modulo 2^32) under this fingerprint. */
  find(print: number, confirm: (page: number) => boolean): boolean {
    for (let slot = this.#home(print); this.#prints[slot] !== 0; slot = this.#after(slot)) {
      if (this.#prints[slot] === print && confirm(this.#pages[slot] ?? 0)) return true
    }
    return false
  }

  /** Removes one such entry; false when there is none. */
  remove(print: number, page: number): boolean {
    const wanted = page >>> 0
    let slot = this.#home(print)
    while (this.#prints[slot] !== print || this.#pages[slot] !== wanted) {
      if (this.#prints[slot] === 0) return false
      slot = this.#after(slot)
    }
    this.#close(slot)
    this.#size -= 1
    return true
  }

  #place(print: number, page: number): void {
    let slot = this.#home(print)
    while (this.#prints[slot] !== 0) slot = this.#after(slot)
    this.#prints[slot] = print
    this.#pages[slot] = page
  }

  /** Moves back every follower that may be found from this slot, until none has to move. */
  #close(slot: number): void {
    const slots = this.#prints.length
    let hole = slot
    for (let next = this.#after(hole); this.#prints[next] !== 0; next = this.#after(next)) {
      const print = this.#prints[next] ?? 0
      const fromHome = (next - this.#home(print) + slots) % slots
      const fromHole = (next - hole + slots) % slots
      if (fromHome < fromHole) continue
      this.#prints[hole] = print
      this.#pages[hole] = this.#pages[next] ?? 0
      hole = next
    }
    this.#prints[hole] = 0
  }

  #grow(): void {
    const prints = this.#prints
    const pages = this.#pages
    const slots = Math.ceil((prints.length * 4) / 3)
    this.#prints = new Uint32Array(slots)
    this.#pages = new Uint32Array(slots)
    for (let slot = 0; slot < prints.length; slot += 1) {
      const print = prints[slot] ?? 0
      if (print !== 0) this.#place(print, pages[slot] ?? 0)
    }
  }

  #home(print: number): number {
    const slot = Math.floor((print / 2 ** 32) * this.#prints.length)
    return slot < this.#prints.length ? slot : 0
  }

  #after(slot: number): number {
    return slot + 1 === this.#prints.length ? 0 : slot + 1
  }
}

/** 32 bits of the 16 bytes at `at`, never 0 (which marks a free slot). Mixed, as ids need not be digests. */
export function fingerprint(ids: Uint8Array, at: number): number {
  let hash = 0
  for (let index = at; index < at + 16; index += 4) {
    const word =
      (ids[index] ?? 0) |
      ((ids[index + 1] ?? 0) << 8) |
      ((ids[index + 2] ?? 0) << 16) |
      ((ids[index + 3] ?? 0) << 24)
    hash = Math.imul(hash ^ word, 0x9e3779b1)
    hash ^= hash >>> 15
  }
  hash = Math.imul(hash, 0x85ebca6b)
  hash ^= hash >>> 13
  hash = Math.imul(hash, 0xc2b2ae35)
  return (hash ^ (hash >>> 16)) >>> 0 || 1
}

/**
 * Which page of ids an id may be in: a hash table of 32-bit fingerprints in typed arrays, so that
 * millions of remembered ids cost no object and no key each.
 *
 * A slot is a fingerprint and a page, 8 bytes. The table is made of segments, each for a range of
 * fingerprints and at most three quarters full, that grow by a fifth, one by one and in place: so an id
 * costs 11 to 13 bytes, and growing needs no second table beside the first. A million take about
 * 12 MB, the default window of 20 million 210 to 260 MB when it is full.
 *
 * A fingerprint that is found is a hint, not a proof (with 20 million remembered, one new id in 200
 * meets a stranger's): `find` asks the caller to confirm each page, so that chance never loses an
 * event. A removed slot is closed by moving its followers back, so nothing is left to be skipped.
 */

/** Segments, by the first six bits of the fingerprint. */
const segments = 64
const segmentBits = 26
const segmentRange = 2 ** segmentBits
/** Slots of the smallest segment. */
const smallest = 16
const fullest = 0.75
/** Of its chunks, how many a segment gets at once. */
const growth = 0.2
/** Slots of a chunk: 16 kB. */
const chunkBits = 11
const chunkSlots = 2 ** chunkBits
const chunkMask = chunkSlots - 1

/** What a segment's entries are in while it grows. */
let scratch = new Uint32Array(0)

export class SeenTable {
  readonly #segments: SeenSegment[]
  #size = 0

  /** `expected`: entries to make room for at once. */
  constructor(expected = 0) {
    const each = Math.ceil(expected / segments)
    this.#segments = Array.from({ length: segments }, () => new SeenSegment(each))
  }

  get size(): number {
    return this.#size
  }

  /** Adds an entry; the same one twice is two entries. */
  add(print: number, page: number): void {
    this.#of(print).add(print, page >>> 0)
    this.#size += 1
  }

  /** True when `confirm` says so for one of the pages (modulo 2^32) under this fingerprint. */
  find(print: number, confirm: (page: number) => boolean): boolean {
    return this.#of(print).find(print, confirm)
  }

  /** Removes one such entry; false when there is none. */
  remove(print: number, page: number): boolean {
    const removed = this.#of(print).remove(print, page >>> 0)
    if (removed) this.#size -= 1
    return removed
  }

  #of(print: number): SeenSegment {
    // Every fingerprint of 32 bits has its segment.
    return this.#segments[print >>> segmentBits] as SeenSegment
  }
}

/** A segment, or by itself a small table for a short while. */
export class SeenSegment {
  /** Slots in chunks of one size (one alone may be smaller): two words each, the fingerprint and the page
   * modulo 2^32; the caller's numbers are recovered by how far they lie back. */
  readonly #chunks: Uint32Array[]
  #slots: number
  #size = 0

  /** `expected`: entries to make room for at once. */
  constructor(expected: number) {
    const slots = Math.max(smallest, Math.ceil(expected / fullest))
    const chunks = Math.ceil(slots / chunkSlots)
    this.#slots = chunks > 1 ? chunks * chunkSlots : slots
    this.#chunks = Array.from({ length: chunks }, () => newChunk(this.#slots / chunks))
  }

  add(print: number, page: number): void {
    if (this.#size >= Math.floor(this.#slots * fullest)) this.#grow()
    this.#place(print, page)
    this.#size += 1
  }

  find(print: number, confirm: (page: number) => boolean): boolean {
    for (let slot = this.#home(print); ; slot = this.#after(slot)) {
      const stored = this.#print(slot)
      if (stored === 0) return false
      if (stored === print && confirm(this.#page(slot))) return true
    }
  }

  remove(print: number, page: number): boolean {
    let slot = this.#home(print)
    while (this.#print(slot) !== print || this.#page(slot) !== page) {
      if (this.#print(slot) === 0) return false
      slot = this.#after(slot)
    }
    this.#close(slot)
    this.#size -= 1
    return true
  }

  #place(print: number, page: number): void {
    let slot = this.#home(print)
    while (this.#print(slot) !== 0) slot = this.#after(slot)
    this.#set(slot, print, page)
  }

  /** Moves back every follower that may be found from this slot, until none has to move. */
  #close(slot: number): void {
    const slots = this.#slots
    let hole = slot
    for (let next = this.#after(hole); this.#print(next) !== 0; next = this.#after(next)) {
      const print = this.#print(next)
      const fromHome = (next - this.#home(print) + slots) % slots
      const fromHole = (next - hole + slots) % slots
      if (fromHome < fromHole) continue
      this.#set(hole, print, this.#page(next))
      hole = next
    }
    this.#set(hole, 0, 0)
  }

  /** The chunks stay and others come: nothing is left behind that the heap would have to take back. */
  #grow(): void {
    const entries = this.#entries()
    if (this.#slots < chunkSlots) {
      this.#slots = Math.min(chunkSlots, this.#slots * 2)
      this.#chunks[0] = newChunk(this.#slots)
    } else {
      const added = Math.max(1, Math.floor(this.#chunks.length * growth))
      for (const chunk of this.#chunks) chunk.fill(0)
      for (let count = 0; count < added; count += 1) this.#chunks.push(newChunk(chunkSlots))
      this.#slots += added * chunkSlots
    }
    for (let at = 0; at < this.#size * 2; at += 2) {
      this.#place(entries[at] ?? 0, entries[at + 1] ?? 0)
    }
  }

  /** All entries, in the scratch that every segment uses. */
  #entries(): Uint32Array {
    if (scratch.length < this.#size * 2) scratch = new Uint32Array(this.#size * 3)
    let at = 0
    for (const chunk of this.#chunks) {
      for (let index = 0; index < chunk.length; index += 2) {
        if (chunk[index] === 0) continue
        scratch[at] = chunk[index] ?? 0
        scratch[at + 1] = chunk[index + 1] ?? 0
        at += 2
      }
    }
    return scratch
  }

  #print(slot: number): number {
    return this.#chunk(slot)[(slot & chunkMask) << 1] ?? 0
  }

  #page(slot: number): number {
    return this.#chunk(slot)[((slot & chunkMask) << 1) + 1] ?? 0
  }

  #set(slot: number, print: number, page: number): void {
    const chunk = this.#chunk(slot)
    const index = (slot & chunkMask) << 1
    chunk[index] = print
    chunk[index + 1] = page
  }

  #chunk(slot: number): Uint32Array {
    return this.#chunks[slot >>> chunkBits] as Uint32Array
  }

  #home(print: number): number {
    const place = (print & (segmentRange - 1)) / segmentRange
    return Math.floor(place * this.#slots)
  }

  #after(slot: number): number {
    return slot + 1 === this.#slots ? 0 : slot + 1
  }
}

function newChunk(slots: number): Uint32Array {
  return new Uint32Array(slots * 2)
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

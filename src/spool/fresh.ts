/**
 * The ids of one append that are new: neither remembered by the queue nor given before in the same
 * batch. They are what the append adds to the queue's memory, in the order in which they came.
 */
import { idBytes } from '../io/lines.ts'
import { pageIds, sameId } from './ids.ts'
import type { Remembered } from './remembered.ts'
import { SeenSegment, fingerprint } from './seen.ts'

export class Fresh {
  readonly #remembered: Remembered
  readonly #since: number
  readonly #ids: Buffer
  readonly #table: SeenSegment
  #count = 0

  /** `most`: ids that may be offered; `since`: the window's beginning in ms since 1970. */
  constructor(remembered: Remembered, most: number, since: number) {
    this.#remembered = remembered
    this.#since = since
    this.#ids = Buffer.allocUnsafe(most * idBytes)
    this.#table = new SeenSegment(most)
  }

  /** True when the id at this offset was given before. */
  known(ids: Uint8Array, at = 0): boolean {
    const here = (index: number) => sameId(this.#ids, index * idBytes, ids, at)
    return (
      this.#table.find(fingerprint(ids, at), here) || this.#remembered.has(ids, at, this.#since)
    )
  }

  /** Takes the id unless it was given before; true when it was new. */
  take(ids: Uint8Array, at = 0): boolean {
    if (this.known(ids, at)) return false
    this.#ids.set(ids.subarray(at, at + idBytes), this.#count * idBytes)
    this.#table.add(fingerprint(ids, at), this.#count)
    this.#count += 1
    return true
  }

  /** What was taken, in pieces for one page each, as views. */
  pages(): Buffer[] {
    const pages: Buffer[] = []
    for (let index = 0; index < this.#count; index += pageIds) {
      const end = Math.min(this.#count, index + pageIds)
      pages.push(this.#ids.subarray(index * idBytes, end * idBytes))
    }
    return pages
  }
}

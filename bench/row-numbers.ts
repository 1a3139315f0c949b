/**
 * Which rows of a generated timeline arrived, and which did so more than once, by the number in each.
 */
import { rowDigits, rowMarker } from '../test/helpers/timeline-rows.ts'

const marker = Buffer.from(`row_number: ${rowMarker}`)

export class RowNumbers {
  /** Arrivals beyond the first one of a row. */
  twice = 0
  readonly #seen: Uint8Array
  #unique = 0
  /** What may be the beginning of a marker that goes on in the next chunk. */
  #rest: Buffer = Buffer.alloc(0)

  constructor(rows: number) {
    this.#seen = new Uint8Array(rows)
  }

  get missing(): number {
    return this.#seen.length - this.#unique
  }

  add(text: string): void {
    this.#scan(Buffer.from(text))
  }

  /** Chunks of one file, in their order. */
  addChunk(chunk: Buffer): void {
    const data = Buffer.concat([this.#rest, chunk])
    const next = this.#scan(data)
    const from = Math.max(next, data.length - marker.length - rowDigits + 1)
    this.#rest = Buffer.from(data.subarray(from))
  }

  /** Gives where the last number ends. */
  #scan(data: Buffer): number {
    let end = 0
    for (let at = data.indexOf(marker); at !== -1; at = data.indexOf(marker, at + 1)) {
      const digits = at + marker.length
      if (digits + rowDigits > data.length) break
      this.#count(Number(data.toString('latin1', digits, digits + rowDigits)))
      end = digits + rowDigits
    }
    return end
  }

  #count(number: number): void {
    if (this.#seen[number] === 1) this.twice += 1
    else if (number < this.#seen.length) {
      this.#seen[number] = 1
      this.#unique += 1
    }
  }
}

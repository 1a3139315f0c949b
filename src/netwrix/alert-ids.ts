/**
 * The ids of an alert file's rows that have no RID: 12 bytes of the digest of the whole file and the
 * row's number, so that two rows which look alike are two events, and the same file dropped twice is
 * the same events.
 *
 * A refused row has an id of its own, with a bit set in the number: it must not be taken for known
 * when the configuration has been put right and the file is dropped again.
 */
import { idBytes } from '../io/lines.ts'

const digestBytes = idBytes - 4
const refusedBit = 0x80000000

export class AlertIds {
  readonly #id = Buffer.alloc(idBytes)
  readonly #digestText: string

  /** `digest`: SHA-256 of all the file's bytes. */
  constructor(digest: Buffer) {
    digest.copy(this.#id, 0, 0, digestBytes)
    this.#digestText = digest.toString('hex', 0, digestBytes)
  }

  /** Good until the next call. */
  of(row: number): Buffer {
    this.#id.writeUInt32BE(row >>> 0, digestBytes)
    return this.#id
  }

  /** In hexadecimal. */
  textOf(row: number): string {
    return this.#digestText + row.toString(16).padStart(8, '0')
  }

  ofRefused(row: number): Buffer {
    return Buffer.from(this.of(row | refusedBit))
  }
}

/** The id that a refused row would have had. */
export function unrefused(id: Uint8Array): Buffer {
  const own = Buffer.from(id)
  own.writeUInt32BE((own.readUInt32BE(digestBytes) & ~refusedBit) >>> 0, digestBytes)
  return own
}

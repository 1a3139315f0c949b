/**
 * UTF-16 to UTF-8, chunk by chunk. What is no UTF-16 (half of a surrogate pair, half of a unit at the
 * end) becomes bytes that are no UTF-8, rather than U+FFFD, so that the row which has it is refused as
 * one with wrong bytes, and nothing is changed in silence.
 */

export class FromUtf16 {
  readonly #bigEndian: boolean
  /** Half of a unit, or of a pair, that the next chunk finishes. */
  #rest: Buffer = Buffer.alloc(0)

  constructor(encoding: 'utf-16le' | 'utf-16be') {
    this.#bigEndian = encoding === 'utf-16be'
  }

  write(chunk: Buffer): Buffer {
    const bytes = Buffer.concat([this.#rest, chunk])
    let end = bytes.length - (bytes.length % 2)
    if (end > 0 && this.#isHigh(bytes, end - 2)) end -= 2
    this.#rest = bytes.subarray(end)
    const units = bytes.subarray(0, end)
    if (this.#bigEndian) units.swap16()
    return encoded(units.toString('utf16le'))
  }

  /** What an unfinished character at the end becomes. */
  end(): Buffer {
    return this.#rest.length === 0 ? this.#rest : Buffer.from([0xff])
  }

  #isHigh(bytes: Buffer, at: number): boolean {
    return ((bytes[this.#bigEndian ? at : at + 1] ?? 0) & 0xfc) === 0xd8
  }
}

/** Surrogates alone, which `u` makes of those that are no pair, become three bytes of their own. */
function encoded(text: string): Buffer {
  const parts = text.split(/(\p{Surrogate})/u)
  if (parts.length === 1) return Buffer.from(text)
  return Buffer.concat(
    parts.map((part, index) => (index % 2 === 0 ? Buffer.from(part) : surrogate(part))),
  )
}

function surrogate(character: string): Buffer {
  const unit = character.charCodeAt(0)
  return Buffer.from([0xe0 | (unit >> 12), 0x80 | ((unit >> 6) & 0x3f), 0x80 | (unit & 0x3f)])
}

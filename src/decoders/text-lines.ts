/**
 * UTF-8 to its physical lines, numbered as an editor numbers them: a line ends with LF or CRLF; a CR
 * alone is a character of its line. Each line is checked by itself: bytes that are no UTF-8 (a
 * lone surrogate is none) and a length above the limit are told of that line, and the others go on.
 *
 * Chunks may be split anywhere. What is held is one unfinished line, up to the limit.
 */
import { isUtf8 } from 'node:buffer'

export interface TextLine {
  /** The first is 1. */
  row: number
  /** Without its line end. Bytes that are no UTF-8 are U+FFFD in it; of a line that is too large it
   * is the beginning. */
  text: string
  problem?: 'too-large' | 'encoding'
  /** With `encoding`: the place of the first wrong byte in the line, the first byte being 1. */
  byte?: number
}

/** Bytes that are kept of a line that is too large. */
const keptBytes = 64 * 1024

const lineFeed = 0x0a
const carriageReturn = 0x0d

export class TextLines {
  readonly #limit: number
  /** The beginning of a line whose end has not come. */
  #parts: Buffer[] = []
  #held = 0
  /** The beginning is too large: only `keptBytes` of it are held, the rest is passed over. */
  #tooLarge = false
  #row = 1

  /** `limit` is the greatest length of a line in bytes. */
  constructor(limit: number) {
    this.#limit = limit
  }

  /** Takes a chunk and gives the lines that are complete with it. */
  write(chunk: Buffer): TextLine[] {
    const first = chunk.indexOf(lineFeed)
    if (first < 0) {
      this.#hold(chunk)
      return []
    }
    const lines: TextLine[] = []
    let from = 0
    if (this.#held > 0) {
      this.#hold(chunk.subarray(0, first))
      lines.push(this.#finish())
      from = first + 1
    }
    const end = chunk.lastIndexOf(lineFeed) + 1
    if (end > from) this.#whole(chunk.subarray(from, end), lines)
    if (end < chunk.length) this.#hold(chunk.subarray(end))
    return lines
  }

  /** The last line, where no line end is behind it. */
  end(): TextLine[] {
    return this.#held > 0 ? [this.#finish()] : []
  }

  /** Lines that are there with their ends: decoded at once where nothing is wrong with them. */
  #whole(bytes: Buffer, lines: TextLine[]): void {
    if (bytes.length > this.#limit || !isUtf8(bytes)) {
      for (let from = 0; from < bytes.length;) {
        const end = bytes.indexOf(lineFeed, from)
        lines.push(this.#line(bytes.subarray(from, end)))
        from = end + 1
      }
      return
    }
    const texts = bytes.toString('utf8', 0, bytes.length - 1).split('\n')
    for (const text of texts) {
      const isPair = text.charCodeAt(text.length - 1) === carriageReturn
      lines.push({ row: this.#row, text: isPair ? text.slice(0, -1) : text })
      this.#row += 1
    }
  }

  /** Keeps a copy: the chunk may be filled anew. */
  #hold(bytes: Buffer): void {
    this.#held += bytes.length
    if (this.#tooLarge) return
    this.#parts.push(Buffer.from(bytes))
    // The line's CR may be there already, and does not count.
    if (this.#held > this.#limit + 1) {
      this.#parts = [Buffer.from(Buffer.concat(this.#parts).subarray(0, keptBytes))]
      this.#tooLarge = true
    }
  }

  #finish(): TextLine {
    const bytes = Buffer.concat(this.#parts)
    const line = this.#tooLarge ? this.#beginning(bytes) : this.#line(bytes)
    this.#parts = []
    this.#held = 0
    this.#tooLarge = false
    return line
  }

  #line(bytes: Buffer): TextLine {
    const isPair = bytes[bytes.length - 1] === carriageReturn
    const bare = isPair ? bytes.subarray(0, -1) : bytes
    if (bare.length > this.#limit) return this.#beginning(bare)
    const line: TextLine = { row: this.#row, text: bare.toString('utf8') }
    this.#row += 1
    return isUtf8(bare) ? line : { ...line, problem: 'encoding', byte: wrongByte(bare) + 1 }
  }

  #beginning(bytes: Buffer): TextLine {
    const row = this.#row
    this.#row += 1
    return { row, text: bytes.toString('utf8', 0, keptBytes), problem: 'too-large' }
  }
}

/** Where the first byte is that is no UTF-8. A start is UTF-8 if it is so up to three bytes before its
 * end, which may be the beginning of a character; so halving finds the place. */
export function wrongByte(bytes: Buffer): number {
  let good = 0
  let bad = bytes.length
  while (bad - good > 16) {
    const middle = Math.floor((good + bad) / 2)
    const whole = [0, 1, 2, 3].find((back) => isUtf8(bytes.subarray(good, middle - back)))
    if (whole === undefined) bad = middle
    else good = middle - whole
  }
  // Characters that are whole are passed over one by one.
  for (;;) {
    const length = [1, 2, 3, 4].find((size) => {
      return good + size <= bytes.length && isUtf8(bytes.subarray(good, good + size))
    })
    if (length === undefined) return good
    good += length
  }
}

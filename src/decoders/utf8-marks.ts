/**
 * Marks what is no UTF-8 in a stream, for decoders that would make U+FFFD of it without a word: each
 * wrong byte becomes the noncharacter U+FDD0, which no text has, so that the cell it is in can be found.
 * Chunks may be split anywhere; a character that a chunk begins waits for the next one.
 */
import { isUtf8 } from 'node:buffer'
import { wrongByte } from './text-lines.ts'

export const wrongMark = '\ufdd0'

const markBytes = Buffer.from(wrongMark)

export class Utf8Marks {
  /** Some byte has been marked: cells are worth a look. */
  found = false
  #rest = Buffer.alloc(0)

  write(chunk: Buffer): Buffer {
    const bytes = this.#rest.length > 0 ? Buffer.concat([this.#rest, chunk]) : chunk
    const end = bytes.length - unfinished(bytes)
    this.#rest = Buffer.from(bytes.subarray(end))
    return this.#marked(bytes.subarray(0, end))
  }

  end(): Buffer {
    return this.#marked(this.#rest)
  }

  #marked(bytes: Buffer): Buffer {
    if (isUtf8(bytes)) return bytes
    this.found = true
    const parts: Buffer[] = []
    for (let from = 0; from < bytes.length;) {
      const piece = this.#piece(bytes, from)
      const place = isUtf8(piece) ? piece.length : wrongByte(piece)
      parts.push(piece.subarray(0, place))
      from += place
      if (place === piece.length) continue
      parts.push(markBytes)
      from += 1
    }
    return Buffer.concat(parts)
  }

  /** Small ones, as the search for a wrong byte looks at a whole piece; none ends inside a character. */
  #piece(bytes: Buffer, from: number): Buffer {
    const piece = bytes.subarray(from, from + pieceBytes)
    return from + pieceBytes < bytes.length
      ? piece.subarray(0, piece.length - unfinished(piece))
      : piece
  }
}

const pieceBytes = 1024

/** Bytes at the end that may begin a UTF-8 character which the next chunk finishes: 0 to 3. */
export function unfinished(bytes: Buffer): number {
  for (let back = 1; back <= Math.min(3, bytes.length); back += 1) {
    const byte = bytes[bytes.length - back] ?? 0
    if (byte < 0x80) return 0
    if (byte < 0xc0) continue
    const length = byte >= 0xf0 ? 4 : byte >= 0xe0 ? 3 : 2
    return back < length ? back : 0
  }
  return 0
}

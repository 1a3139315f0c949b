/**
 * Bytes of a text file to UTF-8, in two passes over the same bytes: a `Survey` sees them all and
 * names the encoding, a transcoder made for it turns them into UTF-8, chunk by chunk. Both take
 * chunks that are split anywhere, inside a character too.
 *
 * What is looked for, in this order: a byte order mark (UTF-8, UTF-16LE, UTF-16BE); zero bytes in
 * every second place of the file's beginning (UTF-16 whose header row is plain English); valid
 * UTF-8 from beginning to end. What is left is read as windows-1252: an assumption, but the one
 * that Windows PowerShell's `Import-Csv` makes on a western server, and no byte is lost by it.
 */
import { isUtf8 } from 'node:buffer'
import { unfinished } from './utf8-marks.ts'

export type Encoding = 'utf-8' | 'utf-16le' | 'utf-16be' | 'windows-1252'

export interface Encoded {
  encoding: Encoding
  /** Length of the byte order mark; 0: there is none. */
  mark: number
  /** False for a file that says by its mark that it is UTF-8 and is not: bad bytes become U+FFFD. */
  valid: boolean
}

/** How much of the beginning is looked at for UTF-16 without a mark. */
const beginningBytes = 256

export class Survey {
  #beginning = Buffer.alloc(0)
  #rest = Buffer.alloc(0)
  #isUtf8 = true

  update(chunk: Buffer): void {
    if (this.#beginning.length < beginningBytes) {
      const missing = beginningBytes - this.#beginning.length
      this.#beginning = Buffer.concat([this.#beginning, chunk.subarray(0, missing)])
    }
    if (!this.#isUtf8) return
    const bytes = this.#rest.length > 0 ? Buffer.concat([this.#rest, chunk]) : chunk
    const whole = bytes.length - unfinished(bytes)
    this.#isUtf8 = isUtf8(bytes.subarray(0, whole))
    this.#rest = Buffer.from(bytes.subarray(whole))
  }

  /** The encoding, when all the bytes have been seen. */
  end(): Encoded {
    const valid = this.#isUtf8 && this.#rest.length === 0
    const [first, second, third] = this.#beginning
    if (first === 0xef && second === 0xbb && third === 0xbf) {
      return { encoding: 'utf-8', mark: 3, valid }
    }
    if (first === 0xff && second === 0xfe) return { encoding: 'utf-16le', mark: 2, valid: true }
    if (first === 0xfe && second === 0xff) return { encoding: 'utf-16be', mark: 2, valid: true }
    const wide = withoutMark(this.#beginning)
    if (wide) return { encoding: wide, mark: 0, valid: true }
    return { encoding: valid ? 'utf-8' : 'windows-1252', mark: 0, valid: true }
  }
}

export interface Transcoder {
  /** The chunk as UTF-8, without the byte order mark; an unfinished character waits. */
  write(chunk: Buffer): Buffer
  /** What an unfinished character at the end becomes. */
  end(): Buffer
}

export function transcoder({ encoding, mark }: Encoded): Transcoder {
  let toSkip = mark
  const skip = (chunk: Buffer): Buffer => {
    if (toSkip === 0) return chunk
    const left = chunk.subarray(toSkip)
    toSkip -= chunk.length - left.length
    return left
  }
  if (encoding === 'utf-8') return { write: skip, end: () => Buffer.alloc(0) }
  if (encoding === 'windows-1252') return { write: fromWindows1252, end: () => Buffer.alloc(0) }
  const decoder = new TextDecoder(encoding, { ignoreBOM: true })
  return {
    write: (chunk) => Buffer.from(decoder.decode(skip(chunk), { stream: true })),
    end: () => Buffer.from(decoder.decode()),
  }
}

/** UTF-16 by its zero bytes: more than half of the high bytes, and hardly any of the low ones. */
function withoutMark(beginning: Buffer): 'utf-16le' | 'utf-16be' | undefined {
  const pairs = Math.floor(beginning.length / 2)
  let even = 0
  let odd = 0
  for (let pair = 0; pair < pairs; pair += 1) {
    if (beginning[pair * 2] === 0) even += 1
    if (beginning[pair * 2 + 1] === 0) odd += 1
  }
  if (odd * 2 > pairs && even * 8 < odd) return 'utf-16le'
  if (even * 2 > pairs && odd * 8 < even) return 'utf-16be'
  return undefined
}

/** 0x80 to 0x9f of windows-1252 (WHATWG Encoding, index windows-1252). Own, as `TextDecoder` reads
 * them as ISO 8859-1 in several releases of Node. */
const upper =
  '\u20ac\u0081\u201a\u0192\u201e\u2026\u2020\u2021\u02c6\u2030\u0160\u2039\u0152\u008d\u017d\u008f' +
  '\u0090\u2018\u2019\u201c\u201d\u2022\u2013\u2014\u02dc\u2122\u0161\u203a\u0153\u009d\u017e\u0178'

function fromWindows1252(chunk: Buffer): Buffer {
  const text = chunk
    .toString('latin1')
    .replace(/[\u0080-\u009f]/g, (character) => upper[character.charCodeAt(0) - 0x80] ?? character)
  return Buffer.from(text)
}

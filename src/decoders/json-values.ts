/**
 * A stream of JSON to the texts of its objects, whatever frames them: JSON Lines, objects over several
 * lines, a list, plaso's map of maps, an API's answer (`json-framing.ts`). The beginning tells.
 *
 * Nothing between the first byte and the last goes unsaid: what is no object, broken, no UTF-8, longer
 * than the limit, or cut off by the file's end is given with the reason, and reading goes on with the
 * next line of JSON Lines, else where the next object begins (`json-scanner.ts`).
 *
 * Chunks may be split anywhere. What is held is one object, up to the limit.
 */
import { isUtf8 } from 'node:buffer'
import { openList, openObject } from './json-bytes.ts'
import { frameAt, isLines, skipBlanks } from './json-framing.ts'
import type { Found } from './json-scanner.ts'
import { JsonScanner } from './json-scanner.ts'
import type { TextLine } from './text-lines.ts'
import { TextLines, wrongByte } from './text-lines.ts'

export interface JsonText {
  /** Physical line on which it begins, from 1; in a list, map or answer its place there, from 1. */
  row: number
  /** Of one that is too large the beginning. `''`: a line without content. */
  text: string
  problem?: { code: 'row' | 'encoding' | 'too-large'; reason: string }
}

export class JsonValues {
  readonly #limit: number
  #head = Buffer.alloc(0)
  #lines: TextLines | undefined
  #scanner: JsonScanner | undefined
  /** Objects of lists, maps and answers so far. */
  #place = 0

  /** `limit` is the greatest length of an object in bytes. */
  constructor(limit: number) {
    this.#limit = limit
  }

  *write(chunk: Buffer): Generator<JsonText> {
    if (this.#lines || this.#scanner) {
      yield* this.#read(chunk)
      return
    }
    this.#head = this.#head.length === 0 ? Buffer.from(chunk) : Buffer.concat([this.#head, chunk])
    yield* this.#begin(false)
  }

  /** The last ones: the stream has ended. */
  *end(): Generator<JsonText> {
    if (!this.#lines && !this.#scanner) yield* this.#begin(true)
    for (const line of this.#lines?.end() ?? []) yield this.#ofLine(line)
    for (const found of this.#scanner?.end() ?? []) yield this.#ofFound(found)
  }

  *#begin(ended: boolean): Generator<JsonText> {
    const first = skipBlanks(this.#head, 0)
    if (first === this.#head.length && !ended) return
    const lines = areLines(this.#head, first, ended)
    if (lines === undefined) return
    if (lines) this.#lines = new TextLines(this.#limit)
    else this.#scanner = new JsonScanner(this.#limit)
    const head = this.#head
    this.#head = Buffer.alloc(0)
    yield* this.#read(head)
  }

  *#read(chunk: Buffer): Generator<JsonText> {
    for (const line of this.#lines?.write(chunk) ?? []) yield this.#ofLine(line)
    for (const found of this.#scanner?.write(chunk) ?? []) yield this.#ofFound(found)
  }

  #ofLine({ row, text, problem, byte }: TextLine): JsonText {
    if (problem === 'encoding') return { row, text, problem: noUtf8(byte ?? 1) }
    if (problem) return { row, text, problem: { code: problem, reason: this.#tooLong() } }
    return { row, text: text.trim() === '' ? '' : text }
  }

  #ofFound({ line, frame, bytes, problem }: Found): JsonText {
    if (frame !== 'object') this.#place += 1
    const row = frame === 'object' ? line : this.#place
    const text = bytes.toString('utf8').trim()
    if (problem) return { row, text, problem }
    return isUtf8(bytes) ? { row, text } : { row, text, problem: noUtf8(wrongByte(bytes) + 1) }
  }

  #tooLong(): string {
    return `is longer than ${this.#limit} bytes`
  }
}

/** Undefined: more bytes are needed. */
function areLines(head: Buffer, first: number, ended: boolean): boolean | undefined {
  if (head[first] === openList) return false
  // Whatever it is, it is refused line by line.
  if (head[first] !== openObject) return true
  const frame = frameAt(head, first, ended)
  if (frame === undefined) return undefined
  return frame === 'object' ? isLines(head, first, ended) : false
}

function noUtf8(byte: number): JsonText['problem'] {
  return { code: 'encoding', reason: `is no UTF-8 at its byte ${byte}; save the file as UTF-8` }
}

/**
 * Finds the objects in a stream of JSON that is not JSON Lines: those of a list, of a map of maps, of
 * an API's answer, or printed over several lines (`json-framing.ts`). It knows strings, brackets and
 * what may follow what, and leaves the rest to the parser.
 *
 * Where a byte cannot stand where it does (a bracket that closes another, a value after a value, a line
 * end inside a string), the object is broken and given as such, up to the place where the next begins
 * for certain or nearly so: at `{` after `}`, with or without a comma between; at `{` that begins a line
 * (of pretty-printed objects: in its first column); in a map at `"event_`. So a broken object costs
 * itself; one with lists of objects in it may come in several refused pieces.
 *
 * What is held is one object, up to the limit; of a greater one the beginning.
 */
import {
  backslash,
  closeList,
  closeObject,
  colon,
  comma,
  isBlank,
  kindOf,
  lineFeed,
  mayFollow,
  openList,
  openObject,
  quote,
  shown,
} from './json-bytes.ts'
import { joined } from './joined.ts'
import type { Frame } from './json-framing.ts'
import { frameAt, levels } from './json-framing.ts'

export interface Found {
  /** Physical line of the file on which it begins, from 1. */
  line: number
  frame: Frame
  bytes: Buffer
  /** Set when it is none that can be parsed. */
  problem?: { code: 'row' | 'too-large'; reason: string }
}

/** Levels that brackets may be nested in; plaso's own need about five. */
const mostLevels = 256
/** What is kept of an object that is greater than the limit. */
const keptBytes = 64 * 1024
const eventKey = Buffer.from('"event_')

export class JsonScanner {
  readonly #limit: number
  #buffer: Buffer = Buffer.alloc(0)
  #filled = 0
  #at = 0
  #line = 1
  #frame: Frame = 'object'
  /** The opening brackets that are open. */
  readonly #open: number[] = []
  /** The last byte that is no blank, and the one before it; a string counts as its quote. */
  #last = 0
  #before = 0
  #inString = false
  /** Nothing but blanks and commas yet on this line. */
  #lineBegins = true
  /** Where the object in hand begins; -1: there is none. */
  #start = -1
  #startLine = 1
  /** The object in hand is none: it is a word, a number or a string. */
  #isBare = false
  /** The beginning of an object that is greater than the limit. */
  #kept: Buffer | undefined
  #broken: string | undefined

  constructor(limit: number) {
    this.#limit = limit
  }

  *write(chunk: Buffer): Generator<Found> {
    this.#append(chunk)
    yield* this.#scan(false)
  }

  *end(): Generator<Found> {
    yield* this.#scan(true)
    if (this.#start >= 0) {
      this.#broken ??= 'is cut off: the file ends inside it'
      yield this.#take(this.#filled)
    } else if (this.#open.length > 0) {
      const reason = `is missing: the file ends before its ${this.#frame} is closed, so it was cut off`
      yield {
        line: this.#line,
        frame: this.#frame,
        bytes: Buffer.alloc(0),
        problem: { code: 'row', reason },
      }
    }
  }

  *#scan(ended: boolean): Generator<Found> {
    for (; this.#at < this.#filled; this.#at += 1) {
      if (this.#inString) this.#passText()
      const byte = this.#buffer[this.#at] ?? 0
      if (this.#inString) {
        if (byte === backslash) {
          if (this.#at + 1 === this.#filled && !ended) return
          if (this.#buffer[this.#at + 1] !== lineFeed) this.#at += 1
        } else if (byte === quote) this.#inString = false
        else if (byte === lineFeed) this.#break('has a line end inside a string')
        if (byte === lineFeed) this.#note(byte)
      } else {
        const wasBroken = this.#broken !== undefined
        if (!wasBroken && !isBlank(byte)) {
          if (this.#endsBefore(byte)) yield this.#take(this.#at)
          if (!this.#step(byte, ended)) return
        }
        if (this.#broken !== undefined) {
          const resumes = this.#resumes(byte, ended)
          if (resumes === undefined) return
          if (resumes) {
            yield this.#take(this.#at)
            this.#resume()
            if (!this.#step(byte, ended)) return
          }
        } else if (this.#ends(byte)) yield this.#take(this.#at + 1)
        this.#note(byte)
      }
      if (this.#start >= 0 && this.#at - this.#start >= this.#limit) this.#cut()
    }
  }

  /** To the next byte of a string that means something, or to the last one that may be held: what most
   * bytes are, so it has a loop of its own. */
  #passText(): void {
    const buffer = this.#buffer
    const most = this.#start < 0 ? this.#filled : this.#start + this.#limit
    const end = Math.min(this.#filled - 1, most)
    let at = this.#at
    for (; at < end; at += 1) {
      const byte = buffer[at]
      if (byte === quote || byte === backslash || byte === lineFeed) break
    }
    this.#at = at
  }

  /** One byte outside of strings that is no blank. False: more bytes are needed to know. */
  #step(byte: number, ended: boolean): boolean {
    if (byte === openObject || byte === openList) {
      if (this.#open.length === 0 && this.#start < 0) {
        const frame = frameAt(this.#buffer.subarray(0, this.#filled), this.#at, ended)
        if (frame === undefined) return false
        this.#frame = frame
      }
    }
    if (this.#begins(byte)) this.#begin(byte)
    if (!this.#fits(byte)) {
      // What stands between objects is no part of any frame.
      if (this.#open.length === 0) this.#frame = 'object'
      this.#begin(byte)
      this.#break(`is no JSON: there is ${shown(byte)} where it cannot be`)
    } else if (byte === openObject || byte === openList) {
      this.#open.push(byte)
      if (this.#open.length > mostLevels) this.#break(`is nested in more than ${mostLevels} levels`)
    } else if (byte === closeObject || byte === closeList) this.#open.pop()
    else if (byte === quote) this.#inString = true
    return true
  }

  /** Whether a value begins here that should be an object of the frame's. */
  #begins(byte: number): boolean {
    if (this.#start >= 0 || byte === comma || byte === closeList || byte === closeObject)
      return false
    if (this.#open.length !== levels[this.#frame].length) return false
    if (this.#frame === 'map') return this.#last === colon
    return this.#frame !== 'envelope' || this.#open[1] === openList
  }

  /** Whether this byte may be where it is. */
  #fits(byte: number): boolean {
    const opens = byte === openObject || byte === openList
    const top = this.#open.at(-1)
    // Objects one after another may have a comma between them, or not.
    if (opens && top === undefined) return byte === openObject || this.#frame === 'list'
    if (opens && this.#start === this.#at && !this.#kept) return true
    const afterBlank = isBlank(this.#buffer[this.#at - 1] ?? 0)
    return mayFollow(byte, this.#last, top, afterBlank)
  }

  /** An object of the frame's ends with its bracket. */
  #ends(byte: number): boolean {
    if (this.#start < 0 || !(byte === closeObject || byte === closeList)) return false
    return this.#open.length === levels[this.#frame].length
  }

  /** A word, number or string where an object should be ends before what follows it. */
  #endsBefore(byte: number): boolean {
    if (this.#start < 0 || !this.#isBare) return false
    return byte === comma || byte === closeObject || byte === closeList
  }

  #begin(byte: number): void {
    if (this.#start >= 0) return
    this.#start = this.#at
    this.#isBare = byte !== openObject && byte !== openList
    this.#startLine = this.#line
  }

  #break(reason: string): void {
    this.#broken = reason
    this.#inString = false
  }

  /** Whether another object begins here after a broken one; undefined: more bytes are needed. */
  #resumes(byte: number, ended: boolean): boolean | undefined {
    if (this.#frame === 'map') {
      if (byte !== quote || !(this.#lineBegins || this.#last === comma)) return false
      const next = this.#buffer.subarray(
        this.#at,
        Math.min(this.#at + eventKey.length, this.#filled),
      )
      if (next.length < eventKey.length && !ended) return undefined
      return next.equals(eventKey)
    }
    if (byte !== openObject || this.#at === this.#start) return false
    if (this.#last === closeObject) return true
    if (this.#last === comma && this.#before === closeObject) return true
    if (!this.#lineBegins) return false
    return this.#frame !== 'object' || this.#buffer[this.#at - 1] === lineFeed
  }

  /** As the frame is before an object of its. */
  #resume(): void {
    this.#open.splice(0, Infinity, ...levels[this.#frame])
    this.#last = this.#frame === 'object' ? 0 : comma
  }

  #take(end: number): Found {
    const bytes = this.#kept ?? Buffer.from(this.#buffer.subarray(this.#start, end))
    const found: Found = { line: this.#startLine, frame: this.#frame, bytes }
    if (this.#kept)
      found.problem = { code: 'too-large', reason: `is longer than ${this.#limit} bytes` }
    else if (this.#broken !== undefined) found.problem = { code: 'row', reason: this.#broken }
    this.#kept = undefined
    this.#broken = undefined
    this.#start = -1
    return found
  }

  /** Keeps the beginning of what is too large; the rest is scanned and let go. */
  #cut(): void {
    const end = Math.min(this.#at + 1, this.#start + keptBytes)
    this.#kept ??= Buffer.from(this.#buffer.subarray(this.#start, end))
    this.#start = this.#at + 1
  }

  #note(byte: number): void {
    if (byte === lineFeed) {
      this.#line += 1
      this.#lineBegins = true
    }
    if (isBlank(byte)) return
    if (byte !== comma) this.#lineBegins = false
    this.#before = this.#last
    this.#last = kindOf(byte)
  }

  #append(chunk: Buffer): void {
    // One byte before what is looked at next stays, for those who look back.
    const first = Math.max(0, (this.#start < 0 ? this.#at : Math.min(this.#start, this.#at)) - 1)
    this.#buffer = joined(this.#buffer, first, this.#filled, chunk)
    this.#filled += chunk.length - first
    this.#at -= first
    if (this.#start >= 0) this.#start -= first
  }
}

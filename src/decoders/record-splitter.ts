/**
 * Cuts UTF-8 delimited text into runs of whole, well-formed records, so that a parser which only
 * knows whole files (csv-parse) can be given one run after the other, and so that one broken row
 * costs that row and nothing else.
 *
 * The rules are RFC 4180's with CR, LF and CRLF as line ends, and one relaxation: a quote that does
 * not begin its cell is a character like any other, and so is one that begins a cell but is followed
 * by more text on the same line (`"Foo" changed`).
 *
 * A record is broken when
 * - its quote is not closed: at the file's end, or at a later line in front of more text;
 * - it has several lines and not the header's number of cells: the sign of a quote that was
 *   closed by the opening quote of a later row;
 * - it is longer than the limit.
 * Then its first physical line is given as broken, and the next physical line begins a new record.
 *
 * The effort is bounded: between a quote that swallowed too much and the one that ended it there
 * are only doubled quotes, so no second record can reach as far, and each byte is looked at a
 * few times at most. What is held is one record, up to the limit.
 */

export type Problem = 'quote' | 'cells' | 'too-large'

export interface Piece {
  /** Whole records, each with its line end; or the broken line without it. Valid until the next
   * piece is asked for. */
  bytes: Buffer
  /** Some record of it has several physical lines. */
  multiLine: boolean
  /** Some cell of it begins with a quote; else each line is a record and each quote a character. */
  quoted: boolean
  /** Set for a broken line. */
  problem?: Problem
}

const quote = 0x22
const lineFeed = 0x0a
const carriageReturn = 0x0d

/** Bytes after which a run of records is handed out: enough to make a parser's start negligible. */
const runBytes = 32 * 1024

const cellStart = 0
const unquoted = 1
const quoted = 2
const afterQuote = 3

/** What a scan gives instead of the record's end. */
const incomplete = 0
const malformed = -1

export class RecordSplitter {
  /** Cells of the header, once they are known. While undefined, each record is a piece. */
  width: number | undefined
  readonly #delimiter: number
  readonly #limit: number
  #buffer: Buffer = Buffer.alloc(0)
  #filled = 0
  /** Where the next piece begins. */
  #start = 0
  /** Where the record begins that is looked at, and how far it has been. */
  #record = 0
  #at = 0
  #state = cellStart
  #cells = 1
  /** The record has several physical lines. */
  #severalLines = false
  /** Some cell of the record begins with a quote. */
  #opened = false
  /** Some record since `#start` has. */
  #multiLine = false
  /** Some cell since `#start` begins with a quote. */
  #quoted = false
  /** The rest of a broken physical line is passed over. */
  #skipping = false
  /** What comes before a quote that begins a cell, and where the next such pair is; -1: not looked
   * for yet. */
  readonly #openings: { pair: Buffer; at: number }[]

  /** `delimiter` is a byte, `limit` a record's greatest length in bytes. */
  constructor(delimiter: number, limit: number) {
    this.#delimiter = delimiter
    this.#limit = limit
    this.#openings = [delimiter, lineFeed, carriageReturn].map((before) => {
      return { pair: Buffer.from([before, quote]), at: -1 }
    })
  }

  /** Takes a chunk (copied) and gives the pieces that are complete with it. */
  *write(chunk: Buffer): Generator<Piece> {
    this.#append(chunk)
    yield* this.#pieces(false)
  }

  /** The last pieces: the file has ended. */
  *end(): Generator<Piece> {
    yield* this.#pieces(true)
  }

  *#pieces(ended: boolean): Generator<Piece> {
    while (this.#record < this.#filled) {
      if (this.#skipping) {
        if (!this.#skip(ended)) break
        continue
      }
      const untouched = this.#state === cellStart && this.#at === this.#record
      const end = (untouched && this.#plain(ended)) || this.#scan(ended)
      const problem = this.#problem(end, ended)
      if (problem) yield* this.#broken(problem)
      else if (end === incomplete) break
      else this.#begin(end)
      if (this.width === undefined || this.#record - this.#start >= runBytes) yield* this.#run()
    }
    yield* this.#run()
  }

  #problem(end: number, ended: boolean): Problem | undefined {
    if (end === malformed) return 'quote'
    if ((end === incomplete ? this.#filled : end) - this.#record > this.#limit) return 'too-large'
    if (end === incomplete) return ended ? 'quote' : undefined
    const wrong = this.width !== undefined && this.#cells !== this.width
    return this.#severalLines && wrong ? 'cells' : undefined
  }

  /** Gives the records before the one that is looked at. */
  *#run(): Generator<Piece> {
    if (this.#record === this.#start) return
    const bytes = this.#buffer.subarray(this.#start, this.#record)
    const piece = { bytes, multiLine: this.#multiLine, quoted: this.#quoted }
    this.#start = this.#record
    this.#multiLine = false
    this.#quoted = false
    yield piece
  }

  /** Gives the first physical line of the record as broken; what follows is looked at anew. */
  *#broken(problem: Problem): Generator<Piece> {
    yield* this.#run()
    const from = this.#record
    let end = from
    while (end < this.#filled && !isLineEnd(this.#buffer[end])) end += 1
    const bytes = this.#buffer.subarray(from, end)
    this.#severalLines = false
    this.#opened = false
    this.#begin(end)
    this.#start = end
    this.#skipping = true
    yield { bytes, multiLine: false, quoted: true, problem }
  }

  /** Passes over the rest of a physical line with its end; false when more bytes are needed. */
  #skip(ended: boolean): boolean {
    const buffer = this.#buffer
    let end = this.#record
    while (end < this.#filled && !isLineEnd(buffer[end])) end += 1
    const split = buffer[end] === carriageReturn && end + 1 === this.#filled && !ended
    if (end < this.#filled && !split) {
      const pair = buffer[end] === carriageReturn && end + 1 < this.#filled
      end += pair && buffer[end + 1] === lineFeed ? 2 : 1
      this.#skipping = false
    }
    this.#begin(end)
    this.#start = end
    return !split
  }

  #begin(at: number): void {
    this.#multiLine ||= this.#severalLines
    this.#quoted ||= this.#opened
    this.#record = at
    this.#at = at
    this.#state = cellStart
    this.#cells = 1
    this.#severalLines = false
    this.#opened = false
  }

  /**
   * The end of the lines from here on in which no cell begins with a quote, in pieces of `runBytes`;
   * 0 when this line has such a cell, or is not complete. Each of these lines is a record.
   */
  #plain(ended: boolean): number {
    const most = this.width === undefined ? 1 : runBytes
    let end = Math.min(this.#nextOpening(), this.#record + most)
    if (end === this.#filled && ended && this.#filled - this.#record <= runBytes) return end
    while (end > this.#record && !this.#endsLine(end, ended)) end -= 1
    return end > this.#record ? end : 0
  }

  /** Where the next quote that begins a cell is, from the record's begin on; `#filled`: there is
   * none. A search goes on where it stopped, so that the buffer is read once for each pair. */
  #nextOpening(): number {
    if (this.#buffer[this.#record] === quote) return this.#record
    let next = this.#filled
    for (const opening of this.#openings) {
      if (opening.at < this.#record) {
        const found = this.#buffer.subarray(0, this.#filled).indexOf(opening.pair, this.#record)
        opening.at = found < 0 ? this.#filled : found + 1
      }
      next = Math.min(next, opening.at)
    }
    return next
  }

  /** Whether a physical line ends right before `at`, for certain. */
  #endsLine(at: number, ended: boolean): boolean {
    const last = this.#buffer[at - 1]
    if (last === lineFeed) return true
    if (last !== carriageReturn) return false
    // A CRLF may be split between two chunks: the CR alone is not yet the line's end.
    return at === this.#filled ? ended : this.#buffer[at] !== lineFeed
  }

  /**
   * Looks at the record byte by byte, from where it stopped, and gives its end (after the line end),
   * `incomplete`, or `malformed`.
   */
  #scan(ended: boolean): number {
    const buffer = this.#buffer
    const delimiter = this.#delimiter
    let state = this.#state
    let at = this.#at
    for (; at < this.#filled; at += 1) {
      const byte = buffer[at]
      if (state === quoted) {
        if (byte === quote) state = afterQuote
        else if (isLineEnd(byte)) this.#severalLines = true
      } else if (byte === delimiter) {
        this.#cells += 1
        state = cellStart
      } else if (byte === lineFeed) {
        return at + 1
      } else if (byte === carriageReturn) {
        if (at + 1 === this.#filled && !ended) break
        return at + 1 < this.#filled && buffer[at + 1] === lineFeed ? at + 2 : at + 1
      } else if (state === afterQuote) {
        if (byte !== quote && this.#severalLines) return malformed
        state = byte === quote ? quoted : unquoted
      } else if (state === cellStart) {
        state = byte === quote ? quoted : unquoted
        this.#opened ||= state === quoted
      }
    }
    this.#state = state
    this.#at = at
    return ended && state !== quoted ? this.#filled : incomplete
  }

  #append(chunk: Buffer): void {
    if (this.#start > 0) {
      // What is left is one record at most: moved to the front once for each chunk.
      this.#buffer.copyWithin(0, this.#start, this.#filled)
      this.#filled -= this.#start
      this.#record -= this.#start
      this.#at -= this.#start
      this.#start = 0
    }
    for (const opening of this.#openings) opening.at = -1
    const wanted = this.#filled + chunk.length
    if (wanted > this.#buffer.length) {
      const grown = Buffer.allocUnsafeSlow(Math.max(this.#buffer.length * 2, wanted))
      this.#buffer.copy(grown, 0, 0, this.#filled)
      this.#buffer = grown
    }
    chunk.copy(this.#buffer, this.#filled)
    this.#filled = wanted
  }
}

function isLineEnd(byte: number | undefined): boolean {
  return byte === lineFeed || byte === carriageReturn
}

/**
 * Delimited text (RFC 4180, TAB or `;` or `,`) to rows of cells, by csv-parse in its array mode
 * wherever a cell begins with a quote.
 *
 * The first line that is not empty is the header (a `#TYPE` line that PowerShell's `Export-Csv`
 * writes before it is passed over); the delimiter is taken from it. Quoted cells may have several
 * lines. Nothing of a cell is changed: blanks, NULs and line ends inside are as in the file. A
 * broken row is given as such, with the line as it was read, and reading goes on at the next
 * physical line: what counts as broken is said in `record-splitter.ts`.
 *
 * Row numbers are those of an editor: the physical line on which the row begins, the first being 1.
 */
import { parse } from 'csv-parse/sync'
import type { Options } from 'csv-parse/sync'
import { error } from '../error.ts'
import type { Piece, Problem } from './record-splitter.ts'
import { RecordSplitter } from './record-splitter.ts'

export interface Row {
  row: number
  /** As many as the row has, which may be more or fewer than the header. Empty for a broken row. */
  cells: string[]
  /** Set for a row that cannot be read: why, and the line as it was read. */
  broken?: { problem: Problem; reason: string; line: string }
}

/** Bytes that a row may have: well above the largest cell that was ever seen (10 MB). */
export const rowLimit = 64 * 1024 * 1024

/** Bytes that the header row may have, and what is before it. */
const headerLimit = 1024 * 1024

export class DelimitedDecoder {
  /** The cells of the header; undefined before it was read, and for a file without any line. */
  header: string[] | undefined
  /** The delimiter that the header has. */
  delimiter = '\t'
  readonly #limit: number
  #splitter: RecordSplitter | undefined
  #head: Buffer = Buffer.alloc(0)
  /** Number of the next physical line. */
  #row = 1

  /** `limit` is the greatest length of a row in bytes. */
  constructor(limit = rowLimit) {
    this.#limit = limit
  }

  /** Takes a chunk of UTF-8 and gives the rows that are complete with it, many at once.
   * Throws `header` (permanent) when there is no header row that can be read. */
  *write(chunk: Buffer): Generator<Row[]> {
    if (this.#splitter) {
      yield* this.#rows(this.#splitter.write(chunk))
      return
    }
    this.#head = Buffer.concat([this.#head, chunk])
    yield* this.#begin(false)
  }

  /** The last rows: the text has ended. */
  *end(): Generator<Row[]> {
    if (!this.#splitter) yield* this.#begin(true)
    if (this.#splitter) yield* this.#rows(this.#splitter.end())
  }

  *#begin(ended: boolean): Generator<Row[]> {
    for (;;) {
      const line = firstLine(this.#head, ended)
      if (!line) {
        if (this.#head.length > headerLimit) throw headerError(this.#row, 'has no end')
        return
      }
      const text = this.#head.toString('utf8', 0, line.length)
      if (text.trim() !== '' && !text.startsWith('#TYPE')) {
        this.delimiter = sniff(text)
        break
      }
      if (line.next === this.#head.length && ended) return
      this.#head = this.#head.subarray(line.next)
      this.#row += 1
    }
    this.#splitter = new RecordSplitter(this.delimiter.charCodeAt(0), this.#limit)
    const head = this.#head
    this.#head = Buffer.alloc(0)
    yield* this.#rows(this.#splitter.write(head))
  }

  *#rows(pieces: Iterable<Piece>): Generator<Row[]> {
    for (const piece of pieces) {
      const rows = this.#read(piece)
      if (this.header) {
        yield rows
        continue
      }
      const [first] = rows
      if (!first || first.broken) throw headerError(this.#row - 1, 'has a quote that is not closed')
      this.header = first.cells
      if (this.#splitter) this.#splitter.width = first.cells.length
    }
  }

  #read({ bytes, multiLine, quoted, problem }: Piece): Row[] {
    const row = this.#row
    if (problem) {
      this.#row += 1
      const broken = { problem, reason: this.#reason(problem), line: bytes.toString('utf8') }
      return [{ row, cells: [], broken }]
    }
    return this.#parse(bytes, quoted).map((cells) => {
      const at = this.#row
      this.#row += multiLine ? linesOf(cells) : 1
      return { row: at, cells }
    })
  }

  /** Where no cell begins with a quote, splitting gives what the parser does, several times faster. */
  #parse(bytes: Buffer, quoted: boolean): string[][] {
    if (!quoted) return plainRecords(bytes.toString('utf8'), this.delimiter)
    const options: Options = {
      delimiter: this.delimiter,
      record_delimiter: lineEnds(bytes),
      relax_quotes: true,
      relax_column_count: true,
    }
    return parse(bytes, options)
  }

  #reason(problem: Problem): string {
    switch (problem) {
      case 'quote':
        return 'has a quote that is not closed'
      case 'cells':
        return 'has a quote that is closed by a later row'
      case 'too-large':
        return `is longer than ${this.#limit} bytes`
    }
  }
}

function plainRecords(text: string, delimiter: string): string[][] {
  const lines = text.includes('\r') ? text.split(/\r\n|\n|\r/) : text.split('\n')
  // What follows the last line end is no line.
  if (lines.at(-1) === '') lines.pop()
  return lines.map((line) => line.split(delimiter))
}

/** The delimiter of a header row: TAB, else `;`, else `,`; TAB when there is a single column. */
function sniff(header: string): string {
  const bare = header.replace(/"[^"]*"/g, '')
  return ['\t', ';', ','].find((delimiter) => bare.includes(delimiter)) ?? '\t'
}

/** The first physical line: its length, and where the next one begins. */
function firstLine(bytes: Buffer, ended: boolean): { length: number; next: number } | undefined {
  let length = 0
  while (length < bytes.length && bytes[length] !== 0x0a && bytes[length] !== 0x0d) length += 1
  if (length === bytes.length) return ended && length > 0 ? { length, next: length } : undefined
  if (bytes[length] === 0x0d && length + 1 === bytes.length && !ended) return undefined
  const pair = bytes[length] === 0x0d && bytes[length + 1] === 0x0a
  return { length, next: length + (pair ? 2 : 1) }
}

/** The line ends that csv-parse has to look for. It tries each at every byte, so only those that
 * may be there are named. */
function lineEnds(bytes: Buffer): string[] {
  return bytes.includes(0x0d) ? ['\r\n', '\n', '\r'] : ['\n']
}

/** Physical lines of a record: only a quoted cell can have a line end in it. */
function linesOf(cells: string[]): number {
  let lines = 1
  for (const cell of cells) {
    if (!cell.includes('\n') && !cell.includes('\r')) continue
    lines += (cell.match(/\r\n|\n|\r/g) ?? []).length
  }
  return lines
}

function headerError(row: number, what: string): Error {
  return error(
    'header',
    `the header (row ${row}) ${what}; a file of alerts begins with the names of its columns`,
    { permanent: true },
  )
}

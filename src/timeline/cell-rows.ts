/**
 * Delimited text to rows of cells, each as wide as the header: what the decoders of CSV formats read.
 */
import { DelimitedDecoder } from '../decoders/delimited.ts'
import type { Row } from '../decoders/delimited.ts'
import { TextLines } from '../decoders/text-lines.ts'
import type { TextLine } from '../decoders/text-lines.ts'
import { Utf8Marks, wrongMark } from '../decoders/utf8-marks.ts'
import { error, isCeflineError } from '../error.ts'
import type { Item } from './decoder.ts'
import { quotedCells, quotedRow } from './quoted-cells.ts'
import { refuseLine, tooLarge, wrongCells } from './row-items.ts'

export interface CellRow {
  kind: 'cells'
  row: number
  cells: string[]
  /** The row, so that it can be read again behind the header. */
  text: () => string
}

export interface CellRows {
  /** Undefined before it was read. */
  readonly header: string[] | undefined
  /** A header's line with its end, to read a row of the file behind it; '' before it was read. */
  readonly head: string
  /** Throws `header` (permanent) where the file's header cannot be read. */
  write(chunk: Buffer): Iterable<CellRow | Item>
  end(): Iterable<CellRow | Item>
}

/**
 * plaso's own CSV: no quoting, a comma always ends a cell. A line that has not the header's number of
 * cells is read once more by RFC 4180, and taken if it has then.
 */
export class PlainRows implements CellRows {
  header: string[] | undefined
  head = ''
  readonly #lines: TextLines
  readonly #limit: number

  constructor(limit: number) {
    this.#lines = new TextLines(limit)
    this.#limit = limit
  }

  write(chunk: Buffer): (CellRow | Item)[] {
    return this.#rows(this.#lines.write(chunk))
  }

  end(): (CellRow | Item)[] {
    return this.#rows(this.#lines.end())
  }

  #rows(lines: TextLine[]): (CellRow | Item)[] {
    const rows: (CellRow | Item)[] = []
    for (const line of lines) {
      if (this.header) rows.push(this.#row(line, this.header.length))
      else if (isBefore(line.text)) rows.push({ kind: 'ignored', row: line.row })
      else this.#begin(line)
    }
    return rows
  }

  #begin(line: TextLine): void {
    if (line.problem) throw headerError(`(row ${line.row}) ${refuseLine(line, this.#limit).reason}`)
    this.header = line.text.split(',')
    this.head = `${line.text}\n`
  }

  #row(line: TextLine, width: number): CellRow | Item {
    const { row, text } = line
    if (line.problem) return refuseLine(line, this.#limit)
    const cells = text.split(',')
    if (cells.length === width) return { kind: 'cells', row, cells, text: () => text }
    if (text.trim() === '') return { kind: 'ignored', row }
    const quoted = text.includes('"') ? quotedCells(text) : undefined
    if (quoted?.length === width) return { kind: 'cells', row, cells: quoted, text: () => text }
    return wrongCells(row, text, cells.length, `the header has ${width}`)
  }
}

/** RFC 4180: quoted cells, several lines in one where it is quoted, the header's own delimiter. */
export class QuotedRows implements CellRows {
  readonly #decoder: DelimitedDecoder
  readonly #marks = new Utf8Marks()
  readonly #limit: number
  /** What has come of the file while there may be comments before its header. */
  #beginning: Buffer | undefined = Buffer.alloc(0)
  /** Physical lines before the header. */
  #passed = 0
  /** The header begins with a quote, which tells some formats apart. */
  #isQuoted = false

  constructor(limit: number) {
    this.#decoder = new DelimitedDecoder(limit)
    this.#limit = limit
  }

  get header(): string[] | undefined {
    return this.#decoder.header
  }

  get head(): string {
    const names = this.header && this.#text(this.header, this.#isQuoted)
    return names === undefined ? '' : `${names}\n`
  }

  *write(chunk: Buffer): Generator<CellRow | Item> {
    const text = yield* this.#behindComments(chunk, false)
    if (text.length > 0) yield* this.#rows(() => this.#decoder.write(this.#marks.write(text)))
  }

  *end(): Generator<CellRow | Item> {
    const text = yield* this.#behindComments(Buffer.alloc(0), true)
    yield* this.#rows(() => this.#decoder.write(this.#marks.write(text)))
    yield* this.#rows(() => this.#decoder.write(this.#marks.end()))
    yield* this.#rows(() => this.#decoder.end())
  }

  /** The chunk without the empty lines and comments that the file begins with, which are no rows. */
  *#behindComments(chunk: Buffer, ended: boolean): Generator<Item, Buffer> {
    if (!this.#beginning) return chunk
    let rest = Buffer.concat([this.#beginning, chunk])
    for (;;) {
      const feed = rest.indexOf('\n')
      if (feed < 0 && !ended && rest.length < mostBefore) {
        this.#beginning = rest
        return Buffer.alloc(0)
      }
      const line = rest.toString('utf8', 0, feed < 0 ? rest.length : feed)
      if (rest.length === 0 || (feed < 0 && !ended) || !isBefore(line)) {
        this.#beginning = undefined
        this.#isQuoted = line.trimStart().startsWith('"')
        return rest
      }
      this.#passed += 1
      yield { kind: 'ignored', row: this.#passed }
      rest = rest.subarray(feed < 0 ? rest.length : feed + 1)
    }
  }

  *#rows(read: () => Iterable<Row[]>): Generator<CellRow | Item> {
    try {
      for (const rows of read()) {
        this.#checkHeader()
        for (const row of rows) yield this.#row(row)
      }
    } catch (thrown) {
      if (this.header || !isCeflineError(thrown)) throw thrown
      const [, what = 'cannot be read'] = /^the header (.*?);/.exec(thrown.message) ?? []
      const place = (_all: string, row: string): string => `(row ${Number(row) + this.#passed})`
      throw headerError(what.replace(/^\(row (\d+)\)/, place), thrown)
    }
  }

  #checkHeader(): void {
    if (this.#marks.found && this.header?.some((name) => name.includes(wrongMark))) {
      throw headerError('is not UTF-8')
    }
  }

  #row({ row: rowBehind, cells, broken }: Row): CellRow | Item {
    const row = rowBehind + this.#passed
    // The quote at its beginning has it read by itself as it was read here (`comma-rows.ts`).
    const text = () => this.#text(cells, true)
    if (broken) {
      const line = broken.line.replaceAll(wrongMark, '\ufffd')
      if (broken.problem === 'too-large') return tooLarge(row, line, this.#limit)
      const reason = `${broken.reason}; correct the row and drop it again`
      return { kind: 'refused', row, code: 'row', reason, text: line }
    }
    if (cells.length === 1 && cells[0]?.trim() === '') return { kind: 'ignored', row }
    if (this.#marks.found) {
      const wrong = cells.findIndex((cell) => cell.includes(wrongMark))
      if (wrong >= 0) return this.#refuseEncoding(row, cells, wrong, text())
    }
    const width = this.header?.length ?? 0
    if (cells.length === width) return { kind: 'cells', row, cells, text }
    return wrongCells(row, text(), cells.length, `the header has ${width}`)
  }

  #text(cells: string[], beginsQuoted: boolean): string {
    return quotedRow(cells, this.#decoder.delimiter, beginsQuoted)
  }

  #refuseEncoding(row: number, cells: string[], wrong: number, text: string): Item {
    const name = this.header?.[wrong] ?? String(wrong + 1)
    const before = cells[wrong]?.split(wrongMark)[0] ?? ''
    const byte = Buffer.byteLength(before) + 1
    return {
      kind: 'refused',
      row,
      code: 'encoding',
      reason: `is not UTF-8: byte ${byte} of ${name} is wrong; save the file as UTF-8`,
      text: text.replaceAll(wrongMark, '\ufffd'),
    }
  }
}

/** Bytes of a line before the header that are waited for: as many as a header may have. */
const mostBefore = 1024 * 1024

/** Whether a line may stand before the header: an empty one, or a comment. */
export function isBefore(line: string): boolean {
  return line.trim() === '' || line.startsWith('#')
}

export function headerError(what: string, cause?: unknown): Error {
  return error(
    'header',
    `the header ${what}; a file of this format begins with the names of its columns`,
    { permanent: true, cause },
  )
}

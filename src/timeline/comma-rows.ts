/**
 * CSV that is plaso's or another program's. plaso never quotes, and its texts have quotes anywhere: read by RFC
 * 4180, one of them can swallow the lines behind it. Others write the same header with quoted cells.
 *
 * Which of the two a file is, is told by its first 64 KB, for the whole of it. It is RFC 4180 if
 * - the header, or a row, begins with a quote;
 * - a row has not the header's number of cells when split at commas, and has it when read with quotes, or
 *   has a cell whose quote is not closed in the line (and so goes on in the next one);
 * - a row has a cell in quotes and is not as plaso would write it (`isPlaso`: its date).
 * Else it is plaso's, and only a single line of it may be read with quotes later.
 */
import type { CellRow, CellRows } from './cell-rows.ts'
import { isBefore, PlainRows, QuotedRows } from './cell-rows.ts'
import type { Item } from './decoder.ts'
import { quotedCells } from './quoted-cells.ts'

const sampleBytes = 64 * 1024

export class CommaRows implements CellRows {
  readonly #limit: number
  readonly #isPlaso: (cells: string[]) => boolean
  #sample: Buffer[] = []
  #sampled = 0
  #rows: CellRows | undefined

  /** `limit`: bytes of a row. `isPlaso` says whether a row could be plaso's, by its cells. */
  constructor(limit: number, isPlaso: (cells: string[]) => boolean = () => true) {
    this.#limit = limit
    this.#isPlaso = isPlaso
  }

  get header(): string[] | undefined {
    return this.#rows?.header
  }

  get head(): string {
    return this.#rows?.head ?? ''
  }

  *write(chunk: Buffer): Generator<CellRow | Item> {
    if (this.#rows) {
      yield* this.#rows.write(chunk)
      return
    }
    this.#sample.push(Buffer.from(chunk))
    this.#sampled += chunk.length
    if (this.#sampled >= sampleBytes) yield* this.#begin()
  }

  *end(): Generator<CellRow | Item> {
    if (!this.#rows) yield* this.#begin()
    if (this.#rows) yield* this.#rows.end()
  }

  *#begin(): Generator<CellRow | Item> {
    const bytes = Buffer.concat(this.#sample)
    this.#sample = []
    const lines = bytes.toString('utf8', 0, sampleBytes).split(/\r?\n/)
    // The last one may go on behind the sample.
    if (bytes.length >= sampleBytes) lines.pop()
    const isQuoted = isRfc4180(lines, this.#isPlaso)
    this.#rows = isQuoted ? new QuotedRows(this.#limit) : new PlainRows(this.#limit)
    yield* this.#rows.write(bytes)
  }
}

function isRfc4180(lines: string[], isPlaso: (cells: string[]) => boolean): boolean {
  const filled = lines.slice(lines.findIndex((line) => !isBefore(line)))
  const width = filled[0]?.split(',').length ?? 0
  return filled.some((line) => {
    if (line.startsWith('"')) return true
    if (!line.includes(',"')) return false
    const cells = line.split(',')
    const quoted = quotedCells(line)
    if (cells.length !== width) return quoted === undefined || quoted.length === width
    const hasQuoted = cells.some((cell) => cell.length > 1 && cell[0] === '"' && cell.endsWith('"'))
    return hasQuoted && !isPlaso(cells)
  })
}

/**
 * A decoder of formats with a header and cells: what a row's cells say is the format's, the rest is here.
 */
import type { CellRow, CellRows } from './cell-rows.ts'
import { headerError } from './cell-rows.ts'
import type { Format, Item, TimelineDecoder } from './decoder.ts'
import type { TimelineEvent } from './event.ts'
import { refuseThrown } from './row-items.ts'

/** The event of a row's cells, as many as the header has. Throws ours for a row that cannot be read. */
export type CellReader = (cells: string[]) => TimelineEvent

export class CellDecoder implements TimelineDecoder {
  readonly format: Format
  readonly #rows: CellRows
  readonly #readerOf: (header: string[]) => CellReader
  #reader: CellReader | undefined

  /** `readerOf` throws `header` (permanent) for a header that is not of the format. */
  constructor(format: Format, rows: CellRows, readerOf: (header: string[]) => CellReader) {
    this.format = format
    this.#rows = rows
    this.#readerOf = readerOf
  }

  get head(): string {
    return this.#rows.head
  }

  write(chunk: Buffer): Item[] {
    return this.#items(this.#rows.write(chunk))
  }

  end(): Item[] {
    const items = this.#items(this.#rows.end())
    // A header without rows is read too, so that one of another format is told.
    if (this.#rows.header) this.#readerFor(this.#rows.header)
    return items
  }

  #items(rows: Iterable<CellRow | Item>): Item[] {
    const items: Item[] = []
    for (const row of rows) items.push(row.kind === 'cells' ? this.#item(row) : row)
    return items
  }

  #item({ row, cells, text }: CellRow): Item {
    const reader = this.#readerFor(this.#rows.header ?? [])
    try {
      return { kind: 'event', row, event: reader(cells), text }
    } catch (thrown) {
      return refuseThrown(row, text(), thrown)
    }
  }

  #readerFor(header: string[]): CellReader {
    this.#reader ??= this.#readerOf(header)
    return this.#reader
  }
}

/** Places of columns by their names in small letters; the first of several that are alike. */
export function placesOf(header: string[]): (name: string) => number {
  const names = header.map((name) => name.trim().toLowerCase())
  return (name) => names.indexOf(name)
}

/** Throws `header` when one of these columns is missing. */
export function needColumns(header: string[], names: string[]): void {
  const place = placesOf(header)
  const missing = names.filter((name) => place(name) < 0)
  if (missing.length > 0) throw headerError(`has no column ${missing.join(', ')}`)
}

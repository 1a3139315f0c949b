/**
 * A decoder of formats whose rows are physical lines. What a line says is the format's; what is alike is
 * here: lines that begin with `#` are comments, and lines that are too large, or no UTF-8, or that reading throws at, are refused, each by itself.
 */
import { TextLines } from '../decoders/text-lines.ts'
import type { TextLine } from '../decoders/text-lines.ts'
import type { DecoderOptions, Format, Item, TimelineDecoder } from './decoder.ts'
import type { TimelineEvent } from './event.ts'
import { refuseLine, refuseThrown } from './row-items.ts'

export interface LineFormat {
  /** The events of a line, at least one. Throws ours for a line that cannot be read. */
  read(text: string): TimelineEvent[]
  /** Called with the lines that are neither empty nor comments, up to the first one of which it says
   * false, that it is a row: true for those of the header, which are none. Throws `header` (permanent). */
  begin?(text: string): boolean
}

export class LineDecoder implements TimelineDecoder {
  readonly format: Format
  readonly #rows: LineFormat
  readonly #lines: TextLines
  readonly #limit: number
  /** The lines of the header. */
  #head = ''
  #hasBegun = false

  constructor(format: Format, rows: LineFormat, { rowLimit }: DecoderOptions) {
    this.format = format
    this.#rows = rows
    this.#lines = new TextLines(rowLimit)
    this.#limit = rowLimit
  }

  get head(): string {
    return this.#head
  }

  write(chunk: Buffer): Item[] {
    return this.#items(this.#lines.write(chunk))
  }

  end(): Item[] {
    return this.#items(this.#lines.end())
  }

  #items(lines: TextLine[]): Item[] {
    const items: Item[] = []
    for (const line of lines) {
      if (line.problem) items.push(refuseLine(line, this.#limit))
      else if (line.text.trim() === '' || line.text.startsWith('#'))
        items.push({ kind: 'ignored', row: line.row })
      else if (!this.#isHeader(line.text)) this.#read(line, items)
    }
    return items
  }

  #isHeader(text: string): boolean {
    if (this.#hasBegun) return false
    const isHeader = this.#rows.begin?.(text) ?? false
    if (isHeader) this.#head += `${text}\n`
    else this.#hasBegun = true
    return isHeader
  }

  #read({ row, text }: TextLine, items: Item[]): void {
    try {
      const events = this.#rows.read(text)
      for (const event of events) items.push({ kind: 'event', row, event, text: () => text })
    } catch (thrown) {
      items.push(refuseThrown(row, text, thrown))
    }
  }
}

/**
 * plaso's `dynamic`, the default of psort: whatever columns `--fields` names, read by the header. Not
 * quoted by plaso, and told apart from others' CSV in `comma-rows.ts`.
 *
 * `tag` is what l2tcsv has in `notes`, and goes there. MACB and the short text are made where there is no
 * column of them.
 */
import { CellDecoder } from './cell-decoder.ts'
import { headerError } from './cell-rows.ts'
import { columnReader } from './columns.ts'
import { CommaRows } from './comma-rows.ts'
import type { DecoderOptions, TimelineDecoder } from './decoder.ts'
import { fieldOf } from './field-names.ts'
import { shortOf } from './short-text.ts'

export function dynamicDecoder({ timezone, rowLimit }: DecoderOptions): TimelineDecoder {
  return new CellDecoder('dynamic', new CommaRows(rowLimit), (header) => {
    const names = header.map((name) => name.trim().toLowerCase())
    if (!names.includes('datetime') && !(names.includes('date') && names.includes('time'))) {
      throw headerError('has no column datetime')
    }
    const read = columnReader(header, { timezone, own: { tag: fieldOf('notes') } })
    return (cells) => {
      const event = read(cells)
      event.short ||= shortOf(event.message)
      return event
    }
  })
}

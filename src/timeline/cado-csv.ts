/**
 * The CSV that Cado exports (`GET /api/v3/timeline/export`). Its columns are documented nowhere: they are
 * read by the names that Cado uses elsewhere (`field-names.ts`), in any order, after RFC 4180, with the
 * delimiter that the header has. Lists and maps in cells are JSON or as Python prints them.
 */
import { CellDecoder } from './cell-decoder.ts'
import { QuotedRows } from './cell-rows.ts'
import { columnReader } from './columns.ts'
import type { DecoderOptions, TimelineDecoder } from './decoder.ts'

export function cadoCsvDecoder({ timezone, rowLimit }: DecoderOptions): TimelineDecoder {
  return new CellDecoder('cado', new QuotedRows(rowLimit), (header) => {
    return columnReader(header, { timezone })
  })
}

/**
 * Timesketch's CSV: RFC 4180, with cells of several lines; `message`, `datetime` and `timestamp_desc` and
 * any other columns. What Timesketch adds for itself (`_id`, `__ts_timeline_id`) is left out, as Timesketch does on
 * import.
 *
 * `datetime` wins over `timestamp` (microseconds, or a unit told by its size), as on import; a timestamp
 * that says something else is kept in `other`.
 */
import { isCeflineError } from '../error.ts'
import { CellDecoder, needColumns } from './cell-decoder.ts'
import type { CellReader } from './cell-decoder.ts'
import { QuotedRows } from './cell-rows.ts'
import { columnReader, leaveOut } from './columns.ts'
import { dataType } from './data-types.ts'
import type { DecoderOptions, TimelineDecoder } from './decoder.ts'
import type { FieldSetter } from './field-names.ts'
import { fieldOf, setOther } from './field-names.ts'

export function timesketchCsvDecoder({ timezone, rowLimit }: DecoderOptions): TimelineDecoder {
  return new CellDecoder('timesketch', new QuotedRows(rowLimit), (header) => {
    needColumns(header, ['message', 'timestamp_desc'])
    const own: Partial<Record<string, FieldSetter>> = { timestamp: setTimestamp }
    for (const name of header)
      if (isInternal(name.trim())) own[name.trim().toLowerCase()] = leaveOut
    return withSource(columnReader(header, { timezone, own }), header)
  })
}

/** Names that Timesketch gives to documents of its own store. */
export function isInternal(name: string): boolean {
  return name.startsWith('__ts_') || ['_id', '_index', '_type', '_source'].includes(name)
}

const setInstant = fieldOf('timestamp')

/** Beside a `datetime` it is only a remark, whatever it says. */
const setTimestamp: FieldSetter = (event, value, timezone, name) => {
  try {
    setInstant(event, value, timezone, name)
  } catch (thrown) {
    if (!event.instant || !isCeflineError(thrown)) throw thrown
    setOther(event, value, timezone, name)
  }
}

/** Where the columns do not say the source, the data type does, as it does in plaso's own outputs. */
function withSource(read: CellReader, header: string[]): CellReader {
  const place = header.findIndex((name) => name.trim().toLowerCase() === 'data_type')
  return (cells) => {
    const event = read(cells)
    const name = cells[place] ?? ''
    if (name !== '' && name !== '-' && event.source === '') {
      const { source, sourcetype } = dataType(name)
      event.source = source
      event.sourcetype ||= sourcetype
    }
    return event
  }
}

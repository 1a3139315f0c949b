/**
 * Cado's events as JSON: the API's event object (`GET /api/v3/timeline`, its answer as a whole too) and
 * CadoJson, which Cado uploads beside CEF. Whether that is JSON Lines, a list or printed over several
 * lines is documented nowhere, so all are read; so are the names of both, in any order
 * (`field-names.ts`). None is `null`, `''` and `-`.
 */
import { error } from '../error.ts'
import type { DecoderOptions, TimelineDecoder } from './decoder.ts'
import type { TimelineEvent } from './event.ts'
import { JsonRows } from './json-rows.ts'
import type { JsonRow } from './json-rows.ts'
import { eventOfNames } from './named-row.ts'

export function cadoJsonDecoder(options: DecoderOptions): TimelineDecoder {
  return new JsonRows('cado', (row) => cadoEvent(row, options.timezone), options)
}

/** The event of one object of the API's. Throws ours for one that is none. */
export function cadoEvent(row: JsonRow, timezone: string): TimelineEvent {
  const event = eventOfNames(row, timezone)
  const { instant, short, message, type, path } = event
  if (!instant && [short, message, type, path].every((text) => text === '')) {
    const fields = 'timestamp or eventTime, type, short, filename or filePath'
    throw error('row', `has no field of an event of Cado's: ${fields}`, { permanent: true })
  }
  return event
}

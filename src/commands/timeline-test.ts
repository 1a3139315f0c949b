/**
 * The event of a test of a timeline's source. It is written by the names that the fields have in any
 * format, be it as `input` or as `row`: `{ eventTime: 2020-07-19T21:42:20Z, filePath: /tmp/a }`.
 */
import { encode } from '../cef/encode.ts'
import type { MappingTest } from '../config/mapping-tests.ts'
import { compileTimelineMapping } from '../mappings/cado.ts'
import type { CadoProfile } from '../mappings/cado.ts'
import type { MappingSpec } from '../mappings/options.ts'
import { cadoEvent } from '../timeline/cado-json.ts'

/** Of a source's options, what maps the events of its timelines. */
export interface TimelineMapped {
  profile: CadoProfile
  severity: 'alarm' | 'verbatim'
  timezone?: string
  mapping?: MappingSpec
}

/** The CEF line that a source makes of it. Throws for a value that cannot be, and for the mapping. */
export function timelineTestLine(
  { record }: MappingTest,
  { profile, severity, timezone = 'UTC', mapping }: TimelineMapped,
  place: string,
): string {
  const fields = record.kind === 'input' ? record.value : record.cells
  const event = cadoEvent(fields as Record<string, unknown>, timezone)
  const options = { profile, severity, receivedAt: Date.now(), id: 'test' }
  return encode(compileTimelineMapping(mapping, place)(event, options))
}

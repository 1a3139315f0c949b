/**
 * Timesketch's JSON Lines: `message`, `datetime` and `timestamp_desc`, and any other fields. The same
 * rules as for its CSV (`timesketch-csv.ts`), so that a timeline in both is the same events.
 */
import { error, isCeflineError } from '../error.ts'
import { isEmpty, textOf } from './cell-value.ts'
import { leaveOut } from './columns.ts'
import { dataType } from './data-types.ts'
import type { DecoderOptions, TimelineDecoder } from './decoder.ts'
import type { TimelineEvent } from './event.ts'
import { fieldOf, setOther } from './field-names.ts'
import type { FieldSetter } from './field-names.ts'
import { JsonRows } from './json-rows.ts'
import type { JsonRow } from './json-rows.ts'
import { eventOfNames } from './named-row.ts'
import { isInternal } from './timesketch-csv.ts'

export function timesketchJsonDecoder(options: DecoderOptions): TimelineDecoder {
  return new JsonRows('timesketch', (row) => timesketchEvent(row, options.timezone), options)
}

function timesketchEvent(row: JsonRow, timezone: string): TimelineEvent {
  for (const name of ['message', 'timestamp_desc']) {
    if (Object.hasOwn(row, name)) continue
    throw error('row', `has no ${name}, which every event of Timesketch has`, { permanent: true })
  }
  const event = eventOfNames(row, timezone, ownSetter)
  const type = row['data_type']
  if (event.source === '' && !isEmpty(type)) {
    const { source, sourcetype } = dataType(textOf(type))
    event.source = source
    event.sourcetype ||= sourcetype
  }
  return event
}

function ownSetter(name: string): FieldSetter | undefined {
  if (isInternal(name)) return leaveOut
  return name === 'timestamp' ? setTimestamp : undefined
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

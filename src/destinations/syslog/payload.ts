/**
 * What a message of a syslog destination carries: the CEF line as it is in the spool, or the Windows
 * event in Snare's form that is made of it when it is sent.
 */
import { counter, snare } from '../../syslog/snare.ts'
import type { EventLogOptions } from '../../syslog/event-log.ts'
import type { Render } from '../../syslog/wire.ts'

export type PayloadName = 'cef' | 'snare'

export interface Payload {
  name: PayloadName
  /** Makes what is sent, for all urls of the destination; undefined: the CEF line. */
  render?: Render | undefined
  /** Makes what `preview` shows: the same, and counts nothing. */
  preview?: Render | undefined
}

export const cefLine: Payload = { name: 'cef' }

export interface PayloadOptions {
  payload: PayloadName
  snare: EventLogOptions
}

export const payloadSchema = {
  payload: {
    doc: 'What a message carries: the CEF event, or as `snare` the Windows event of Netwrix’s event-log add-on (docs/snare.md).',
    format: ['cef', 'snare'],
    default: 'cef' as PayloadName,
  },
  snare: {
    eventIds: {
      doc: 'Payload snare: an EventID for each kind of event (`GenerateEventId` of the add-on); false: 0.',
      format: 'flag',
      default: true,
    },
    includeDataSource: {
      doc: 'Payload snare: whether the data source counts in the EventID (`IncludeDataSourceToMakeEventId`).',
      format: 'flag',
      default: true,
    },
    sourceByDataSource: {
      doc: 'Payload snare: an event source for each data source, such as `NA Windows Server` (`SetDataSourceAsEventSource`).',
      format: 'flag',
      default: false,
    },
  },
}

/** `hostname` and `timezone` are those of the header. Throws `config`. */
export function payloadOf(
  options: PayloadOptions,
  { hostname, timezone }: { hostname: string; timezone: string },
  place: string,
): Payload {
  const name = options.payload
  if (name === 'cef') return cefLine
  const made = { ...options.snare, computer: hostname, timezone }
  return {
    name,
    render: snare(made, counter(), place),
    preview: snare(made, () => 1, place),
  }
}

/** What `check` adds to the form of a message. */
export function describePayload({ name }: Payload): string {
  if (name === 'cef') return ''
  return ', Snare events (what is not Netwrix’s goes to the rejects: leave its sources out of from)'
}

/**
 * The fields of a timeline's event by Cado's names, those of its CEF standard first: what `mapping` of a
 * timeline's source may name. Columns that Cado documents (`domain`, `source_port`) are kept by their
 * names, as any other.
 */
import { cadoOwn } from '../cef/cado.ts'
import type { TimelineEvent } from '../timeline/event.ts'
import { isoOf, milliseconds } from '../timeline/instant.ts'
import { pythonText } from '../timeline/python-text.ts'
import { isAlarm, worstAlarm } from './cado-alarm.ts'
import { FieldSet } from './field-set.ts'

const readers = {
  eventTime: ({ instant }: TimelineEvent) => (instant === undefined ? '' : isoOf(instant)),
  source: (event: TimelineEvent) => event.source,
  sourcetype: (event: TimelineEvent) => event.sourcetype,
  type: (event: TimelineEvent) => event.type,
  macb: (event: TimelineEvent) => event.macb,
  suser: (event: TimelineEvent) => event.user,
  host: (event: TimelineEvent) => event.host,
  short: (event: TimelineEvent) => event.short,
  message: (event: TimelineEvent) => event.message,
  filePath: (event: TimelineEvent) => event.path,
  inode: (event: TimelineEvent) => event.inode,
  notes: (event: TimelineEvent) => event.notes,
  format: (event: TimelineEvent) => event.format,
  extra: (event: TimelineEvent) => event.extra,
  tag: (event: TimelineEvent) => event.tag,
  sha256: (event: TimelineEvent) => event.sha256,
  evidence_id: ({ evidenceId }: TimelineEvent) => (evidenceId ?? '').toString(),
  evidence_name: (event: TimelineEvent) => event.evidenceName,
  eventId: (event: TimelineEvent) => event.eventId,
  isFolder: ({ isFolder }: TimelineEvent) => (isFolder === undefined ? '' : pythonText(isFolder)),
  alarm: (event: TimelineEvent) => (isAlarm(worstAlarm(event)) ? 'True' : ''),
  alarm_description: (event: TimelineEvent) => worstAlarm(event)?.description ?? '',
  alarm_severity: (event: TimelineEvent) => (worstAlarm(event)?.severity ?? '').toString(),
  alarm_help_text: (event: TimelineEvent) => worstAlarm(event)?.helpText ?? '',
}

export type TimelineField = keyof typeof readers

export const timelineFields = new FieldSet<TimelineEvent, TimelineField>({
  readers,
  otherNames: {
    timestamp: 'eventTime',
    datetime: 'eventTime',
    timestampdesc: 'type',
    user: 'suser',
    username: 'suser',
    hostname: 'host',
    desc: 'message',
    filename: 'filePath',
    displayname: 'filePath',
    parser: 'format',
    sha256hash: 'sha256',
    id: 'eventId',
  },
  // What an event says in full: `msg` is the alarm's text where there is one, and no column.
  slips: { msg: 'message' },
  columns: [...cadoOwn].filter((name) => name !== 'msg'),
  others: (event) => event.other,
  time: {
    name: 'eventTime',
    read: ({ instant }) => instant && milliseconds(instant),
  },
})

/** All fields of an event that have a value, by name, those that are kept by their name after them. */
export function eventFields(event: TimelineEvent): [name: string, value: string][] {
  return timelineFields.valuesOf(event)
}

/**
 * Lines of all kinds that Cefline sends, as they stand in a file of the receiver, with the sid that the
 * plugin for USM Appliance is to give each. Made by the real code: map, encode, frame.
 */
import assert from 'node:assert/strict'
import { join } from 'node:path'
import { encode } from '../../src/cef/encode.ts'
import type { CefEvent } from '../../src/cef/event.ts'
import { splitLine } from '../../src/cef/split.ts'
import { unpackLines } from '../../src/io/lines.ts'
import { mapOwnEvent, ownKinds } from '../../src/mappings/cefline.ts'
import { mapTimelineEvent } from '../../src/mappings/cado.ts'
import type { CadoProfile } from '../../src/mappings/cado.ts'
import { mapRecord } from '../../src/mappings/netwrix.ts'
import type { MappingOptions } from '../../src/mappings/netwrix.ts'
import { readFileOnce } from '../../src/netwrix/alert-reader.ts'
import { emptyRecord } from '../../src/netwrix/record.ts'
import type { ActivityRecord } from '../../src/netwrix/record.ts'
import type { OwnEvent, OwnKind } from '../../src/own-event.ts'
import type { Format } from '../../src/syslog/message.ts'
import { cadoCsvDecoder } from '../../src/timeline/cado-csv.ts'
import type { TimelineEvent } from '../../src/timeline/event.ts'
import { root } from './root.ts'
import { syslogTo } from './syslog-options.ts'
import { eventsOf, fixture } from './timeline-decoding.ts'

const time = Date.UTC(2026, 0, 8, 11, 7, 53, 42)

/** Netwrix's actions in the order of their sids, which begin with 1; of alerts with 101. */
export const actions = [
  ...['Added', 'Modified', 'Removed', 'Renamed', 'Moved', 'Copied', 'Sent', 'Activated', 'Read'],
  ...['Successful Logon', 'Failed Logon', 'Logoff', 'Session start', 'Session end'],
  ...['Checked in', 'Checked out', 'Discard check out'],
  ...['Add', 'Remove', 'Modify', 'Read', 'Move', 'Rename'].map(
    (verb) => `${verb} (Failed Attempt)`,
  ),
]
/** Kinds of Cefline's own events, whose sids begin with 301. */
export const kinds = [
  ...['start', 'stop', 'configuration-changed', 'configuration-refused', 'mark-set'],
  ...['rejects-retried', 'rejects-purged', 'source-failed', 'source-back', 'source-silent'],
  ...['source-heard', 'destination-lost', 'destination-back', 'spool-nearly-full', 'spool-full'],
  ...['spool-room', 'certificate-expiring', 'heartbeat', 'test'],
  // Later ones last, as a sid that is known to a server keeps its meaning.
  ...['destination-forgotten', 'spool-damaged'],
]

export interface UsmCase {
  /** The line in the file, with the syslog header. */
  line: string
  cef: string
  sid: number
}

const headers = (['rfc3164', 'rfc5424'] as Format[]).map((format) =>
  syslogTo('tcp://127.0.0.1:514', { receiver: 'usm-appliance', format, maxBytes: 9_999_999 }),
)

/** The event in both header formats, with and without the PRI that rsyslog may leave out. */
export function casesOf(event: CefEvent, sid: number): UsmCase[] {
  return lineCases(encode(event), event, sid)
}

function lineCases(
  cef: string,
  event: Pick<CefEvent, 'time' | 'severity'>,
  sid: number,
): UsmCase[] {
  return headers.flatMap((destination) => {
    const line = destination.frame(cef, event.time, event.severity).toString().replace(/\n$/, '')
    assert.ok(line.endsWith(cef), 'the whole line is in it')
    return [
      { line, cef, sid },
      { line: line.replace(/^<\d+>/, ''), cef, sid },
    ]
  })
}

export function record(
  fields: Partial<ActivityRecord>,
  changes: Partial<MappingOptions> = {},
): CefEvent {
  const whole = { ...emptyRecord(), time, action: 'Modified', dataSource: 'Exchange', ...fields }
  const options = { kind: 'activity', profile: 'standard', receivedAt: time, id: 'an-id' } as const
  return mapRecord(whole, { ...options, ...changes })
}

export function sidOf(action: string, kind: 'alert' | 'activity'): number {
  const index = actions.indexOf(action)
  return (kind === 'alert' ? 100 : 0) + (index < 0 ? 99 : index + 1)
}

function timeline(event: TimelineEvent, profile: CadoProfile = 'cado'): CefEvent {
  return mapTimelineEvent(event, { profile, severity: 'alarm', receivedAt: time, id: 'event-1' })
}

export function timelineCases(event: TimelineEvent, profile?: CadoProfile): UsmCase[] {
  const mapped = timeline(event, profile)
  return casesOf(mapped, mapped.severity >= 9 ? 201 : mapped.severity >= 4 ? 202 : 203)
}

function own(kind: OwnKind, message = 'a sentence', more: Partial<OwnEvent> = {}): CefEvent {
  const event = { id: '4f1c0b7a9d2e8356', kind, at: time, message, ...more }
  return mapOwnEvent(event, { version: '0.1.0', hostname: 'cefline' })
}

/** Texts that break what is written in haste. */
const texts = [
  ...['', 'plain', 'a|b || CEF:0|Netwrix|x|1|Added|y|5|', 'a=b == c', 'x suser=eve cat=z', '\\'],
  ...[
    'C:\\Temp\\new\\',
    'line one\nline two\r\nthree',
    '\ttab\0nul',
    'à é ü 漢 😀 \u00a0\u2028\u0085x',
  ],
  ...['deviceFacility=Netwrix Auditor alert', ' rt=1 ', '"quoted"', "'", '%(plugin_id)s {$user}'],
  ...['x'.repeat(3000), 'a b '.repeat(500), '{resolv($user)}', ' ; # comment'],
]

function wholeRecord(text: string): Partial<ActivityRecord> {
  const [who, what, where, objectType, workstation] = [text, text, text, text, text]
  const names = { who, what, where, objectType, workstation, item: text, monitoringPlan: text }
  return { ...names, rid: text, detailsText: text, other: [['Extra', text]] }
}

export const cases: UsmCase[] = [
  ...[...actions, 'Approved', 'x|y=z\\', ''].flatMap((action) =>
    (['alert', 'activity'] as const).flatMap((kind) => {
      const fields = { action, who: 'ENTERPRISE\\admin', what: '\\local\\Users\\John | Smith' }
      return [
        ...casesOf(record(fields, { kind }), sidOf(action, kind)),
        ...casesOf(record(fields, { kind, profile: 'extended' }), sidOf(action, kind)),
        // Classic has nothing that tells an alert from a record.
        ...casesOf(record(fields, { kind, profile: 'classic' }), sidOf(action, 'activity')),
      ]
    }),
  ),
  ...texts.flatMap((text) => [
    ...casesOf(record(wholeRecord(text), { kind: 'alert' }), sidOf('Modified', 'alert')),
    ...casesOf(record(wholeRecord(text)), sidOf('Modified', 'activity')),
    ...casesOf(own('test', text, { who: text, component: text, code: text }), 319),
  ]),
  ...['10.0.0.7', '2001:db8::1'].flatMap((workstation) => casesOf(record({ workstation }), 2)),
  ...exampleAlerts(),
  ...eventsOf(cadoCsvDecoder, fixture('cado.csv')).flatMap((event) => [
    ...timelineCases(event),
    ...timelineCases(event, 'cado-classic'),
    ...timelineCases({ ...event, instant: undefined }),
    ...timelineCases({ ...event, alarms: [{ description: 'odd', severity: 3, helpText: '' }] }),
    ...timelineCases({ ...event, instant: { seconds: -1, nanos: 0 } }),
    ...texts.flatMap((text) => timelineCases({ ...event, short: text, path: text, user: text })),
  ]),
  ...(Object.keys(ownKinds) as OwnKind[]).flatMap((kind) => {
    return casesOf(own(kind), 301 + kinds.indexOf(kind))
  }),
  ...casesOf({ ...own('test'), classId: 'something-new' }, 399),
]

function exampleAlerts(): UsmCase[] {
  const reading = { timezone: 'UTC', dateFormat: 'auto', profile: 'standard' } as const
  const batches = [...readFileOnce(join(root, 'examples', 'alert.csv'), reading)]
  return batches
    .flatMap(({ lines }) => unpackLines(lines.bytes))
    .flatMap(({ cef, ...event }) =>
      lineCases(cef, event, sidOf(splitLine(cef)?.header[4] ?? '', 'alert')),
    )
}

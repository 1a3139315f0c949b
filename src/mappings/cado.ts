/**
 * An event of a forensic timeline → Cado Response's CEF standard:
 *
 *     CEF:0|CadoSecurity|CadoResponse|1.0.2|0|{type}|{severity}| alarm=True evidence_id=2 …
 *
 * Version and class id are those of the sample in Cado's documentation, the same from 2021 on. The
 * product's own version is another by now, but rules match on what the sample has, and what the field
 * means is not said anywhere. Keys, their types and order: `cef/cado.ts`. A key without a value is left out.
 *
 * - **Severity** goes by the worst alarm (`cado-alarm.ts`): Malicious 10, Suspicious 6, any other event 1;
 *   with `severity: verbatim` it is `alarm_severity` itself, 0 without an alarm.
 * - **Alarms**: the worst one gives `alarm_description`, `alarm_severity`, `alarm_help_text` and `msg`. Of
 *   several all are in `CadoResponseAlarmInformation`, as Python prints the list that Cado's API has.
 * - **Text**: `short` is the short one. `msg` is the alarm's; without an alarm it is the whole text
 *   (`message`, else `short`), since a SIEM shows `msg`, and in profile `cado-classic` nothing, since Cado has
 *   `msg` with alarms only. A whole text that none of the two holds is in `CadoResponseMessage`, rather
 *   than in `extra`, which is plaso's attributes by name.
 * - **Time**: `eventTime` is in whole seconds. Profile `cado` adds `rt` in ms, which SIEMs date an event by,
 *   and where there are more digits the time in full in `CadoResponseDateTime`; `cado-classic` has neither. An
 *   event without an instant has none of the three, and is dated by when it was received.
 * - `parent` and `filename_stripped` are made of `filePath` where the row does not have them.
 * - Whatever else a row has goes under its own name where Cado lists it, else under `CadoResponse` and
 *   its name (`file_size`: `CadoResponseFileSize`), in both profiles, so that nothing is lost.
 */
import { cadoKeyNames, cadoKeys, cadoOwn, cadoProduct, cadoVendor } from '../cef/cado.ts'
import type { CadoKey } from '../cef/cado.ts'
import type { CefEvent, CefValue } from '../cef/event.ts'
import type { Alarm, TimelineEvent } from '../timeline/event.ts'
import { isoOf, milliseconds } from '../timeline/instant.ts'
import { pythonText } from '../timeline/python-text.ts'
import { alarmInformation, alarmSeverity, isAlarm, worstAlarm } from './cado-alarm.ts'
import { columnOf, columnText, dateTimeKey } from './cado-column.ts'
import { timelineFields } from './cado-field.ts'
import { parentOf, strippedOf } from './cado-path.ts'
import { compileTimelinePrivacy } from './cado-privacy.ts'
import type { MappingSpec } from './options.ts'
import type { SeveritySubject } from './severity.ts'
import { compileSubject, describeSubject } from './subject.ts'
import type { MappingSubject } from './subject.ts'

export const cadoProfiles = ['cado', 'cado-classic'] as const

export type CadoProfile = (typeof cadoProfiles)[number]

export interface CadoMappingOptions {
  profile: CadoProfile
  severity: 'alarm' | 'verbatim'
  /** ms since 1970: the time of an event that has no instant. */
  receivedAt: number
  /** `eventId` where Cado gave none: stable for the event. */
  id: string
}

type Values = Record<CadoKey, CefValue>

/** `read` is the event before anything of it was hidden: an alarm without its text is one all the same, and
 * as bad. Pure, and never throws. */
export function mapTimelineEvent(
  event: TimelineEvent,
  options: CadoMappingOptions,
  read = event,
): CefEvent {
  const worst = worstAlarm(read)
  const alarm = worst && event.alarms[read.alarms.indexOf(worst)]
  const classic = options.profile === 'cado-classic'
  const values = documentedValues(event, alarm, options.id)
  if (isAlarm(worst)) values.alarm = 'True'
  const others: CefEvent['extension'] = []
  for (const [name, value] of event.other) {
    const { key, otherKey } = columnOf(name)
    if (key !== undefined && values[key] === '') values[key] = columnText(key, value)
    else if (!says(values, name, value)) others.push([otherKey, value])
  }
  if (!classic && values.msg === '') values.msg = event.message || event.short
  if (values.parent === '') values.parent = parentOf(event.path)
  if (values.filename_stripped === '') values.filename_stripped = strippedOf(event.path)
  const time = event.instant && milliseconds(event.instant)
  const extension = inOrder(values)
  if (!classic) addTime(extension, event, time)
  addOwn(extension, event, values)
  for (const pair of others) extension.push(pair)
  return {
    vendor: cadoVendor,
    product: cadoProduct,
    version: '1.0.2',
    classId: '0',
    name: event.type || event.sourcetype || event.source || 'Event',
    severity: alarmSeverity(worst, options.severity),
    extension,
    own: cadoOwn,
    time: time ?? options.receivedAt,
  }
}

/** Pure, and never throws. */
export type TimelineMapper = (event: TimelineEvent, options: CadoMappingOptions) => CefEvent

type Read = (event: TimelineEvent) => string

const severity: SeveritySubject<TimelineEvent, CadoMappingOptions> = {
  conditions: new Map<string, Read>(
    [...new Set([...timelineFields.names, ...cadoKeyNames])].flatMap((name): [string, Read][] =>
      // It is the message's text, or the alarm's.
      name === 'msg' ? [] : [[name, timelineFields.reader(timelineFields.named(name))]],
    ),
  ),
  usual: (event, options) => alarmSeverity(worstAlarm(event), options.severity),
  isAlert: (event) => isAlarm(worstAlarm(event)),
  least: () => 0,
  example: "[{ sourcetype: 'Registry*', filePath: '*\\Run', severity: 8 }]",
}

const subject: MappingSubject<TimelineEvent, CadoMappingOptions> = {
  map: mapTimelineEvent,
  fields: timelineFields,
  own: cadoOwn,
  severity,
  privacy: compileTimelinePrivacy,
}

/** The mapping that a configuration wants. `place` is the option's path. Throws `config` with the full path
 * of what cannot be, and the nearest name that is known. */
export function compileTimelineMapping(
  spec: MappingSpec | undefined,
  place: string,
): TimelineMapper {
  return compileSubject(subject, spec, place)
}

/** Gives what may be shown of an event; undefined where all may be. Throws `config`. */
export function compileTimelineRedaction(spec: MappingSpec | undefined, place: string) {
  return spec && compileTimelinePrivacy(spec.privacy, `${place}.privacy`)
}

/** What a mapping that compiles holds, in a few words, and what in it may not be what was meant. */
export function describeTimelineMapping(spec: MappingSpec): string {
  return describeSubject(subject, spec)
}

/** What the event's own fields say under Cado's keys. All keys are there at once, so that what is set
 * later changes the object's shape no more. */
function documentedValues(event: TimelineEvent, alarm: Alarm | undefined, id: string): Values {
  return {
    alarm: '',
    alarm_description: alarm?.description ?? '',
    alarm_help_text: alarm?.helpText ?? '',
    alarm_severity: alarm?.severity ?? '',
    destination_hostname: '',
    destination_port: '',
    domain: '',
    evidence_id: event.evidenceId ?? '',
    evidence_name: event.evidenceName,
    executed_process: '',
    extra: event.extra,
    file_access: '',
    filename_stripped: '',
    first_day: '',
    format: event.format,
    highlights: '',
    host: event.host,
    inode: event.inode,
    macb: event.macb,
    notes: event.notes,
    parent: '',
    process_arguments: '',
    process_cwd: '',
    query_suggestions: '',
    service_name: '',
    sha256: event.sha256,
    short: event.short,
    source: event.source,
    source_hostname: '',
    source_port: '',
    sourcetype: event.sourcetype,
    super_short: '',
    tag: event.tag,
    type: event.type,
    version: '',
    eventTime: event.instant?.seconds ?? '',
    filePath: event.path,
    eventId: event.eventId.trim() || id,
    suser: event.user,
    isFolder: event.isFolder === undefined ? '' : pythonText(event.isFolder),
    msg: alarm?.description ?? '',
  }
}

function addTime(
  extension: CefEvent['extension'],
  { instant }: TimelineEvent,
  time: number | undefined,
): void {
  if (instant === undefined || time === undefined) return
  extension.push(['rt', time])
  if (instant.nanos % 1_000_000 !== 0) extension.push([dateTimeKey, isoOf(instant)])
}

/** What the standard has no key for. */
function addOwn(
  extension: CefEvent['extension'],
  event: TimelineEvent,
  { msg, short }: Values,
): void {
  const { alarms, message } = event
  if (message !== msg && message !== short) extension.push(['CadoResponseMessage', message])
  if (alarms.length > 1) {
    extension.push(['CadoResponseAlarmInformation', alarmInformation(event)])
  }
}

function inOrder(values: Values): CefEvent['extension'] {
  const extension: CefEvent['extension'] = []
  for (const key of cadoKeyNames) {
    const value = values[key]
    if (value !== '') extension.push([key, value])
  }
  return extension
}

/** Whether the name's key has the value already, as `eventTime` beside a finer `datetime`. */
function says(values: Values, name: string, value: string): boolean {
  return Object.hasOwn(cadoKeys, name) && String(values[name as CadoKey]) === value
}

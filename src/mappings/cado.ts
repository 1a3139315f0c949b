/**
 * An event of a forensic timeline → Cado Response's CEF standard:
 *
 *     CEF:0|CadoSecurity|CadoResponse|1.0.2|0|{type}|{severity}| alarm=True evidence_id=2 …
 *
 * Version and class id are those of the sample in Cado's documentation, the same from 2021 on. The
 * product's own version is another by now, but rules match on what the sample has, and what the field
 * means is not said anywhere. Keys, their types and order: `cef/cado.ts`. A key without a value is left out.
 *
 * - **Severity** goes by the worst alarm (`cado-alarm.ts`): Malicious 10, Suspicious 6, any other 1, none 0;
 *   with `severity: verbatim` it is `alarm_severity` as it is.
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
import { cadoKeys, cadoOtherKey, cadoOwn, cadoProduct, cadoVendor } from '../cef/cado.ts'
import type { CadoKey } from '../cef/cado.ts'
import type { CefEvent, CefValue } from '../cef/event.ts'
import type { Alarm, TimelineEvent } from '../timeline/event.ts'
import { isoOf, milliseconds } from '../timeline/instant.ts'
import { pythonText } from '../timeline/python-text.ts'
import { alarmInformation, alarmSeverity, isAlarm, worstAlarm } from './cado-alarm.ts'
import { timelineFields } from './cado-field.ts'
import { compileTimelinePrivacy } from './cado-privacy.ts'
import { folderOf } from './netwrix-names.ts'
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

const order = Object.keys(cadoKeys) as CadoKey[]

/** Names that a column of a row may have to go out under its own, where the event has nothing there.
 * What is a number for whoever reads Cado's events comes from the event's fields alone. */
const keyOfName = new Map<string, CadoKey>(
  order.filter((key) => cadoKeys[key] !== 'integer').map((key) => [key, key]),
)

type Values = Partial<Record<CadoKey, CefValue>>

/** Pure, and never throws. */
export function mapTimelineEvent(event: TimelineEvent, options: CadoMappingOptions): CefEvent {
  const alarm = worstAlarm(event)
  const classic = options.profile === 'cado-classic'
  const values = documentedValues(event, alarm, options.id)
  const others: CefEvent['extension'] = []
  for (const [name, value] of event.other) {
    const key = keyOfName.get(name)
    if (key !== undefined && isNone(values[key])) values[key] = value
    else if (!says(values, name, value)) others.push([cadoOtherKey(name), value])
  }
  if (!classic && isNone(values.msg)) values.msg = event.message || event.short
  if (isNone(values.parent)) values.parent = parentOf(event.path)
  if (isNone(values.filename_stripped)) {
    values.filename_stripped = event.path.replace(/[\\/]+/g, ' ')
  }
  const time = event.instant && milliseconds(event.instant)
  return {
    vendor: cadoVendor,
    product: cadoProduct,
    version: '1.0.2',
    classId: '0',
    name: event.type || event.sourcetype || event.source || 'Event',
    severity: alarmSeverity(alarm, options.severity),
    extension: [
      ...inOrder(values),
      ...(classic ? [] : timeKeys(event, time)),
      ...ownKeys(event, values),
      ...others,
    ],
    own: cadoOwn,
    time: time ?? options.receivedAt,
  }
}

/** Pure, and never throws. */
export type TimelineMapper = (event: TimelineEvent, options: CadoMappingOptions) => CefEvent

type Read = (event: TimelineEvent) => string

const severity: SeveritySubject<TimelineEvent, CadoMappingOptions> = {
  conditions: new Map<string, Read>(
    [...new Set([...timelineFields.names, ...order])].flatMap((name): [string, Read][] =>
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

/** What the event's own fields say under Cado's keys. */
function documentedValues(event: TimelineEvent, alarm: Alarm | undefined, id: string): Values {
  return {
    ...alarmValues(alarm),
    evidence_id: event.evidenceId ?? '',
    evidence_name: event.evidenceName,
    extra: event.extra,
    format: event.format,
    host: event.host,
    inode: event.inode,
    macb: event.macb,
    notes: event.notes,
    sha256: event.sha256,
    short: event.short,
    source: event.source,
    sourcetype: event.sourcetype,
    tag: event.tag,
    type: event.type,
    eventTime: event.instant?.seconds ?? '',
    filePath: event.path,
    eventId: event.eventId.trim() || id,
    suser: event.user,
    isFolder: event.isFolder === undefined ? '' : pythonText(event.isFolder),
  }
}

function alarmValues(alarm: Alarm | undefined): Values {
  if (alarm === undefined) return {}
  return {
    alarm: isAlarm(alarm) ? 'True' : '',
    alarm_description: alarm.description,
    alarm_severity: alarm.severity ?? '',
    alarm_help_text: alarm.helpText,
    msg: alarm.description,
  }
}

function timeKeys(event: TimelineEvent, time: number | undefined): CefEvent['extension'] {
  if (event.instant === undefined || time === undefined) return []
  const keys: CefEvent['extension'] = [['rt', time]]
  if (event.instant.nanos % 1_000_000 !== 0) {
    keys.push(['CadoResponseDateTime', isoOf(event.instant)])
  }
  return keys
}

/** What the standard has no key for. */
function ownKeys(event: TimelineEvent, { msg, short }: Values): CefEvent['extension'] {
  const { alarms, message } = event
  const keys: CefEvent['extension'] = []
  if (message !== msg && message !== short) keys.push(['CadoResponseMessage', message])
  if (alarms.length > 1) keys.push(['CadoResponseAlarmInformation', alarmInformation(event)])
  return keys
}

function inOrder(values: Values): CefEvent['extension'] {
  const extension: CefEvent['extension'] = []
  for (const key of order) {
    const value = values[key]
    if (value !== undefined && value !== '') extension.push([key, value])
  }
  return extension
}

/** Whether the name's key has the value already, as `eventTime` beside a finer `datetime`. */
function says(values: Values, name: string, value: string): boolean {
  return Object.hasOwn(cadoKeys, name) && String(values[name as CadoKey]) === value
}

function isNone(value: CefValue | undefined): boolean {
  return value === undefined || value === ''
}

/** The folder that a path is in; that of `/a` is `/`, and of `C:\a` it is `C:\`. */
function parentOf(path: string): string {
  const folder = folderOf(path)
  const isRoot = folder === '' || /^[A-Za-z]:$/.test(folder)
  const separator = path.charAt(folder.length)
  return isRoot && /[\\/]/.test(separator) && path.length > folder.length + 1
    ? folder + separator
    : folder
}

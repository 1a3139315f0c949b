/**
 * Cado's fields by all the names that they are known by: of the API's event object, of its CEF standard
 * (eventTime, filePath, suser) and of plaso's outputs. Capitals, blanks and underscores do not count:
 * `is_folder`, `isFolder` and `Is Folder` are one.
 *
 * Nothing is lost: a name that is not known goes to `other` as it is, and so does a value whose place
 * another name has filled with a different one (`filename` beside `full_filename`, say). Which of them fills
 * it is told by their order in the row.
 */
import {
  setAlarmDescription,
  setAlarmFlag,
  setAlarmHelp,
  setAlarms,
  setAlarmSeverity,
} from './alarms.ts'
import { flagOf, tagsOf, textOf, wholeOf } from './cell-value.ts'
import { pathOf } from './display-name.ts'
import type { TimelineEvent } from './event.ts'
import type { Instant } from './instant.ts'
import { instantOfText, instantOfUnix } from './instant.ts'

/** Puts a value into its place. `name` is the field's as the row has it. Throws an Error, whose message
 * goes on after the value, for one that cannot be. */
export type FieldSetter = (
  event: TimelineEvent,
  value: unknown,
  timezone: string,
  name: string,
) => void

type TextKey = {
  [Key in keyof TimelineEvent]: TimelineEvent[Key] extends string ? Key : never
}[keyof TimelineEvent]

/** The setter of a field of this name. It expects a value that is not empty. */
export function fieldOf(name: string): FieldSetter {
  let setter = setters.get(name)
  if (!setter) {
    const bare = name.toLowerCase().replace(/[^a-z0-9]/g, '')
    setter = (Object.hasOwn(fields, bare) ? fields[bare] : undefined) ?? setOther
    if (setters.size >= mostNames) setters.clear()
    setters.set(name, setter)
  }
  return setter
}

/** By the name as it is written. Names come from files, so this is bounded. */
const setters = new Map<string, FieldSetter>()
const mostNames = 1024

/** Whatever has no place of its own. */
export const setOther: FieldSetter = (event, value, _timezone, name) => {
  event.other.push([name, textOf(value)])
}

function text(key: TextKey, toText: (value: unknown) => string = textOf): FieldSetter {
  return (event, value, _timezone, name) => {
    const given = toText(value)
    if (event[key] === '') event[key] = given
    else if (event[key] !== given) event.other.push([name, given])
  }
}

/** Of two times in the same second the one with a fraction is taken, whatever their order: `eventTime`
 * has whole seconds. */
function time(read: (value: unknown, timezone: string) => Instant | undefined): FieldSetter {
  return (event, value, timezone, name) => {
    const given = read(value, timezone)
    if (!given) return
    const { instant } = event
    const isFiner = instant?.nanos === 0 && instant.seconds === given.seconds
    if (!instant || isFiner) event.instant = given
    else if (!same(given, instant)) event.other.push([name, textOf(value)])
  }
}

/** The last second of the year 9999. */
const lastSecond = 253_402_300_799

/** Cado's standard says seconds; what would be no time then is read as any other is. */
function instantOfSeconds(value: unknown, timezone: string): Instant | undefined {
  const written = typeof value === 'number' ? value : textOf(value).trim()
  const isSeconds = Math.abs(Number(written)) <= lastSecond
  return isSeconds ? instantOfUnix(written, 'seconds') : instantOf(value, timezone)
}

/** ISO 8601, or Unix time whose unit is told by its size. */
function instantOf(value: unknown, timezone: string): Instant | undefined {
  if (typeof value === 'number') return instantOfUnix(value, 'guess')
  const written = textOf(value).trim()
  const isUnix = /^[+-]?\d+(\.\d*)?$/.test(written)
  return isUnix ? instantOfUnix(written, 'guess') : instantOfText(written, timezone)
}

function same(one: Instant, other: Instant): boolean {
  return one.seconds === other.seconds && one.nanos === other.nanos
}

const setEvidenceId: FieldSetter = (event, value) => {
  event.evidenceId = wholeOf(value)
}

const setFolder: FieldSetter = (event, value) => {
  event.isFolder = flagOf(value)
}

const setInstant: FieldSetter = time(instantOf)
const setHash: FieldSetter = text('sha256')
const setPath: FieldSetter = text('path', (value) => pathOf(textOf(value)))
const setType: FieldSetter = text('type')
const setSourcetype: FieldSetter = text('sourcetype')
const setMessage: FieldSetter = text('message')

/** By the name in small letters and digits. */
const fields: Partial<Record<string, FieldSetter>> = {
  timestamp: setInstant,
  datetime: setInstant,
  eventtime: time(instantOfSeconds),
  source: text('source'),
  sourceshort: text('source'),
  sourcetype: setSourcetype,
  sourcelong: setSourcetype,
  type: setType,
  timestampdesc: setType,
  macb: text('macb'),
  user: text('user'),
  username: text('user'),
  suser: text('user'),
  host: text('host'),
  hostname: text('host'),
  short: text('short'),
  messageshort: text('short'),
  message: setMessage,
  desc: setMessage,
  msg: setMessage,
  filename: setPath,
  filepath: setPath,
  fullfilename: setPath,
  displayname: setPath,
  inode: text('inode'),
  notes: text('notes'),
  format: text('format'),
  parser: text('format'),
  extra: text('extra'),
  tag: text('tag', tagsOf),
  sha256: setHash,
  sha256hash: setHash,
  evidenceid: setEvidenceId,
  evidencename: text('evidenceName'),
  id: text('eventId'),
  eventid: text('eventId'),
  isfolder: setFolder,
  alarminformation: setAlarms,
  alarm: setAlarmFlag,
  alarmdescription: setAlarmDescription,
  alarmseverity: (event, value, _timezone, name) => setAlarmSeverity(event, value, name),
  alarmhelptext: (event, value, _timezone, name) => setAlarmHelp(event, value, name),
}

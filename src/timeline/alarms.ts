/**
 * Alarms of a Cado event, which has them in two forms: the list `alarm_information` of the API, and
 * the flat keys of the standard (`alarm`, `alarm_description`, `alarm_severity`, `alarm_help_text`), which
 * tell of one of them. Where an event has both, they are joined by the description, in any order.
 */
import { flagOf, isEmpty, isRecord, parsed, tagsOf, textOf, wholeOf } from './cell-value.ts'
import type { Alarm, TimelineEvent } from './event.ts'

/**
 * Adds the alarms of `alarm_information`: a list of maps or a map, also as JSON or Python text in a
 * cell; any other text is an alarm's description. What an `Alarm` has no room for is kept in `other`:
 * the techniques of MITRE as `alarm_attack`, and the whole as `alarm_information` where it has
 * matches (`extra`). Throws an Error, whose message goes on after the value, for a severity that is none.
 */
export function setAlarms(event: TimelineEvent, value: unknown): void {
  const whole = parsed(value)
  const list = Array.isArray(whole) ? whole : isEmpty(whole) ? [] : [whole]
  const attacks: string[] = []
  let hasMore = false
  for (const entry of list) {
    const given: Record<string, unknown> = isRecord(entry) ? entry : { description: entry }
    const { description, severity, help_text: help, attack, extra, ...rest } = given
    addAlarm(event.alarms, {
      description: textOf(description),
      severity: wholeOf(severity),
      helpText: textOf(help),
    })
    const names = tagsOf(attack)
    if (names !== '' && !attacks.includes(names)) attacks.push(names)
    const matches = Array.isArray(extra) ? extra.length > 0 : !isEmpty(extra)
    hasMore ||= matches || Object.values(rest).some((value) => !isEmpty(value))
  }
  if (event.alarms.length > 0) takeWaiting(event)
  if (attacks.length > 0) event.other.push(['alarm_attack', attacks.join(', ')])
  if (hasMore) event.other.push(['alarm_information', textOf(whole)])
}

/** The flat `alarm`: one whose description may come yet. */
export function setAlarmFlag(event: TimelineEvent, value: unknown): void {
  if (flagOf(value) !== true) return
  if (event.alarms.length === 0) event.alarms.push(noAlarm())
  takeWaiting(event)
}

export function setAlarmDescription(event: TimelineEvent, value: unknown): void {
  addAlarm(event.alarms, { ...noAlarm(), description: textOf(value) })
  takeWaiting(event)
}

export function setAlarmSeverity(event: TimelineEvent, value: unknown, name: string): void {
  const severity = wholeOf(value)
  if (severity === undefined) return
  const first = event.alarms[0]
  // An event without an alarm may have Cado's 10, "other": that alone makes none.
  if (!first && severity < otherSeverity) event.alarms.push({ ...noAlarm(), severity })
  else if (first && first.severity === undefined) first.severity = severity
  else if (!event.alarms.some((alarm) => alarm.severity === severity)) {
    event.other.push([name, textOf(value)])
  }
}

export function setAlarmHelp(event: TimelineEvent, value: unknown, name: string): void {
  const helpText = textOf(value)
  const first = event.alarms[0]
  if (first?.helpText === '') first.helpText = helpText
  else if (!event.alarms.some((alarm) => alarm.helpText === helpText)) {
    event.other.push([name, helpText])
  }
}

const otherSeverity = 10

/** Severity and help text that came before there was an alarm wait in `other`. */
function takeWaiting(event: TimelineEvent): void {
  const waiting = event.other.splice(0)
  for (const [name, value] of waiting) {
    const bare = name.toLowerCase().replace(/[^a-z]/g, '')
    if (bare === 'alarmseverity') setAlarmSeverity(event, value, name)
    else if (bare === 'alarmhelptext') setAlarmHelp(event, value, name)
    else event.other.push([name, value])
  }
}

function noAlarm(): Alarm {
  return { description: '', severity: undefined, helpText: '' }
}

/** Alarms of an event that another one is compared with: comparing all would take hours for a list of
 * a million, which a row has room for. */
const mostCompared = 1000

/** One of the same description, or one that has none yet, is completed; else it is another. */
function addAlarm(alarms: Alarm[], added: Alarm): void {
  const same = alarms.slice(0, mostCompared).find((alarm) => {
    return (
      (alarm.description === added.description || alarm.description === '') &&
      (alarm.severity === undefined ||
        added.severity === undefined ||
        alarm.severity === added.severity) &&
      (alarm.helpText === '' || added.helpText === '' || alarm.helpText === added.helpText)
    )
  })
  if (!same) {
    alarms.push(added)
    return
  }
  same.description ||= added.description
  same.severity ??= added.severity
  same.helpText ||= added.helpText
}

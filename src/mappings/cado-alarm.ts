/**
 * The alarms of a timeline's event, on whose scale lower is worse (Malicious 1, Suspicious 3, Other 10), as
 * CEF has them: the worst one of them, and a severity on which higher is worse.
 */
import type { Alarm, TimelineEvent } from '../timeline/event.ts'
import { pythonText } from '../timeline/python-text.ts'

/** The lowest number; of alarms that are alike the first. */
export function worstAlarm({ alarms }: TimelineEvent): Alarm | undefined {
  let worst: Alarm | undefined
  for (const alarm of alarms) if (worst === undefined || rank(alarm) < rank(worst)) worst = alarm
  return worst
}

/** Whether an event has an alarm. A row may say severity 10 ("other") where it has none: 10 without a
 * text is not called one. */
export function isAlarm(alarm: Alarm | undefined): boolean {
  return alarm !== undefined && !(alarm.description === '' && (alarm.severity ?? 0) >= 10)
}

/**
 * `alarm`: Malicious 10, Suspicious 6, any other event 1, with an alarm or without. An alarm without a
 * number is told by how its text begins, and is Suspicious where that says nothing: it is an alarm, and
 * must not be lost among the rest. `verbatim`: the alarm's number, as near as 0 to 10 come to it; 0 where
 * there is none.
 */
export function alarmSeverity(alarm: Alarm | undefined, by: 'alarm' | 'verbatim'): number {
  if (by === 'verbatim') return Math.min(10, Math.max(0, alarm?.severity ?? 0))
  if (alarm === undefined) return 1
  const worse = rank(alarm)
  return worse <= 1 ? 10 : worse <= 3 ? 6 : 1
}

/** All alarms in the form that Cado's API has them in, as Python prints it. */
export function alarmInformation({ alarms }: TimelineEvent): string {
  return pythonText(
    alarms.map(({ description, severity, helpText }) => ({
      description,
      severity: severity ?? null,
      ...(helpText === '' ? {} : { help_text: helpText }),
    })),
  )
}

/** Cado's number, or what the text says in its place. */
function rank({ severity, description }: Alarm): number {
  return severity ?? (/^malicious\b/i.test(description) ? 1 : 3)
}

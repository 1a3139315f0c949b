/**
 * What the Integration API can filter by: names, operators, lengths, forms of time. Source: Netwrix,
 * "Filters" and "Filter Operators".
 */
import { parseDateTime } from './date-time.ts'

export interface FilterField {
  kind: 'text' | 'moment' | 'time-of-day'
  /** The API's default first. */
  operators: readonly string[]
  /** Characters at most. */
  longest?: number
}

const ofText = ['Contains', 'DoesNotContain', 'Equals', 'NotEqualTo', 'StartsWith', 'EndsWith']
const ofChoice = ['Equals', 'NotEqualTo']
/** nvarchar(max) and ntext, as the documentation counts them. */
const max = 1_073_741_822
const halfMax = 536_870_911

const text = (longest: number, ...more: string[]): FilterField => {
  return { kind: 'text', operators: [...ofText, ...more], longest }
}

export const fields: Readonly<Record<string, FilterField>> = {
  RID: text(49),
  Who: text(255, 'InGroup', 'NotInGroup'),
  Where: text(255),
  ObjectType: text(255),
  MonitoringPlan: text(255),
  What: text(max),
  DataSource: text(max),
  Item: text(max),
  Workstation: text(max),
  Detail: text(max),
  Before: text(halfMax),
  After: text(halfMax),
  Action: { kind: 'text', operators: ofChoice },
  When: { kind: 'moment', operators: ofChoice },
  WorkingHours: { kind: 'time-of-day', operators: ofChoice },
}

/** Ranges of `When` that have a name. */
export const periods: readonly string[] = ['Today', 'Yesterday', 'LastSevenDays', 'LastThirtyDays']

export const knownActions: readonly string[] = [
  ...['Add', 'Remove', 'Modify', 'Read', 'Move', 'Rename'].map(
    (verb) => `${verb} (Failed Attempt)`,
  ),
  ...['Added', 'Removed', 'Modified', 'Read', 'Moved', 'Renamed', 'Copied', 'Sent', 'Activated'],
  ...['Checked in', 'Checked out', 'Discard check out', 'Session start', 'Session end'],
  ...['Successful Logon', 'Failed Logon', 'Logoff'],
]

/** ms since 1970 of a moment as the API takes it: whole seconds, with a zone; undefined for others. */
export function moment(value: string): number | undefined {
  return /T\d\d:\d\d:\d\d(Z|[+-](0\d|1[0-4]):[0-5]\d)$/.test(value)
    ? parseDateTime(value)
    : undefined
}

/** `08:00:00Z`, `08:00:00+02:00`. */
export function isTimeOfDay(value: string): boolean {
  return /^([01]\d|2[0-3]):[0-5]\d:[0-5]\d(Z|[+-]([01]\d|2[0-3]):[0-5]\d)$/.test(value)
}

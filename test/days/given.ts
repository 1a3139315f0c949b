/**
 * What happens at a made-up Netwrix Auditor in some days: of each day's records 40 % raise an alert,
 * half of them pushed and half dropped; 60 % are polled, among them one of five of those that raised
 * an alert. Record n is always the same.
 */
import { activityRecord } from '../helpers/activity-records.ts'
import type { ActivityRecordJson } from '../helpers/activity-records.ts'

export interface Days {
  days: number
  /** Deliveries a day, over all three ways; a multiple of 100. */
  perDay: number
}

const firstDay = Date.UTC(2026, 10, 1)
const dayLength = 24 * 60 * 60_000
const columns = ['RID', 'When', 'Who', 'Action', 'ObjectType', 'What', 'Where', 'DataSource']

export const alertsOf = ({ perDay }: Days): number => perDay * 0.4
export const polledOf = ({ perDay }: Days): number => perDay * 0.6
/** Alerts of a day whose record is polled too. */
export const bothOf = (given: Days): number => alertsOf(given) / 5

/** Alert `index` (from 0) of a day. */
export function alert(given: Days, day: number, index: number): ActivityRecordJson {
  return record(given, day, index)
}

/** Polled record `index` (from 0) over all days: each day begins with those that raised an alert. */
export function polled(given: Days, index: number): ActivityRecordJson {
  const day = Math.floor(index / polledOf(given))
  const place = index % polledOf(given)
  const both = bothOf(given)
  return record(given, day, place < both ? place * 5 : alertsOf(given) + place - both)
}

/** Alerts `[from, to)` of a day as Netwrix writes them for its response action. */
export function alertFile(given: Days, day: number, from: number, to: number): string {
  const lines = [columns.join('\t')]
  for (let index = from; index < to; index += 1) {
    const values = alert(given, day, index)
    lines.push(columns.map((name) => values[name]).join('\t'))
  }
  return `${lines.join('\r\n')}\r\n`
}

function record(given: Days, day: number, place: number): ActivityRecordJson {
  const { perDay } = given
  const time = firstDay + day * dayLength + Math.floor((place / perDay) * dayLength)
  return activityRecord(day * perDay + place, time)
}

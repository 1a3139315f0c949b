/**
 * A time in three cells, as l2tcsv has it: `01/22/2012`, `07:52:33`, `UTC`. Other makers of the format
 * write ISO 8601 into them: a date `2012-01-22` beside the time, or all of it in the cell of the date.
 */
import { error } from '../error.ts'
import type { Instant } from './instant.ts'
import { clockAt, digits, instantOfText, instantOfWall, nanosOf } from './instant.ts'
import { daysOf, wallOf } from './wall-clock.ts'

const slash = 0x2f

/** Undefined: no time (`00/00/0000`, `--:--:--`). Throws `date`, whose message goes on after the value. */
export function instantOfDateAndTime(
  date: string,
  time: string,
  zone: string,
  timezone: string,
): Instant | undefined {
  if (!isPlasoDate(date)) return instantOfIsoCells(date.trim(), time.trim(), zone.trim(), timezone)
  const year = digits(date, 6, 4)
  const month = digits(date, 0, 2)
  const day = digits(date, 3, 2)
  if ((year === 0 && month === 0 && day === 0) || time === '--:--:--') return undefined
  const isWhole = time.length === 8 || (time.length > 9 && time.charAt(8) === '.')
  const wall = wallOf(daysOf(year, month, day), clockAt(time, 0))
  const nanos = time.length === 8 ? 0 : nanosOf(time, 9, time.length)
  if (!isWhole || Number.isNaN(wall) || Number.isNaN(nanos)) {
    throw error('date', 'is not a time; l2tcsv has it as 01/22/2012 07:52:33', { permanent: true })
  }
  return instantOfWall(wall, nanos, zone, timezone)
}

/** `MM/DD/YYYY`. */
export function isPlasoDate(date: string): boolean {
  return date.length === 10 && date.charCodeAt(2) === slash && date.charCodeAt(5) === slash
}

function instantOfIsoCells(
  date: string,
  time: string,
  zone: string,
  timezone: string,
): Instant | undefined {
  const isWhole = date.length > 10 || time === '' || time === '-' || time === '--:--:--'
  const text = isWhole ? date : `${date}T${time}`
  const hasZone = /[Zz+A-Z-]/.test(text.slice(16))
  const isBare = text.length <= 10 || hasZone || zone === '' || zone === '-'
  return instantOfText(isBare ? text : `${text} ${zone}`, timezone)
}

/**
 * The dates of an alert's CSV. Netwrix does not say how they are written there; its API writes
 * ISO 8601, its event log text `MM/dd/yyyy HH:mm:ss a`, and a Windows server writes them as its
 * culture does. So these are read:
 *
 * - ISO 8601, `T` or a blank before the time; `yyyy/MM/dd` too
 * - `dd.MM.yyyy`: wherever dots are used, the day comes first
 * - `M/d/yyyy` and `d/M/yyyy` (or with `-`), 24 hours or AM/PM
 *
 * each with a fraction (digits after the third are cut) and with `Z`, `UTC`, `GMT` or an offset, or
 * without: then the configured time zone counts (`zone.ts` says what happens when clocks change). A
 * date without a time is its midnight.
 *
 * A date that could be both `M/d` and `d/M` is refused, never guessed, unless the configuration says
 * which it is. So `03/04/2026` needs `dateFormat`, while `03/28/2026` and `04/04/2026` do not.
 */
import type { FromLocal } from '../io/local-time.ts'
import { fromZone } from '../io/local-time.ts'

export type DateFormat = 'auto' | 'month-first' | 'day-first'

/** ms since 1970; or, as text, what is wrong with it and what would be right. */
export type ReadDate = (text: string) => number | string

const time = /(?:[T ]+(\d{1,2}):(\d\d)(?::(\d\d)(?:[.,](\d{1,9})\d*)?)?)?/
const half = /(?:[ \u00a0\u202f]*([AaPp])\.?[Mm]\.?)?/
const zone = / ?(Z|z|UTC|GMT|[+-]\d\d:?\d\d)?/
const rest = `${time.source}${half.source}${zone.source}$`

const yearFirst = new RegExp(`^(\\d{4})([-/])(\\d\\d?)\\2(\\d\\d?)${rest}`)
const yearLast = new RegExp(`^(\\d\\d?)([./-])(\\d\\d?)\\2(\\d{4}),?${rest}`)

/** Throws `config` when `timezone` is no IANA name. */
export function dateReader(timezone: string, format: DateFormat): ReadDate {
  const fromLocal = fromZone(timezone)
  const read = (text: string): number | string => {
    let found = yearFirst.exec(text)
    if (found)
      return instant(found, Number(found[1]), Number(found[3]), Number(found[4]), fromLocal)
    found = yearLast.exec(text)
    if (!found) return 'is not a date; 2026-03-28T14:01:48Z would be one'
    const first = Number(found[1])
    const second = Number(found[3])
    const order = found[2] === '.' ? 'day-first' : orderOf(first, second, format)
    if (order === undefined) {
      return 'may be month/day or day/month; set dateFormat to month-first or day-first'
    }
    const [month, day] = order === 'month-first' ? [first, second] : [second, first]
    return instant(found, Number(found[4]), month, day, fromLocal)
  }
  // Alerts come in bursts: many rows have the same second, and nearly all the same day.
  let last: { text: string; result: number | string } = { text: '', result: read('') }
  let day = { text: 'none', midnight: 0 }
  return (text) => {
    if (text === last.text) return last.result
    const clock = clockOf(text)
    if (clock !== undefined && text.startsWith(day.text)) return day.midnight + clock
    last = { text, result: read(text.trim()) }
    if (clock !== undefined && typeof last.result === 'number') {
      day = { text: text.slice(0, 11), midnight: last.result - clock }
    }
    return last.result
  }
}

/** The time of day (ms) of `yyyy-MM-ddTHH:mm:ssZ`, the form that the API has; of no other. */
function clockOf(text: string): number | undefined {
  if (text.length !== 20 || text.charAt(10) !== 'T' || text.charAt(19) !== 'Z') return undefined
  if (text.charAt(13) !== ':' || text.charAt(16) !== ':') return undefined
  const hour = twoDigits(text, 11)
  const minute = twoDigits(text, 14)
  const second = twoDigits(text, 17)
  // Not a number fails each comparison.
  return hour < 24 && minute < 60 && second < 60
    ? (hour * 3600 + minute * 60 + second) * 1000
    : undefined
}

function twoDigits(text: string, at: number): number {
  const tens = text.charCodeAt(at) - 48
  const ones = text.charCodeAt(at + 1) - 48
  return tens >= 0 && tens <= 9 && ones >= 0 && ones <= 9 ? tens * 10 + ones : NaN
}

function orderOf(
  first: number,
  second: number,
  format: DateFormat,
): 'month-first' | 'day-first' | undefined {
  if (format !== 'auto') return format
  if (first > 12) return 'day-first'
  return second > 12 || first === second ? 'month-first' : undefined
}

function instant(
  found: RegExpExecArray,
  year: number,
  month: number,
  day: number,
  fromLocal: FromLocal,
): number | string {
  const [, , , , , hourText, minute = '0', second = '0', fraction = '', halfText, zoneText] = found
  const hour = hourOf(Number(hourText ?? '0'), halfText)
  const midnight = Date.UTC(year, month - 1, day)
  const date = new Date(midnight)
  if (year < 1970 || date.getUTCMonth() !== month - 1 || date.getUTCDate() !== day) {
    return 'is a day that does not exist, or before 1970; dateFormat may be the wrong way round'
  }
  if (hour === undefined || hour > 23 || Number(minute) > 59 || Number(second) > 59) {
    return 'has a time of day that does not exist'
  }
  const local =
    midnight +
    hour * 3_600_000 +
    Number(minute) * 60_000 +
    Number(second) * 1000 +
    Number(fraction.slice(0, 3).padEnd(3, '0'))
  return zoneText === undefined ? fromLocal(local) : local - offsetOf(zoneText)
}

/** 12 AM is midnight. `14:05 PM`, which one of Netwrix's own texts has, is 14:05. */
function hourOf(hour: number, halfOfDay: string | undefined): number | undefined {
  if (halfOfDay === undefined) return hour
  if (halfOfDay.toLowerCase() === 'p') return hour < 12 ? hour + 12 : hour
  return hour === 12 ? 0 : hour < 12 ? hour : undefined
}

/** Milliseconds east of Greenwich. */
function offsetOf(text: string): number {
  if (!/^[+-]/.test(text)) return 0
  const minutes = Number(text.slice(1, 3)) * 60 + Number(text.slice(-2))
  return (text.startsWith('-') ? -1 : 1) * minutes * 60_000
}

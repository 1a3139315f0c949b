/**
 * A point in time as timelines have it: whole seconds since 1970 (UTC), below zero before it, and what
 * is left in nanoseconds. A number of milliseconds could not hold the seven digits of an NTFS time.
 *
 * "No time" is undefined, and never 1970: empty, plaso's words (`Not a time`, `Not set`), dates of
 * zeros, and the zero of Unix (1970-01-01T00:00:00) and of Windows (1601-01-01T00:00:00), which
 * stand for a time that was not set wherever a timeline has them. A second later or a digit more
 * is a time. Times from year 1 to 9999 are kept; others are errors.
 * Errors are of code `date`.
 */
import { error } from '../error.ts'
import { clockOf, daysOf, fromWall, wallOf } from './wall-clock.ts'

export interface Instant {
  /** Whole, rounded down: half a second before 1970 is -1 with 500,000,000 nanoseconds. */
  seconds: number
  /** 0 to 999,999,999. */
  nanos: number
}

/** What a number of Unix time counts; `guess` tells by its size, as Timesketch does: above 1e17
 * nanoseconds, above 1e14 microseconds, above 1e11 milliseconds, else seconds. */
export type UnixUnit = 'seconds' | 'milliseconds' | 'microseconds' | 'guess'

/** Seconds of 1601-01-01, 0001-01-01 and 9999-12-31T23:59:59. */
const windowsZero = -11_644_473_600
const earliest = -62_135_596_800
const latest = 253_402_300_799

const noTime = new Set(
  [
    ['', '-', '0', 'none', 'null', 'nan', 'nat', 'n/a'],
    ['not a time', 'not set', 'invalid', 'error', 'never', 'unknown'],
    ['00/00/0000', '--:--:--', '00/00/0000 --:--:--'],
  ].flat(),
)

/** ms since 1970, rounded down. */
export function milliseconds({ seconds, nanos }: Instant): number {
  return seconds * 1000 + Math.floor(nanos / 1_000_000)
}

/** ISO 8601 in UTC with as many digits as there are: `2013-12-03T06:30:41.8079077Z`. */
export function isoOf({ seconds, nanos }: Instant): string {
  const whole = new Date(seconds * 1000).toISOString().slice(0, -5)
  const fraction = nanos === 0 ? '' : `.${String(nanos).padStart(9, '0').replace(/0+$/, '')}`
  return `${whole}${fraction}Z`
}

/**
 * ISO 8601 as timelines write it: a date alone (its midnight), or with a time behind `T` or a blank,
 * with any number of digits behind the second (after nine they are cut), and with a zone as
 * `wall-clock.ts` has them; without one in `timezone`. Undefined: no time. Throws an Error, whose
 * message goes on after the value, for what is no time.
 */
export function instantOfText(text: string, timezone: string): Instant | undefined {
  const year = digits(text, 0, 4)
  const isDate = text.charCodeAt(4) === dash && text.charCodeAt(7) === dash
  if (!isDate || Number.isNaN(year)) return noTimeOf(text)
  const month = digits(text, 5, 2)
  const day = digits(text, 8, 2)
  if (year === 0 && month === 0 && day === 0) return undefined
  const days = daysOf(year, month, day)
  const clock = text.length === 10 ? 0 : clockAt(text, 11)
  const between = text.length === 10 ? 0x54 : text.charCodeAt(10)
  const isTime = !Number.isNaN(days + clock)
  if (!isTime || !(between === 0x54 || between === 0x74 || between === blank)) throw notATime()
  return timeAt(wallOf(days, clock), text, 16, timezone)
}

/** A date and a clock, `wall` being their seconds, with the rest of the clock, `:33.1234567 CET`, being
 * what `text` has from `at` on; `:33` is in `wall` already. */
function timeAt(wall: number, text: string, at: number, timezone: string): Instant | undefined {
  if (at >= text.length) return instantOfWall(wall, 0, '', timezone)
  const afterSeconds = text.charCodeAt(at) === colon ? at + 3 : at
  const afterFraction = fractionEnd(text, afterSeconds)
  // A fraction of a minute, which ISO 8601 has as well, would be read as one of a second.
  if (afterSeconds === at && afterFraction > at) throw notATime()
  const nanos = nanosOf(text, afterSeconds + 1, afterFraction)
  return instantOfWall(wall, nanos, text.slice(afterFraction).trim(), timezone)
}

/** The instant at which the clocks of the zone of that name (`''` and `-`: of `timezone`) show this
 * wall clock: seconds as if it were in UTC. Undefined and errors: as for `instantOfText`. */
export function instantOfWall(
  wall: number,
  nanos: number,
  zone: string,
  timezone: string,
): Instant | undefined {
  // A zero is printed as it is by programs that do not know the zone of what they print.
  if (nanos === 0 && (wall === 0 || wall === windowsZero)) return undefined
  return checked(fromWall(wall, zone, timezone), nanos)
}

/** A number of Unix time, or a decimal text, whose digits are kept. Undefined and errors: as for
 * `instantOfText`. */
export function instantOfUnix(text: string | number, unit: UnixUnit): Instant | undefined {
  if (typeof text === 'number' && unit === 'seconds' && Number.isInteger(text)) {
    return checked(text, 0)
  }
  const written = typeof text === 'number' ? decimal(text) : text.trim()
  const whole = unit === 'seconds' && written !== '' ? digits(written, 0, written.length) : NaN
  return Number.isNaN(whole) ? instantOfDecimal(written, unit) : checked(whole, 0)
}

function instantOfDecimal(written: string, unit: UnixUnit): Instant | undefined {
  if (!isDecimal(written)) return noTimeOf(written)
  const isNegative = written.startsWith('-')
  const unsigned = /^[+-]/.test(written) ? written.slice(1) : written
  const [whole = '', fraction = ''] = unsigned.split('.')
  const shift = shiftOf(unit, Number(whole))
  // The point is moved in the text: as a number the last digits of nanoseconds would be lost.
  const padded = whole.padStart(shift + 1, '0')
  const point = padded.length - shift
  const seconds = Number(padded.slice(0, point))
  const behind = padded.slice(point) + fraction
  const nanos = nanosOf(behind, 0, behind.length)
  if (!isNegative) return checked(seconds, nanos)
  return nanos === 0 ? checked(-seconds, 0) : checked(-seconds - 1, 1_000_000_000 - nanos)
}

/** The seconds of a clock `HH:MM` or `HH:MM:SS` at this place; NaN: none is there. */
export function clockAt(text: string, at: number): number {
  if (text.charCodeAt(at + 2) !== colon) return NaN
  const hasSeconds = text.charCodeAt(at + 5) === colon
  const second = hasSeconds ? digits(text, at + 6, 2) : 0
  return clockOf(digits(text, at, 2), digits(text, at + 3, 2), second)
}

/** The number that so many digits at this place are; NaN: other characters are there. */
export function digits(text: string, at: number, count: number): number {
  let value = 0
  for (let index = at; index < at + count; index += 1) {
    const code = text.charCodeAt(index)
    if (!(code >= 0x30 && code <= 0x39)) return NaN
    value = value * 10 + code - 0x30
  }
  return value
}

const dash = 0x2d
const colon = 0x3a
const blank = 0x20

function checked(seconds: number, nanos: number): Instant | undefined {
  if (nanos === 0 && (seconds === 0 || seconds === windowsZero)) return undefined
  if (seconds >= earliest && seconds <= latest) return { seconds, nanos }
  throw error('date', 'is a time outside the years 1 to 9999', { permanent: true })
}

/** Undefined for the words and zeros that say there is no time; throws for the rest. */
function noTimeOf(text: string): undefined {
  const bare = text.trim().toLowerCase()
  if (noTime.has(bare) || bare.startsWith('xxx xxx 00 0000') || /^[+-]?0+(\.0*)?$/.test(bare)) {
    return undefined
  }
  throw notATime()
}

function notATime(): Error {
  return error('date', 'is not a time; write it as in 2013-12-03T06:30:41Z', { permanent: true })
}

/** Where the digits of a fraction end that begins with a point or comma here; `at`: there is none. */
function fractionEnd(text: string, at: number): number {
  const mark = text.charCodeAt(at)
  if (mark !== 0x2e && mark !== 0x2c) return at
  let end = at + 1
  while (end < text.length && !Number.isNaN(digits(text, end, 1))) end += 1
  return end
}

/** The nanoseconds that the digits of a fraction are, from and to these places; NaN: not digits. */
export function nanosOf(text: string, from: number, to: number): number {
  let nanos = 0
  for (let place = 0; place < 9; place += 1) {
    nanos = nanos * 10 + (from + place < to ? digits(text, from + place, 1) : 0)
  }
  return nanos
}

function shiftOf(unit: UnixUnit, size: number): number {
  if (unit === 'seconds') return 0
  if (unit === 'milliseconds') return 3
  if (unit === 'microseconds') return 6
  return size > 1e17 ? 9 : size > 1e14 ? 6 : size > 1e11 ? 3 : 0
}

function isDecimal(text: string): boolean {
  return /^[+-]?\d+(\.\d*)?$/.test(text)
}

/** A number without an exponent. */
function decimal(value: number): string {
  const text = String(value)
  return text.includes('e') ? value.toFixed(9) : text
}

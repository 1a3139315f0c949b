/**
 * Dates and clocks as people write them, to seconds since 1970 (UTC): the calendar by plain arithmetic
 * (`Date` takes the years 0 to 99 for 1900 to 1999), the zone by its name.
 *
 * A zone is `Z`, an offset (`+01:00`, `+0100`, `+01`) or an IANA name, which `UTC`, `CET` and `EST5EDT`
 * are too. Of abbreviations, which plaso writes for any zone but UTC, those of summer are known that
 * stand for one offset in all of the tz database (`CEST`). Others are not: `IST` is the time of India, Israel
 * and Ireland. An abbreviation that is not known is read as the zone that the option `timezone` names, if
 * that is another than UTC, its default: whoever has set it has said what the times are in. Else it is
 * refused, and so is what is no zone at all (`PM`, `+99:00`): a time must not be moved in silence.
 */
import { error } from '../error.ts'
import type { FromLocal } from '../io/local-time.ts'
import { fromZone } from '../io/local-time.ts'

const secondsOfDay = 86_400
const daysOfMonths = [31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31]

/** The zones of IANA whose names look like abbreviations; ICU takes many more, and guesses. */
const shortNames = new Set(['UTC', 'GMT', 'UCT', 'CET', 'EET', 'MET', 'WET', 'EST', 'MST', 'HST'])

/** Hours ahead of UTC. */
const summers = new Map([
  ['CEST', 2],
  ['MEST', 2],
  ['EEST', 3],
  ['WEST', 1],
  ['EDT', -4],
  ['MDT', -6],
  ['PDT', -7],
])

/** What the tz database, and POSIX, take for an abbreviation. */
const abbreviation = /^[A-Za-z]{3,6}$/

/** Long before any zone had rules: from here back they are asked for this time. ms since 1970. */
const beforeRules = Date.UTC(1850, 0, 1)

/** By name; undefined: not known. Names come from files, so this is bounded. */
const zones = new Map<string, FromLocal | undefined>()
const mostZones = 1024

const utc: FromLocal = (local) => local

/** Days from 1970-01-01 to this day of the Gregorian calendar, years 1 to 9999; NaN: no such day. */
export function daysOf(year: number, month: number, day: number): number {
  if (!(year >= 1 && year <= 9999 && month >= 1 && month <= 12 && day >= 1)) return NaN
  const isLeap = year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0)
  const length = month === 2 && isLeap ? 29 : (daysOfMonths[month - 1] ?? 0)
  if (day > length) return NaN
  // A year that begins in March has its leap day at the end, so that the months before are regular.
  const shifted = month > 2 ? year : year - 1
  const monthFromMarch = (month + 9) % 12
  const dayOfYear = Math.floor((153 * monthFromMarch + 2) / 5) + day - 1
  const leaps = Math.floor(shifted / 4) - Math.floor(shifted / 100) + Math.floor(shifted / 400)
  return shifted * 365 + leaps + dayOfYear - 719_468
}

/** Seconds since midnight; NaN: no such time. The 60 of a leap second is the next minute's 0. */
export function clockOf(hour: number, minute: number, second: number): number {
  const isClock = hour >= 0 && hour <= 23 && minute >= 0 && minute <= 59
  return isClock && second >= 0 && second <= 60 ? (hour * 60 + minute) * 60 + second : NaN
}

/** Days and a clock to seconds as if the wall were in UTC. */
export function wallOf(days: number, clock: number): number {
  return days * secondsOfDay + clock
}

/**
 * Seconds of a wall clock in the zone of that name to seconds since 1970 (UTC). An empty name and `-`
 * mean `timezone`. Throws `date`, whose message goes on after the value, for a zone not known.
 */
export function fromWall(wall: number, zone: string, timezone: string): number {
  if (zone === 'UTC' || zone === 'Z') return wall
  const local = wall * 1000
  const known = zoneOf(zone === '' || zone === '-' ? timezone : zone, timezone)
  const asked = Math.max(local, beforeRules)
  return Math.floor((local + known(asked) - asked) / 1000)
}

function zoneOf(name: string, timezone: string): FromLocal {
  let zone = zones.get(name)
  if (!zone && !zones.has(name)) {
    zone = makeZone(name)
    if (zones.size >= mostZones) zones.clear()
    zones.set(name, zone)
  }
  if (zone) return zone
  if (!abbreviation.test(name)) {
    const cure = 'write Z, an offset such as +01:00 or an IANA name such as Europe/Berlin'
    throw error('date', `has "${name}" where a time zone should be; ${cure}`, { permanent: true })
  }
  if (timezone !== 'UTC' && timezone !== name) return zoneOf(timezone, timezone)
  throw error(
    'date',
    `has the time zone "${name}", which is not known; set timezone to the IANA name of the zone that it stands for, such as Europe/Berlin`,
    { permanent: true },
  )
}

function makeZone(name: string): FromLocal | undefined {
  const [, sign, hours = '', minutes = '0'] = /^([+-])(\d\d):?(\d\d)?$/.exec(name) ?? []
  if (sign !== undefined) {
    const ahead = (Number(hours) * 60 + Number(minutes)) * (sign === '-' ? -60_000 : 60_000)
    return Number(hours) < 24 && Number(minutes) < 60 ? (local) => local - ahead : undefined
  }
  const upper = name.toUpperCase()
  if (['UTC', 'GMT', 'UCT', 'Z', 'ZULU'].includes(upper)) return utc
  const summer = summers.get(upper)
  if (summer !== undefined) return (local) => local - summer * 3_600_000
  if (/^[A-Z]{1,4}$/.test(upper) && !shortNames.has(upper)) return undefined
  try {
    return fromZone(name)
  } catch {
    return undefined
  }
}

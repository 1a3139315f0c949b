/**
 * Offsets of a time zone from UTC, for syslog headers. Asking `Intl` costs microseconds, so the
 * answer is kept for each minute: every change of an offset since 1970 fell on a whole minute.
 */
import { error } from '../error.ts'

const minute = 60_000
const kept = 4096

/**
 * A function that gives the zone's offset in minutes east of UTC at an instant (ms since 1970).
 * Takes an IANA name such as `Europe/Berlin`; throws `config` for one that is not known.
 */
export function offsets(zone: string, place = 'timezone'): (time: number) => number {
  if (zone === 'UTC') return () => 0
  const format = formatter(zone, place)
  const known = new Map<number, number>()
  return (time) => {
    const key = Math.floor(time / minute)
    const found = known.get(key)
    if (found !== undefined) return found
    if (known.size >= kept) known.clear()
    const offset = Math.round((localTime(format, key * minute) - key * minute) / minute)
    known.set(key, offset)
    return offset
  }
}

function formatter(zone: string, place: string): Intl.DateTimeFormat {
  try {
    return new Intl.DateTimeFormat('en-US', {
      timeZone: zone,
      hourCycle: 'h23',
      year: 'numeric',
      month: 'numeric',
      day: 'numeric',
      hour: 'numeric',
      minute: 'numeric',
      second: 'numeric',
    })
  } catch (cause) {
    throw error(
      'config',
      `${place} is “${zone}”, which is no known time zone: give an IANA name such as ` +
        'UTC or Europe/Berlin',
      { cause },
    )
  }
}

/** The zone's wall clock at an instant, as if it were UTC. */
function localTime(format: Intl.DateTimeFormat, time: number): number {
  const fields: Record<string, number> = {}
  for (const { type, value } of format.formatToParts(time)) fields[type] = Number(value)
  const { year = 1970, month = 1, day = 1, hour = 0, minute = 0, second = 0 } = fields
  return Date.UTC(year, month - 1, day, hour, minute, second)
}

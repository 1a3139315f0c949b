/**
 * Offsets of a time zone from UTC, for syslog headers. Asking `Intl` costs microseconds, so the
 * answer is kept for each minute: every change of an offset since 1970 fell on a whole minute.
 */
import { zoneOffset } from '../io/time-zone.ts'

const minute = 60_000
const kept = 4096

/**
 * A function that gives the zone's offset in minutes east of UTC at an instant (ms since 1970).
 * Takes an IANA name such as `Europe/Berlin`; throws `config` for one that is not known.
 */
export function offsets(zone: string, place = 'timezone'): (time: number) => number {
  if (zone === 'UTC') return () => 0
  const offsetAt = zoneOffset(zone, place)
  const known = new Map<number, number>()
  return (time) => {
    const key = Math.floor(time / minute)
    const found = known.get(key)
    if (found !== undefined) return found
    if (known.size >= kept) known.clear()
    const offset = Math.round(offsetAt(key * minute) / minute)
    known.set(key, offset)
    return offset
  }
}

/**
 * Local times of an IANA time zone to UTC.
 *
 * A local time that comes twice, when clocks are put back, is taken as the first of the two (before
 * the change). One that never comes, when they are put forward, is read with the offset from before
 * the change, and so becomes as much later as the clocks were moved; as in `java.time`.
 */
import { zoneOffset } from './time-zone.ts'

/** ms since 1970 of the wall clock, read as if it were UTC → ms since 1970. */
export type FromLocal = (local: number) => number

const day = 86_400_000
/** Zone rules change at quarters of an hour at the finest. */
const quarter = 900_000
const cacheSize = 4096

/** Throws `config` for a name that is no IANA time zone. */
export function fromZone(name: string): FromLocal {
  if (name === 'UTC') return (local) => local
  const offsetAt = zoneOffset(name, 'timezone')
  const offsets = new Map<number, number>()
  return (local) => {
    const key = Math.floor(local / quarter)
    let offset = offsets.get(key)
    if (offset === undefined) {
      offset = localOffset(offsetAt, local)
      if (offsets.size >= cacheSize) offsets.clear()
      offsets.set(key, offset)
    }
    return local - offset
  }
}

function localOffset(offsetAt: (time: number) => number, local: number): number {
  const before = offsetAt(local - day)
  const after = offsetAt(local + day)
  if (before === after || offsetAt(local - before) === before) return before
  return offsetAt(local - after) === after ? after : before
}

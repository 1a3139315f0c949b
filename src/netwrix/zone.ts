/**
 * Local times of an IANA time zone to UTC, by the zone rules that Node has (ICU).
 *
 * A local time that comes twice, when clocks are put back, is taken as the first of the two (before
 * the change). One that never comes, when they are put forward, is read with the offset from before
 * the change, and so becomes as much later as the clocks were moved; as in `java.time`.
 */
import { error } from '../error.ts'

/** ms since 1970 of the wall clock, read as if it were UTC → ms since 1970. */
export type FromLocal = (local: number) => number

const day = 86_400_000
/** Zone rules change at quarters of an hour at the finest. */
const quarter = 900_000
const cacheSize = 4096

/** Throws `config` for a name that is no IANA time zone. */
export function fromZone(name: string): FromLocal {
  const format = zoneFormat(name)
  if (name === 'UTC') return (local) => local
  const offsets = new Map<number, number>()
  return (local) => {
    const key = Math.floor(local / quarter)
    let offset = offsets.get(key)
    if (offset === undefined) {
      offset = localOffset(format, local)
      if (offsets.size >= cacheSize) offsets.clear()
      offsets.set(key, offset)
    }
    return local - offset
  }
}

function localOffset(format: Intl.DateTimeFormat, local: number): number {
  const before = offsetAt(format, local - day)
  const after = offsetAt(format, local + day)
  if (before === after || offsetAt(format, local - before) === before) return before
  return offsetAt(format, local - after) === after ? after : before
}

/** Milliseconds that the zone's clocks are ahead of UTC at this instant. */
function offsetAt(format: Intl.DateTimeFormat, time: number): number {
  const parts = new Map(format.formatToParts(time).map(({ type, value }) => [type, Number(value)]))
  const part = (type: Intl.DateTimeFormatPartTypes): number => parts.get(type) ?? 0
  const wall = Date.UTC(
    part('year'),
    part('month') - 1,
    part('day'),
    part('hour'),
    part('minute'),
    part('second'),
  )
  return wall - Math.floor(time / 1000) * 1000
}

function zoneFormat(timeZone: string): Intl.DateTimeFormat {
  try {
    return new Intl.DateTimeFormat('en-US', {
      timeZone,
      calendar: 'gregory',
      numberingSystem: 'latn',
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
      `timezone: "${timeZone}" is not a time zone; an IANA name such as Europe/Berlin or UTC is`,
      { cause, permanent: true },
    )
  }
}

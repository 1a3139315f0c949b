/**
 * A time zone's distance from UTC, by the zone rules that Node has (ICU). Asking costs microseconds;
 * who asks for each line keeps the answers.
 */
import { error } from '../error.ts'

/**
 * A function that gives the milliseconds that the zone's clocks are ahead of UTC at an instant (ms
 * since 1970). Takes an IANA name; throws `config`, naming the option at `place`, for any other.
 */
export function zoneOffset(zone: string, place: string): (time: number) => number {
  const format = zoneFormat(zone, place)
  return (time) => {
    const parts = new Map(
      format.formatToParts(time).map(({ type, value }) => [type, Number(value)]),
    )
    const part = (type: Intl.DateTimeFormatPartTypes): number => parts.get(type) ?? 0
    const date = Date.UTC(part('year'), part('month') - 1, part('day'))
    const clock = (part('hour') * 60 + part('minute')) * 60 + part('second')
    return date + clock * 1000 - Math.floor(time / 1000) * 1000
  }
}

function zoneFormat(timeZone: string, place: string): Intl.DateTimeFormat {
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
      `${place}: "${timeZone}" is not a time zone; write an IANA name such as UTC or Europe/Berlin`,
      { cause, permanent: true },
    )
  }
}

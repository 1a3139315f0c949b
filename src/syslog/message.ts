/**
 * The syslog header before a CEF line, by RFC 3164 or RFC 5424. Pure, and made once for each day
 * and severity, with the clock's digits put in place: a header costs microseconds, a line has
 * nanoseconds.
 *
 *     rfc3164   <164>Jan  8 11:07:53 auditor CEF:0|…
 *     rfc5424   <164>1 2026-01-08T11:07:53.123Z auditor.example.com cefline - - - CEF:0|…
 *
 * In RFC 3164 the `CEF:` itself stands where the tag would: that is the form in the CEF
 * specification's examples, and the one that most receivers take. No byte order mark in RFC 5424
 * either: section 6.4 wants it before UTF-8, but receivers then no longer find `CEF:` at the start.
 */
import { priority } from './priority.ts'
import { offsets } from './timezone.ts'

export type Format = 'rfc3164' | 'rfc5424'

export interface HeaderOptions {
  format: Format
  /** Facility's number. */
  facility: number
  hostname: string
  /** APP-NAME of RFC 5424; RFC 3164 has no place for it beside `CEF:`. */
  appName: string
  /** IANA name of the zone that the header's time is written in. */
  timezone: string
}

interface Header {
  bytes: Buffer
  /** Seconds since 1970 that it shows, the local day since 1970, and minutes east of UTC. */
  second: number
  day: number
  offset: number
  /** Where `HH:mm:ss` stands. */
  clock: number
  /** Where the three digits of the fraction stand; 0: there are none. */
  fraction: number
}

const months = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec']
/** Both formats need a year of four digits, and nothing that is recorded lies outside. */
const newest = Date.UTC(9999, 11, 31, 23, 59, 59, 999)
const secondsOfDay = 86_400

export class Headers {
  readonly #options: HeaderOptions
  readonly #offset: (time: number) => number
  /** By severity. */
  readonly #made: (Header | undefined)[] = []

  /** Throws `config` when the time zone is not known; `place` names the destination. */
  constructor(options: HeaderOptions, place = 'destination') {
    const { format } = options
    this.#options = {
      ...options,
      hostname: format === 'rfc3164' ? shortName(options.hostname) : field(options.hostname, 255),
      appName: field(options.appName, 48),
    }
    this.#offset = offsets(options.timezone, `${place}.timezone`)
  }

  /**
   * Header for a time (ms since 1970) and a CEF severity (0 to 10), with the space that ends it.
   * The buffer is good until the next call. Times that have no year of four digits are taken as the
   * nearest one that has.
   */
  header(time: number, severity: number): Buffer {
    const instant = time >= 0 ? Math.min(Math.floor(time), newest) : 0
    const second = Math.floor(instant / 1000)
    let made = this.#made[severity]
    if (made?.second !== second) made = this.#made[severity] = this.#at(second, severity)
    const { bytes, fraction } = made
    if (fraction > 0) {
      const milliseconds = instant % 1000
      bytes[fraction] = 48 + Math.floor(milliseconds / 100)
      bytes[fraction + 1] = 48 + (Math.floor(milliseconds / 10) % 10)
      bytes[fraction + 2] = 48 + (milliseconds % 10)
    }
    return bytes
  }

  /** The header for another second: of the same day it is the same but for the clock. */
  #at(second: number, severity: number): Header {
    const offset = this.#offset(second * 1000)
    const local = second + offset * 60
    const day = Math.floor(local / secondsOfDay)
    const last = this.#made[severity]
    if (last?.day !== day || last.offset !== offset) return this.#make(second, severity, offset)
    const clock = local - day * secondsOfDay
    twoDigits(last.bytes, last.clock, Math.floor(clock / 3600))
    twoDigits(last.bytes, last.clock + 3, Math.floor(clock / 60) % 60)
    twoDigits(last.bytes, last.clock + 6, clock % 60)
    last.second = second
    return last
  }

  #make(second: number, severity: number, offset: number): Header {
    const { format, facility, hostname, appName } = this.#options
    const start = `<${priority(facility, severity)}>`
    const local = second + offset * 60
    const day = Math.floor(local / secondsOfDay)
    const date = new Date(local * 1000)
    const at = { second, day, offset }
    if (format === 'rfc3164') {
      const lead = `${start}${months[date.getUTCMonth()]} ${String(date.getUTCDate()).padStart(2, ' ')} `
      const text = `${lead}${date.toISOString().slice(11, 19)} ${hostname} `
      return { bytes: Buffer.from(text, 'latin1'), ...at, clock: lead.length, fraction: 0 }
    }
    const stamp = date.toISOString().slice(0, 20)
    const text = `${start}1 ${stamp}000${offsetText(offset)} ${hostname} ${appName} - - - `
    const clock = start.length + 2 + 'yyyy-MM-ddT'.length
    return {
      bytes: Buffer.from(text, 'latin1'),
      ...at,
      clock,
      fraction: clock + 'HH:mm:ss.'.length,
    }
  }
}

function twoDigits(bytes: Buffer, at: number, value: number): void {
  bytes[at] = 48 + Math.floor(value / 10)
  bytes[at + 1] = 48 + (value % 10)
}

/** Twelve hexadecimal digits are what a container engine gives as the host's name. */
export function looksLikeContainerId(hostname: string): boolean {
  return /^[0-9a-f]{12}$/.test(hostname)
}

/** A field of RFC 5424's header: printable ASCII without spaces, cut to length; `-` for nothing. */
function field(text: string, length: number): string {
  return text.replace(/[^\x21-\x7e]+/g, '_').slice(0, length) || '-'
}

/** RFC 3164 section 4.1.2: the name without its domain; an address stays whole. */
function shortName(hostname: string): string {
  const isAddress = hostname.includes(':') || /^\d+(?:\.\d+){3}$/.test(hostname)
  return field(isAddress ? hostname : (hostname.split('.')[0] ?? ''), 255)
}

function offsetText(offset: number): string {
  if (offset === 0) return 'Z'
  const minutes = Math.abs(offset)
  const hours = String(Math.floor(minutes / 60)).padStart(2, '0')
  return `${offset < 0 ? '-' : '+'}${hours}:${String(minutes % 60).padStart(2, '0')}`
}

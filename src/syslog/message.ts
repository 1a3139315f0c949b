/**
 * The syslog header before a CEF line, by RFC 3164 or RFC 5424. Pure, and made once for each second
 * and severity: a header costs microseconds, a line has nanoseconds.
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
  /** Where the three digits of the fraction stand; 0: there are none. */
  fraction: number
}

const months = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec']
/** Both formats need a year of four digits, and nothing that is recorded lies outside. */
const newest = Date.UTC(9999, 11, 31, 23, 59, 59, 999)
const kept = 4096

export class Headers {
  readonly #options: HeaderOptions
  readonly #offset: (time: number) => number
  readonly #made = new Map<number, Header>()
  #lastKey = -1
  #last: Header = { bytes: Buffer.alloc(0), fraction: 0 }

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
    const key = second * 16 + severity
    if (key !== this.#lastKey) {
      this.#last = this.#find(key, second, severity)
      this.#lastKey = key
    }
    const { bytes, fraction } = this.#last
    if (fraction > 0) {
      const milliseconds = instant % 1000
      bytes[fraction] = 48 + Math.floor(milliseconds / 100)
      bytes[fraction + 1] = 48 + (Math.floor(milliseconds / 10) % 10)
      bytes[fraction + 2] = 48 + (milliseconds % 10)
    }
    return bytes
  }

  #find(key: number, second: number, severity: number): Header {
    const found = this.#made.get(key)
    if (found) return found
    if (this.#made.size >= kept) this.#made.clear()
    const made = this.#make(second * 1000, severity)
    this.#made.set(key, made)
    return made
  }

  #make(time: number, severity: number): Header {
    const { format, facility, hostname, appName } = this.#options
    const start = `<${priority(facility, severity)}>`
    const offset = this.#offset(time)
    const local = new Date(time + offset * 60_000)
    if (format === 'rfc3164') {
      const day = String(local.getUTCDate()).padStart(2, ' ')
      const clock = local.toISOString().slice(11, 19)
      const text = `${start}${months[local.getUTCMonth()]} ${day} ${clock} ${hostname} `
      return { bytes: Buffer.from(text, 'latin1'), fraction: 0 }
    }
    const stamp = local.toISOString().slice(0, 20)
    const text = `${start}1 ${stamp}000${offsetText(offset)} ${hostname} ${appName} - - - `
    return { bytes: Buffer.from(text, 'latin1'), fraction: start.length + 2 + stamp.length }
  }
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

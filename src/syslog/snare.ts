/**
 * Snare over syslog: the Windows event in tab-separated fields, as Snare's agent and NXLog's
 * `to_syslog_snare` send it (Snare for Windows, appendix A, "Windows Event Output Format"; NXLog
 * User Guide, chapter "Snare").
 *
 *     <PRI>Mmm dd hh:mm:ss HOST MSWinEventLog⇥1⇥LOG⇥COUNTER⇥DATE⇥EVENTID⇥SOURCE⇥USER⇥SIDTYPE⇥
 *     EVENTTYPE⇥COMPUTER⇥CATEGORY⇥DATA⇥EXPANDED⇥CHECKSUM
 *
 * In RFC 3164 `MSWinEventLog` stands where the tag would. USER and SIDTYPE are `N/A`, as agents write
 * for an event that was logged without a user; DATA is empty, as they leave it; and so is CHECKSUM,
 * which is optional. The text is cut at the end where it is too long, and never within a character.
 */
import { cutMark } from '../cef/cut.ts'
import { eventLog, logEvent, oneLine } from './event-log.ts'
import type { EventLogOptions } from './event-log.ts'
import { offsets } from './timezone.ts'
import type { Render } from './wire.ts'

/** UTF-16 units of a text: the add-on's own limit. */
const longestText = 30_000
/** Snare's counter is a DWORD. */
const lastCount = 0xffff_ffff
/** NXLog's criticality of an informational event; Snare's own goes from 0 to 4. */
const criticality = 1
/** The add-on's level is not documented; assumed. */
const eventType = 'Information'
const days = ['Sun', 'Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat']
const months = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec']
/** The newest time with a year of four digits, as in the header. */
const newest = Date.UTC(9999, 11, 31, 23, 59, 59, 999)

export interface SnareOptions extends EventLogOptions {
  /** Name of the computer that the event was logged on. */
  computer: string
  /** IANA name of the zone of DATE: the header's. */
  timezone: string
}

/** Counts messages, the first after `count`; SIEMs see by it what UDP has lost. */
export function counter(count = 0): () => number {
  return () => (count = count === lastCount ? 1 : count + 1)
}

/**
 * Makes messages of CEF lines; `next` gives each its number. Throws `config` when the time zone is
 * not known; what it gives back throws a permanent `record` for a line that is not Netwrix's.
 */
export function snare(options: SnareOptions, next: () => number, place: string): Render {
  const computer = oneLine(options.computer)
  const dateOf = dates(options.timezone, `${place}.timezone`)
  return (cef, time, room, limit) => {
    const instant = Math.min(Math.max(time, 0), newest)
    const { source, id, category, text } = logEvent(cef, instant, options)
    const fields = ['MSWinEventLog', criticality, eventLog, next(), dateOf(instant), id, source]
    fields.push('N/A', 'N/A', eventType, computer, category, '', '')
    const head = fields.join('\t')
    const whole = text.length <= longestText
    const message = Buffer.from(`${head}${whole ? text : cutUnits(text, longestText)}\t`)
    if (message.length <= room) {
      if (whole) return { text: message }
      return {
        text: message,
        cut: `the text cut to ${longestText} characters, as in the event log`,
      }
    }
    const shortened = cutBytes(text, room - Buffer.byteLength(head) - 1)
    const cut = `the text cut to keep the message within ${limit}`
    return { text: Buffer.from(`${head}${shortened}\t`), cut }
  }
}

/** Times as C's `ctime` writes them, `Thu Jan  8 11:07:53 2026`; the last one is kept. */
function dates(timezone: string, place: string): (time: number) => string {
  const offset = offsets(timezone, place)
  let second = -1
  let text = ''
  return (time) => {
    const now = Math.floor(time / 1000)
    if (now === second) return text
    const local = new Date(now * 1000 + offset(now * 1000) * 60_000)
    const day = String(local.getUTCDate()).padStart(2, ' ')
    const clock = local.toISOString().slice(-13, -5)
    second = now
    text = `${days[local.getUTCDay()]} ${months[local.getUTCMonth()]} ${day} ${clock} ${local.getUTCFullYear()}`
    return text
  }
}

/** At most so many UTF-16 units, with the mark of a cut. */
function cutUnits(text: string, most: number): string {
  const end = most - cutMark.length
  return text.slice(0, isHighSurrogate(text, end - 1) ? end - 1 : end) + cutMark
}

/** At most so many bytes in UTF-8, with the mark of a cut; the mark alone when there is no room. */
function cutBytes(text: string, most: number): string {
  const bytes = Buffer.from(text)
  let end = Math.max(0, most - cutMark.length)
  while (end > 0 && isContinuation(bytes[end])) end -= 1
  return bytes.toString('utf8', 0, end) + cutMark
}

function isHighSurrogate(text: string, at: number): boolean {
  const code = text.charCodeAt(at)
  return code >= 0xd800 && code < 0xdc00
}

/** The bytes 10xxxxxx, before which no character begins. */
function isContinuation(byte: number | undefined): boolean {
  return byte !== undefined && (byte & 0xc0) === 0x80
}

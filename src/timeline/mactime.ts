/**
 * What `mactime -d` writes: `Date,Size,Type,Mode,UID,GID,Meta,File Name`, the header or not, one line for each
 * file and time. Only the file's name is quoted, and it is the last: seven commas from the left.
 *
 * The date is `Mon Dec 31 1979 23:00:00` (`Mon 12 31 …` with `-m`) in a zone that the file does not say, and is
 * read in `timezone`; with `-y` it is ISO 8601 in UTC. `Xxx Xxx 00 0000 00:00:00` and `0000-00-00T00:00:00Z` are
 * no time. With `-h` some lines stand before the header, of which one may have the zone: then it is that.
 */
import { error, isCeflineError } from '../error.ts'
import { bodyfileName } from './bodyfile-name.ts'
import type { DecoderOptions, TimelineDecoder } from './decoder.ts'
import type { TimelineEvent } from './event.ts'
import { fileEvent, isLink, setLetters } from './file-event.ts'
import type { Instant } from './instant.ts'
import { clockAt, instantOfText, instantOfWall } from './instant.ts'
import type { LineFormat } from './line-decoder.ts'
import { LineDecoder } from './line-decoder.ts'
import { quotedCells } from './quoted-cells.ts'
import { shown } from './row-items.ts'
import { daysOf, wallOf } from './wall-clock.ts'

export function mactimeDecoder(options: DecoderOptions): TimelineDecoder {
  return new LineDecoder('mactime', new MactimeRows(options.timezone), options)
}

/** The first line of what `-h` writes. */
export const mactimeTitle = 'The Sleuth Kit mactime Timeline'
/** The others, up to the header; what a flag was not given for is left out. */
const session = /^(?:Input Source: |Time: |Timezone: |passwd File: |group File: )/

class MactimeRows implements LineFormat {
  readonly #timezone: string
  /** As the file says it; '': it does not. */
  #zone = ''
  #isSession = false

  constructor(timezone: string) {
    this.#timezone = timezone
  }

  begin(text: string): boolean {
    if (text === mactimeTitle) this.#isSession = true
    else if (this.#isSession && session.test(text)) this.#zone ||= zoneOf(text)
    else if (/^"?date"?,/i.test(text)) this.#isSession = false
    else if (this.#isSession) throw withoutDelimiters()
    else return false
    return true
  }

  read(text: string): TimelineEvent[] {
    return [read(text, this.#zone, this.#timezone)]
  }
}

/** Behind a span of time, where there is one; as in the variable `TZ`, where a path is that of a file. */
function zoneOf(line: string): string {
  const [, zone = ''] = /^(?:Time: .*\t)?Timezone: :?([^:/\s]\S*)\s*$/.exec(line) ?? []
  return zone
}

function withoutDelimiters(): Error {
  const message = 'what mactime writes without -d is not read; write it with mactime -d'
  return error('header', message, { permanent: true })
}

const columns = 8

function read(text: string, zone: string, timezone: string): TimelineEvent {
  const cells = split(text)
  if (cells.length !== columns) {
    const reason = `has ${cells.length} cells where mactime -d has ${columns}; correct the row and drop it again`
    throw error('row', reason, { permanent: true })
  }
  const [date = '', size = '', macb = '', mode = '', uid = '', gid = '', meta = '', name = ''] =
    cells
  if (!/^[m.][a.][c.][b.]?$/i.test(macb)) {
    const reason = `${shown(macb)} in Type is not of the letters macb; correct the row and drop it again`
    throw error('row', reason, { permanent: true })
  }
  const file = { name: bodyfileName(name, isLink(mode)), meta, mode, uid, gid, size, md5: '' }
  const event = setLetters(fileEvent(file, 'mactime'), macb.padEnd(4, '.'))
  event.instant = instantOf(date, zone, timezone)
  return event
}

/** Seven cells, and the name: all that is left, in quotes or not. */
function split(text: string): string[] {
  const cells: string[] = []
  let at = 0
  while (cells.length < columns - 1) {
    const end = text.indexOf(',', at)
    if (end < 0) break
    cells.push(text.slice(at, end).trim())
    at = end + 1
  }
  const name = text.slice(at)
  const quoted = name.startsWith('"') ? quotedCells(name) : undefined
  return [...cells, quoted?.length === 1 ? (quoted[0] ?? '') : name]
}

const months = ['jan', 'feb', 'mar', 'apr', 'may', 'jun', 'jul', 'aug', 'sep', 'oct', 'nov', 'dec']

/** `Mon Dec 31 1979 23:00:00`, also with the month's number, and a blank before a day of one digit. */
const dated = /^[a-z]{3} (?:([a-z]{3})|(\d\d)) ([ \d]\d) (\d{4}) /i

function instantOf(date: string, zone: string, timezone: string): Instant | undefined {
  try {
    const [all = '', name = '', number, day, year] = dated.exec(date) ?? []
    const month = number === undefined ? months.indexOf(name.toLowerCase()) + 1 : Number(number)
    if (month === 0 || date.length !== all.length + 8) return instantOfText(date, timezone)
    const wall = wallOf(daysOf(Number(year), month, Number(day)), clockAt(date, all.length))
    if (Number.isNaN(wall)) throw error('date', 'is not a time', { permanent: true })
    return instantOfWall(wall, 0, zone, timezone)
  } catch (thrown) {
    if (!isCeflineError(thrown)) throw thrown
    throw error(thrown.code, `${shown(date)} in Date ${thrown.message}`, {
      cause: thrown,
      permanent: true,
    })
  }
}

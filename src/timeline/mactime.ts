/**
 * What `mactime -d` writes: `Date,Size,Type,Mode,UID,GID,Meta,File Name`, the header or not, one line for each
 * file and time. Only the file's name is quoted, and it is the last: seven commas from the left.
 *
 * The date is `Mon Dec 31 1979 23:00:00` in a zone that the file does not say, and is read in `timezone`;
 * with `-y` it is ISO 8601 in UTC. `Xxx Xxx 00 0000 00:00:00` and `0000-00-00T00:00:00Z` are no time.
 */
import { error, isCeflineError } from '../error.ts'
import { bodyfileName } from './bodyfile-name.ts'
import type { DecoderOptions, TimelineDecoder } from './decoder.ts'
import type { TimelineEvent } from './event.ts'
import { fileEvent, isLink, setLetters } from './file-event.ts'
import type { Instant } from './instant.ts'
import { clockAt, digits, instantOfText, instantOfWall } from './instant.ts'
import { LineDecoder } from './line-decoder.ts'
import { quotedCells } from './quoted-cells.ts'
import { shown } from './row-items.ts'
import { daysOf, wallOf } from './wall-clock.ts'

export function mactimeDecoder(options: DecoderOptions): TimelineDecoder {
  const begin = (text: string): boolean => /^"?date"?,/i.test(text)
  return new LineDecoder(
    'mactime',
    { begin, read: (text) => [read(text, options.timezone)] },
    options,
  )
}

const columns = 8

function read(text: string, timezone: string): TimelineEvent {
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
  event.instant = instantOf(date, timezone)
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

function instantOf(date: string, timezone: string): Instant | undefined {
  try {
    const month = months.indexOf(date.slice(4, 7).toLowerCase()) + 1
    if (month === 0 || date.length !== 24) return instantOfText(date, timezone)
    const days = daysOf(digits(date, 11, 4), month, digits(date.replace('  ', ' 0'), 8, 2))
    const wall = wallOf(days, clockAt(date, 16))
    if (Number.isNaN(wall)) throw error('date', 'is not a time', { permanent: true })
    return instantOfWall(wall, 0, '', timezone)
  } catch (thrown) {
    if (!isCeflineError(thrown)) throw thrown
    throw error(thrown.code, `${shown(date)} in Date ${thrown.message}`, {
      cause: thrown,
      permanent: true,
    })
  }
}

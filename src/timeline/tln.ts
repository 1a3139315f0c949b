/**
 * TLN, `Time|Source|Host|User|Description`, and plaso's l2ttln, which adds `|TZ|Notes`. The header is optional;
 * without it the first row tells which of the two it is, by a zone's name in the last but one field.
 * The description may hold `|`: four fields are counted from the left, l2ttln's two from the right.
 *
 * The time is in Unix seconds, whatever zone is named. plaso begins the description with the time in full
 * and what it is of (`2012-01-22T07:52:33+00:00; Content Modification Time; text`), which are taken from there, and
 * l2ttln's notes are `File: OS:/path inode: 12`. Any other description is the text.
 */
import { error, isCeflineError } from '../error.ts'
import type { DecoderOptions, TimelineDecoder } from './decoder.ts'
import { pathOf } from './display-name.ts'
import type { TimelineEvent } from './event.ts'
import { emptyEvent } from './event.ts'
import type { Instant } from './instant.ts'
import { instantOfText, instantOfUnix } from './instant.ts'
import type { LineFormat } from './line-decoder.ts'
import { LineDecoder } from './line-decoder.ts'
import { macbOf } from './macb.ts'
import { shown } from './row-items.ts'

export function tlnDecoder(options: DecoderOptions): TimelineDecoder {
  return new LineDecoder('tln', new TlnRows(), options)
}

class TlnRows implements LineFormat {
  /** Fields behind the description; the first line tells. */
  #behind: number | undefined

  begin(text: string): boolean {
    if (this.#behind !== undefined) return false
    const cells = text.split('|').map((cell) => cell.trim().toLowerCase())
    const isHeader = cells[0] === 'time' && cells[1] === 'source'
    const isLong = isHeader ? cells.length === 7 : cells.length >= 7 && isZone(cells.at(-2) ?? '')
    this.#behind = isLong ? 2 : 0
    return isHeader
  }

  read(text: string): TimelineEvent[] {
    const cells = text.split('|')
    const behind = this.#behind ?? 0
    const wanted = 5 + behind
    if (cells.length < wanted) {
      const reason = `has ${cells.length} fields where the first row has ${wanted}; correct the row and drop it again`
      throw error('row', reason, { permanent: true })
    }
    const end = cells.length - behind
    const [time = '', source = '', host = '', user = ''] = cells
    const event = emptyEvent()
    event.instant = timeOf(time)
    event.source = given(source)
    event.host = given(host)
    event.user = given(user)
    setDescription(event, cells.slice(4, end).join('|'))
    if (behind > 0) setNotes(event, given(cells.at(-1) ?? ''))
    event.macb = event.type === '' ? '' : macbOf(event.type, '')
    return [event]
  }
}

function given(cell: string): string {
  const bare = cell.trim()
  return bare === '-' ? '' : bare
}

function isZone(text: string): boolean {
  return /^(?:[a-z]{2,5}|[a-z]{3}\d[a-z]{3}|[a-z_]+\/[a-z_/+-]+\d*|[+-]\d\d:?\d\d|-)$/.test(text)
}

function timeOf(written: string): Instant | undefined {
  try {
    return instantOfUnix(given(written), 'seconds')
  } catch (cause) {
    const reason = `${shown(written)} in Time is no Unix time, seconds since 1970; correct the row and drop it again`
    throw error('date', reason, { cause, permanent: true })
  }
}

/** plaso's form only where its time agrees with the row's to the second: it has more digits. */
function setDescription(event: TimelineEvent, text: string): void {
  event.message = given(text)
  const first = text.indexOf('; ')
  const second = text.indexOf('; ', first + 2)
  if (first < 10 || second < 0) return
  let instant: Instant | undefined
  try {
    instant = instantOfText(text.slice(0, first), 'UTC')
  } catch (thrown) {
    if (!isCeflineError(thrown)) throw thrown
    return
  }
  if (instant?.seconds !== event.instant?.seconds) return
  event.instant = instant
  event.type = text.slice(first + 2, second)
  event.message = text.slice(second + 2)
}

function setNotes(event: TimelineEvent, notes: string): void {
  if (!notes.startsWith('File: ')) {
    event.notes = notes
    return
  }
  const name = notes.slice('File: '.length)
  const at = name.lastIndexOf(' inode: ')
  event.path = pathOf(at < 0 ? name : name.slice(0, at))
  event.inode = at < 0 ? '' : given(name.slice(at + ' inode: '.length))
}

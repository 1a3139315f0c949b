/**
 * plaso's `l2tcsv` (and log2timeline's before it): 17 columns, times in whole seconds in the zone that
 * each row names, empty cells `-`. plaso's dialect and that of others who write this header are told
 * apart in `comma-rows.ts`.
 *
 * `notes` are plaso's tags. The file's SHA-256, which plaso has in `extra`, is taken from there as well.
 */
import type { CellReader } from './cell-decoder.ts'
import { CellDecoder, needColumns, placesOf } from './cell-decoder.ts'
import { CommaRows } from './comma-rows.ts'
import { instantOfDateAndTime, isPlasoDate } from './date-and-time.ts'
import type { DecoderOptions, TimelineDecoder } from './decoder.ts'
import { pathOf } from './display-name.ts'
import { error, isCeflineError } from '../error.ts'
import type { Instant } from './instant.ts'
import { macbOf } from './macb.ts'
import { shown } from './row-items.ts'

const columns = [
  ['date', 'time', 'timezone', 'macb', 'source', 'sourcetype', 'type', 'user', 'host', 'short'],
  ['desc', 'version', 'filename', 'inode', 'notes', 'format', 'extra'],
].flat()

export function l2tcsvDecoder({ timezone, rowLimit }: DecoderOptions): TimelineDecoder {
  const rows = new CommaRows(rowLimit, (cells) => isPlasoDate(cells[0] ?? ''))
  return new CellDecoder('l2tcsv', rows, (header) => {
    needColumns(header, columns)
    return readerOf(header, timezone)
  })
}

function readerOf(header: string[], timezone: string): CellReader {
  const place = placesOf(header)
  const places = columns.map(place)
  const others = [...header.keys()].filter((index) => !places.includes(index))
  const [date = 0, time = 0, zone = 0, macb = 0, source = 0, sourcetype = 0, type = 0] = places
  const [user = 0, host = 0, short = 0, desc = 0, version = 0, filename = 0] = places.slice(7)
  const [inode = 0, notes = 0, format = 0, extra = 0] = places.slice(13)
  return (cells) => {
    const cell = (place: number): string => {
      const value = cells[place] ?? ''
      return value === '-' ? '' : value
    }
    const other: [string, string][] = cell(version) === '' ? [] : [['version', cell(version)]]
    for (const place of others) {
      if (cell(place) !== '') other.push([header[place] ?? '', cell(place)])
    }
    return {
      instant: instantOf(cells[date] ?? '', cells[time] ?? '', cells[zone] ?? '', timezone),
      source: cell(source),
      sourcetype: cell(sourcetype),
      type: cell(type),
      macb: cell(macb) || macbOf(cell(type), cell(format)),
      user: cell(user),
      host: cell(host),
      short: cell(short),
      message: cell(desc),
      path: pathOf(cell(filename)),
      inode: cell(inode),
      notes: cell(notes),
      format: cell(format),
      extra: cell(extra),
      tag: '',
      sha256: sha256Of(cell(extra)),
      evidenceId: undefined,
      evidenceName: '',
      eventId: '',
      isFolder: undefined,
      alarms: [],
      other,
    }
  }
}

function instantOf(
  date: string,
  time: string,
  zone: string,
  timezone: string,
): Instant | undefined {
  try {
    return instantOfDateAndTime(date, time, zone, timezone)
  } catch (thrown) {
    if (!isCeflineError(thrown)) throw thrown
    const reason = `${shown(`${date} ${time}`)} in date and time ${thrown.message}`
    throw error(thrown.code, reason, { cause: thrown, permanent: true })
  }
}

const hashName = 'sha256_hash: '

/** Of `name: value; name: value`. */
function sha256Of(extra: string): string {
  let at = extra.indexOf(hashName)
  while (at > 0 && !extra.startsWith('; ', at - 2)) at = extra.indexOf(hashName, at + 1)
  if (at < 0) return ''
  const from = at + hashName.length
  const end = extra.indexOf(';', from)
  const hash = extra.slice(from, end < 0 ? extra.length : end)
  return /^[0-9a-f]{64}$/i.test(hash) ? hash : ''
}

/**
 * Rows whose columns are told by their names (`field-names.ts`), in any order.
 *
 * Where several columns fill the same field, the one that says more wins: `datetime` before `timestamp`,
 * `filename` before `display_name`. A date, a time and a zone in columns of their own are one time.
 */
import { error, isCeflineError } from '../error.ts'
import type { CellReader } from './cell-decoder.ts'
import { isEmpty } from './cell-value.ts'
import type { TimelineEvent } from './event.ts'
import { emptyEvent } from './event.ts'
import type { FieldSetter } from './field-names.ts'
import { fieldOf } from './field-names.ts'
import { instantOfDateAndTime } from './date-and-time.ts'
import { macbOf } from './macb.ts'
import { shown } from './row-items.ts'

export interface ColumnOptions {
  timezone: string
  /** Setters that this format has for columns of these names, in small letters. */
  own?: Partial<Record<string, FieldSetter>>
}

interface Column {
  name: string
  place: number
  set: FieldSetter
}

/** Columns that are read before others, and behind them. */
const first = ['datetime', 'filename']
const last = ['timestamp', 'display_name']

/** The column is left out. */
export const leaveOut: FieldSetter = () => undefined

export function columnReader(header: string[], { timezone, own = {} }: ColumnOptions): CellReader {
  const names = header.map((name) => name.trim())
  const small = names.map((name) => name.toLowerCase())
  const clock = clockColumns(small)
  const columns: Column[] = []
  for (const [place, name] of names.entries()) {
    if (clock.includes(place)) continue
    const key = small[place] ?? ''
    const set = (Object.hasOwn(own, key) ? own[key] : undefined) ?? fieldOf(name)
    columns.push({ name: name === '' ? `column ${place + 1}` : name, place, set })
  }
  columns.sort((one, other) => rank(one.name) - rank(other.name))
  const [date = -1, time = -1, zone = -1] = clock
  const kind = small.indexOf('data_type')
  return (cells) => {
    const event = emptyEvent()
    if (date >= 0) setClock(event, cells, date, time, zone, timezone)
    for (const column of columns) {
      const value = cells[column.place]
      if (!isEmpty(value)) setColumn(event, column, value ?? '', timezone)
    }
    if (event.macb === '' && event.type !== '') {
      event.macb = macbOf(event.type, event.format || (cells[kind] ?? ''))
    }
    return event
  }
}

function setColumn(event: TimelineEvent, column: Column, value: string, timezone: string): void {
  try {
    column.set(event, value, timezone, column.name)
  } catch (thrown) {
    if (!isCeflineError(thrown)) throw thrown
    throw error(thrown.code, `${shown(value)} in ${column.name} ${thrown.message}`, {
      cause: thrown,
      permanent: true,
    })
  }
}

function setClock(
  event: TimelineEvent,
  cells: string[],
  date: number,
  time: number,
  zone: number,
  timezone: string,
): void {
  const written = [cells[date] ?? '', cells[time] ?? '', cells[zone] ?? ''] as const
  try {
    event.instant = instantOfDateAndTime(...written, timezone)
  } catch (thrown) {
    if (!isCeflineError(thrown)) throw thrown
    const text = written.filter((part) => part !== '').join(' ')
    throw error(thrown.code, `${shown(text)} in date and time ${thrown.message}`, {
      cause: thrown,
      permanent: true,
    })
  }
}

/** Places of date, time and zone; none where the time is in one column. */
function clockColumns(names: string[]): number[] {
  if (names.includes('datetime') || !names.includes('date') || !names.includes('time')) return []
  const zone = Math.max(names.indexOf('timezone'), names.indexOf('zone'))
  return [names.indexOf('date'), names.indexOf('time'), zone]
}

function rank(name: string): number {
  const small = name.toLowerCase()
  return first.includes(small) ? 0 : last.includes(small) ? 2 : 1
}

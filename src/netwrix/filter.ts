/**
 * The search filter of the Integration API, as the user writes it: a map of the API's own names, each
 * with a text, a map of operator and text, or a list of these.
 *
 *     filter:
 *       DataSource: [Active Directory, { StartsWith: Exchange }]
 *       Who: { NotEqualTo: 'ENTERPRISE\backup' }
 *       When: { From: 2026-01-01T00:00:00Z }
 *
 * Different names are joined by and; of one name's entries those that ask for something are joined by
 * or, those that exclude by and. All is checked here, so that a slip ends the start and not the first
 * request. Netwrix documents a range below `NotEqualTo` in words only; it is sent the way a text is.
 * Source: Netwrix, "Filters" and "Filter Operators" (names, operators, lengths, times).
 */
import { createHash } from 'node:crypto'
import { error } from '../error.ts'
import { nearest, suggestion } from '../io/nearest.ts'
import { printable, shorten } from '../io/printable.ts'
import { fields, isTimeOfDay, knownActions, moment, periods } from './filter-fields.ts'
import type { FilterField } from './filter-fields.ts'

/** One entry: what is looked for (a text, or a range by its ends or its name), and how. */
export interface Condition {
  /** Undefined: the API's default for the field. */
  operator?: string
  value: string | Readonly<Record<string, string>>
}

export interface Filter {
  /** In the order in which they were written. */
  readonly fields: ReadonlyMap<string, readonly Condition[]>
  /** What is not wrong and looks like a slip, one sentence each. */
  readonly warnings: readonly string[]
}

/** Throws `config`, with the entry's full path. `place` is the option's (`sources.a.filter`). */
export function readFilter(given: unknown, place: string): Filter | undefined {
  if (given === null || given === undefined) return undefined
  if (!isMap(given) || Object.keys(given).length === 0) {
    throw refuse(place, 'is no map of filters; write DataSource: Active Directory below it')
  }
  const warnings: string[] = []
  const read = new Map<string, Condition[]>()
  for (const [name, entry] of Object.entries(given)) {
    const path = `${place}.${name}`
    const field = Object.hasOwn(fields, name) ? fields[name] : undefined
    if (!field)
      throw refuse(path, `is no filter of the API${suggestion(name, Object.keys(fields))}`)
    const entries = Array.isArray(entry) ? (entry as unknown[]) : [entry]
    if (entries.length === 0) throw refuse(path, 'is an empty list; write a value, or leave it out')
    const conditions = entries.flatMap((each, index) => {
      return readEntry(each, field, entries.length > 1 ? `${path}.${index}` : path)
    })
    read.set(name, conditions)
    if (name === 'Action') warnings.push(...unknownActions(conditions, path))
  }
  return { fields: read, warnings }
}

/** What tells one filter from another, and shows it: a digest of all of it, and a bounded text. */
export function describeFilter(filter: Filter): { digest: string; text: string } {
  const list = filterList(filter)
  const text = JSON.stringify(list)
  // The order of the fields means nothing.
  const inOrder = Object.entries(list).sort(([a], [b]) => (a < b ? -1 : 1))
  const digest = createHash('sha256')
    .update(JSON.stringify(Object.fromEntries(inOrder)))
    .digest('hex')
    .slice(0, 32)
  return { digest, text: shorten(text, 500) }
}

/** With the oldest `When`, where the user asks for no time of his own. */
export function withFrom(filter: Filter | undefined, from: string | undefined): Filter {
  const given = filter?.fields ?? new Map<string, readonly Condition[]>()
  const all = new Map(given)
  if (from !== undefined && !all.has('When')) all.set('When', [{ value: { From: from } }])
  return { fields: all, warnings: [] }
}

/** The `FilterList` of the API's JSON. */
export function filterList({ fields: all }: Filter): Record<string, unknown> {
  return Object.fromEntries(
    [...all].map(([name, conditions]) => {
      const entries = conditions.map(({ operator, value }) => {
        return operator === undefined ? value : { [operator]: value }
      })
      return [name, entries.length === 1 ? entries[0] : entries]
    }),
  )
}

function readEntry(given: unknown, field: FilterField, path: string): Condition[] {
  if (!isMap(given)) return [{ value: readValue(given, field, path) }]
  const names = Object.keys(given)
  if (names.length === 0) throw refuse(path, 'is an empty map; write an operator and a value')
  if (field.kind !== 'text' && names.some((name) => isRangeName(name, field))) {
    return [{ value: readRange(given, field, path) }]
  }
  // Two operators in one map are two entries, as they are in the API's own list.
  return Object.entries(given).map(([operator, value]) => {
    if (!field.operators.includes(operator)) {
      const known = [...field.operators, ...rangeNames(field)]
      throw refuse(
        `${path}.${operator}`,
        `is no operator of this filter${suggestion(operator, known)}`,
      )
    }
    const below = `${path}.${operator}`
    const range = field.kind !== 'text' && isMap(value)
    return {
      operator,
      value: range ? readRange(value, field, below) : readValue(value, field, below, true),
    }
  })
}

function readValue(
  given: unknown,
  field: FilterField,
  path: string,
  mayBeEmpty = false,
): Condition['value'] {
  if (field.kind === 'moment' && typeof given === 'string' && periods.includes(given)) {
    return { [given]: '' }
  }
  if (typeof given !== 'string') {
    throw refuse(path, `is ${shown(given)}, no text; put it in quotes`)
  }
  if (given === '' && !mayBeEmpty) throw refuse(path, 'is empty; write a text, or leave it out')
  const control = /[\u0000-\u001f\ufffe\uffff]|\p{Surrogate}/u.exec(given)
  if (control) throw refuse(path, `has a character that cannot be sent (${printable(control[0])})`)
  if (field.longest !== undefined && given.length > field.longest) {
    throw refuse(path, `has ${given.length} characters; the API takes ${field.longest} at most`)
  }
  if (field.kind !== 'text') requireTime(given, field, path)
  return given
}

/** `{ From, To }`, or for `When` the name of a period. */
function readRange(
  given: Record<string, unknown>,
  field: FilterField,
  path: string,
): Record<string, string> {
  const range: Record<string, string> = {}
  const names = Object.keys(given)
  for (const [name, value] of Object.entries(given)) {
    const below = `${path}.${name}`
    if (!isRangeName(name, field)) {
      throw refuse(below, `has no place in a range${suggestion(name, rangeNames(field))}`)
    }
    if (periods.includes(name)) {
      const isBare = value === null || value === '' || value === undefined
      if (!isBare) throw refuse(below, 'takes no value; write it with an empty one')
      if (names.length > 1)
        throw refuse(below, 'stands alone; write a list for more than one range')
      range[name] = ''
    } else {
      if (typeof value !== 'string') throw refuse(below, `is ${shown(value)}, no text`)
      requireTime(value, field, below)
      range[name] = value
    }
  }
  const { From, To } = range
  const [from, to] = [From, To].map((end) => (end === undefined ? undefined : moment(end)))
  if (field.kind === 'moment' && from !== undefined && to !== undefined && from > to) {
    throw refuse(path, `begins (${From}) after its end (${To})`)
  }
  return range
}

function requireTime(value: string, { kind }: FilterField, path: string): void {
  if (kind === 'moment' && moment(value) === undefined) {
    throw refuse(
      path,
      `is "${shorten(printable(value), 60)}", no time that the API takes; write ` +
        `2026-11-22T04:15:00Z or 2026-11-22T04:15:00+02:00, or one of ${periods.join(', ')}`,
    )
  }
  if (kind === 'time-of-day' && !isTimeOfDay(value)) {
    const written = shorten(printable(value), 60)
    throw refuse(path, `is "${written}", no time of day; write 08:00:00Z or 08:00:00+02:00`)
  }
}

/** The list of actions is documented as complete, and grew with every version. */
function unknownActions(conditions: readonly Condition[], path: string): string[] {
  return conditions.flatMap(({ value }) => {
    if (typeof value !== 'string' || knownActions.includes(value)) return []
    const hint = nearest(value, knownActions)
    const meant = hint === undefined ? '' : `; did you mean "${hint}"?`
    return [
      `${path}: "${shorten(printable(value), 60)}" is no action that is known, and is sent as it ` +
        `is: where the server does not know it either, no record comes${meant}`,
    ]
  })
}

function rangeNames({ kind }: FilterField): string[] {
  if (kind === 'text') return []
  return kind === 'moment' ? ['From', 'To', ...periods] : ['From', 'To']
}

function isRangeName(name: string, field: FilterField): boolean {
  return rangeNames(field).includes(name)
}

function refuse(path: string, what: string) {
  return error('config', `${printable(path)} ${what}`)
}

function shown(value: unknown): string {
  return shorten(printable(JSON.stringify(value) ?? String(value)), 60)
}

function isMap(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

/**
 * A row of an alert's CSV to an activity record, or to the reason why it is none.
 *
 * A row is ignored when it is empty, or when it has nothing but a When and ids: that is the row of
 * Netwrix's test run ("Response action for alerts"). A row with more cells than the header is
 * refused, as no one can say which cell is which; one with fewer is taken when what is there has a
 * When and an Action, as a writer that leaves out empty cells at the end would have it.
 */
import type { Row } from '../decoders/delimited.ts'
import type { Code } from '../error.ts'
import { printable, shorten } from '../io/printable.ts'
import type { Column } from './alert-columns.ts'
import type { ReadDate } from './alert-date.ts'
import type { ActivityRecord } from './record.ts'
import { emptyRecord } from './record.ts'

/** `reason` begins with what the row has or is, to be put after the place. */
export interface Refusal {
  code: Code
  reason: string
}

export type Verdict =
  { kind: 'record'; record: ActivityRecord } | { kind: 'ignored' } | ({ kind: 'refused' } & Refusal)

const ignored: Verdict = { kind: 'ignored' }

/** What Netwrix's RIDs look like (17 digits and a GUID), and a GUID alone. Anything else, such as
 * `N/A` in every row, must not make rows one and the same event: it is kept as an unknown column. */
const likelyRid = /^(?=.*\d)[0-9A-Za-z{}-]{20,64}$/

export function readRow(cells: string[], columns: Column[], readDate: ReadDate): Verdict {
  if (cells.every(isBlank)) return ignored
  // A delimiter too many at the end says nothing.
  if (cells.length > columns.length && !cells.slice(columns.length).every(isBlank)) {
    return refused('row', tooMany(cells, columns))
  }
  const record = emptyRecord()
  let when: string | undefined
  let hasContent = false
  // Once for each cell of each row: an iterator of pairs costs several times as much.
  for (let index = 0; index < columns.length; index += 1) {
    const column = columns[index]
    const cell = cells[index]
    if (!column || !cell) continue
    switch (column.kind) {
      case 'text':
        if (column.field === 'rid') setRid(record, cell)
        else record[column.field] = cell
        hasContent ||= column.field !== 'rid' && !isBlank(cell)
        break
      case 'detail':
        setDetail(record, column.field, cell)
        hasContent ||= !isBlank(cell)
        break
      case 'when':
        when = cell
        break
      case 'other':
        record.other.push([column.name, cell])
        hasContent ||= !column.isId && !isBlank(cell)
    }
  }
  const time = when === undefined || isBlank(when) ? undefined : readDate(when)
  const isShort = cells.length < columns.length
  // A lone When is the test row's; a lone word is what a broken row left behind.
  if (!hasContent && !(isShort && typeof time === 'string')) return ignored
  if (isShort && (typeof time !== 'number' || isBlank(record.action))) {
    return refused('row', tooFew(cells, columns))
  }
  if (typeof time === 'string') {
    return refused('date', `has ${shown(when ?? '')} in When, which ${time}`)
  }
  record.time = time
  keepProperty(record)
  return { kind: 'record', record }
}

/** Why a row is refused that cannot be told from what is around it. */
export function brokenReason({ problem, reason }: NonNullable<Row['broken']>): Refusal {
  if (problem === 'too-large') {
    return { code: 'too-large', reason: `${reason}; only its beginning is kept` }
  }
  const cure = 'a quote that begins a cell must have its pair, and quotes inside must be doubled'
  return { code: 'row', reason: `${reason}; ${cure}` }
}

function setRid(record: ActivityRecord, cell: string): void {
  const rid = cell.trim()
  if (likelyRid.test(rid)) record.rid = rid
  else record.other.push(['RID', cell])
}

function setDetail(
  record: ActivityRecord,
  field: 'property' | 'before' | 'after',
  cell: string,
): void {
  record.details[0] ??= { property: '', before: '', after: '', message: '' }
  record.details[0][field] = cell
}

/** The text of the details goes before the detail's own words, in which the property would be. */
function keepProperty({ details, detailsText, other }: ActivityRecord): void {
  const [detail] = details
  if (detail && detail.property !== '' && detailsText !== '') {
    other.push(['Property', detail.property])
  }
}

function isBlank(cell: string): boolean {
  if (cell === '') return true
  return cell.charCodeAt(0) <= 0x20 && cell.trim() === ''
}

function refused(code: Code, reason: string): Verdict {
  return { kind: 'refused', code, reason }
}

function tooMany(cells: string[], columns: Column[]): string {
  return (
    `has ${cells.length} cells where the header has ${columns.length}; ` +
    'a cell with the delimiter in it must be in quotes'
  )
}

function tooFew(cells: string[], columns: Column[]): string {
  return (
    `has ${cells.length} cells where the header has ${columns.length}, ` +
    'and no When and Action among them; it may be the rest of a broken row'
  )
}

function shown(value: string): string {
  return `"${shorten(printable(value), 100)}"`
}

/**
 * The columns of an alert's CSV, by name: in any order, whatever their case and blanks.
 *
 * Netwrix shows the file only as a picture, so the names are those that its other texts use for the
 * same fields: the API's ("Activity record reference", and "Compatibility notice" for 8.x), the event
 * log add-on's and those of the rendered event. A column that is none of them is kept by its name.
 */
import { error } from '../error.ts'
import { printable, shorten } from '../io/printable.ts'

/** A field of the record that is text. */
export type TextField =
  | 'rid'
  | 'who'
  | 'action'
  | 'what'
  | 'where'
  | 'objectType'
  | 'monitoringPlan'
  | 'dataSource'
  | 'item'
  | 'workstation'
  | 'detailsText'

export type DetailField = 'property' | 'before' | 'after'

export type Column =
  | { kind: 'text'; field: TextField }
  | { kind: 'detail'; field: DetailField }
  | { kind: 'when' }
  | { kind: 'other'; name: string; isId: boolean }

const textColumns: Record<string, TextField> = {
  rid: 'rid',
  recordid: 'rid',
  activityrecordid: 'rid',
  who: 'who',
  action: 'action',
  changetype: 'action',
  what: 'what',
  where: 'where',
  objecttype: 'objectType',
  monitoringplan: 'monitoringPlan',
  monitoringplanname: 'monitoringPlan',
  managedobject: 'monitoringPlan',
  datasource: 'dataSource',
  auditedsystem: 'dataSource',
  item: 'item',
  itemname: 'item',
  workstation: 'workstation',
  details: 'detailsText',
  detail: 'detailsText',
  detaillist: 'detailsText',
}

const detailColumns: Record<string, DetailField> = {
  property: 'property',
  propertyname: 'property',
  before: 'before',
  after: 'after',
}

const whenColumns = new Set(['when', 'time', 'datetime'])

/** The plan for a header. The first column of a name counts, a second one is kept as an unknown
 * one. Throws `header` (permanent) when it has no column that is known. */
export function knownColumns(header: string[]): Column[] {
  const taken = new Set<string>()
  const columns = header.map((name) => {
    const column = columnOf(name)
    const field = column.kind === 'when' ? 'when' : column.kind === 'other' ? '' : column.field
    if (field !== '' && !taken.has(field)) {
      taken.add(field)
      return column
    }
    return other(name)
  })
  if (taken.size > 0) return columns
  const found = shorten(printable(header.join(', ')), 200)
  throw error(
    'header',
    `the header "${found}" has no column that is known; ` +
      'one of When, Who, Action, What, Where, Object Type, Data Source, RID, Details is needed',
    { permanent: true },
  )
}

function columnOf(name: string): Column {
  const key = plain(name)
  const text = Object.hasOwn(textColumns, key) ? textColumns[key] : undefined
  if (text) return { kind: 'text', field: text }
  const detail = Object.hasOwn(detailColumns, key) ? detailColumns[key] : undefined
  if (detail) return { kind: 'detail', field: detail }
  return whenColumns.has(key) ? { kind: 'when' } : other(name)
}

function other(name: string): Column {
  return { kind: 'other', name: name.trim(), isId: plain(name).endsWith('id') }
}

function plain(name: string): string {
  return name.toLowerCase().replace(/[\s_.\-\ufeff\u0000]/g, '')
}

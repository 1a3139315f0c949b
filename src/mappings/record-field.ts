/**
 * The fields of a record by the names that Netwrix gives them, as the configuration writes them in
 * templates, severity rules and privacy. Case, spaces, `_`, `-` and `.` do not count, as in an alert
 * file's header, and the names of other versions are known. Any other name is that of a column or property that is kept by its name; one that is
 * a slip away from a field's is refused, unless it is in quotes: `"Whom"`.
 */
import { nearest } from '../io/nearest.ts'
import type { ActivityRecord } from '../netwrix/record.ts'
import { fullMessages } from './netwrix-details.ts'

type Read = (record: ActivityRecord) => string

const readers = {
  RID: (record) => record.rid,
  Who: (record) => record.who,
  Action: (record) => record.action,
  What: (record) => record.what,
  Where: (record) => record.where,
  ObjectType: (record) => record.objectType,
  DataSource: (record) => record.dataSource,
  MonitoringPlan: (record) => record.monitoringPlan,
  Item: (record) => record.item,
  Workstation: (record) => record.workstation,
  When: (record) => dateTime(record.time),
  Details: detailsOf,
  Property: (record) => joined(record, 'property'),
  Before: (record) => joined(record, 'before'),
  After: (record) => joined(record, 'after'),
} satisfies Record<string, Read>

export type FieldName = keyof typeof readers

export const fieldNames = Object.keys(readers) as FieldName[]

/** What the same fields are called elsewhere: in 8.x, in the API's objects, in alerts' files. */
const otherNames: Record<string, FieldName> = {
  auditedsystem: 'DataSource',
  managedobject: 'MonitoringPlan',
  monitoringplanname: 'MonitoringPlan',
  itemname: 'Item',
  changetype: 'Action',
  recordid: 'RID',
  activityrecordid: 'RID',
  propertyname: 'Property',
  detail: 'Details',
  detaillist: 'Details',
}

const byPlainName = new Map([
  ...fieldNames.map((name): [string, FieldName] => [plainName(name), name]),
  ...Object.entries(otherNames),
])

/** A field of every record, or a column by its plain name and as it was written. */
export type RecordField =
  { kind: 'field'; name: FieldName } | { kind: 'column'; name: string; written: string }

/** The field that was meant. Throws an Error whose message goes on after `{name} `. */
export function fieldNamed(written: string): RecordField {
  const quoted = /^\s*"(.+)"\s*$/.exec(written)?.[1]
  const name = plainName(quoted ?? written)
  if (name === '') throw new Error('is no name of a field')
  const known = quoted === undefined ? byPlainName.get(name) : undefined
  if (known !== undefined) return { kind: 'field', name: known }
  const near = quoted === undefined ? fieldMeant(written.trim()) : undefined
  if (near === undefined) return { kind: 'column', name, written: (quoted ?? written).trim() }
  throw new Error(
    `is no field; did you mean ${near}? A column of that name is written "${written.trim()}", with its quotes`,
  )
}

/** The field whose name, or other name, a column has. */
export function fieldOfColumn(name: string): FieldName | undefined {
  return byPlainName.get(plainName(name))
}

/** A message is the details' in the API, and there is no column of it. */
function fieldMeant(written: string): string | undefined {
  return plainName(written) === 'message' ? 'Details' : nearest(written, fieldNames)
}

/** Reads a field as text; '' when the record does not have it. */
export function fieldReader(field: RecordField): Read {
  if (field.kind === 'field') return readers[field.name]
  return ({ other }) => other.find(([name]) => plainName(name) === field.name)?.[1] ?? ''
}

/** All fields of a record that have a value, by name, those that are kept by their name after them. */
export function recordFields(record: ActivityRecord): [name: string, value: string][] {
  const known = fieldNames.map((name): [string, string] => [name, readers[name](record)])
  return [...known, ...record.other].filter(([, value]) => value !== '')
}

export function plainName(name: string): string {
  return name.toLowerCase().replace(/[\s_.\-\ufeff\0]/g, '')
}

/** All that the record says of what happened, as `msg` has it. */
export function detailsOf({ detailsText, details }: ActivityRecord): string {
  return detailsText || fullMessages(details)
}

/** As the API writes it: `2017-02-14T15:42:34Z`. */
function dateTime(time: number | undefined): string {
  return time === undefined ? '' : new Date(time).toISOString().replace('.000Z', 'Z')
}

function joined({ details }: ActivityRecord, part: 'property' | 'before' | 'after'): string {
  return details.flatMap((detail) => (detail[part] === '' ? [] : [detail[part]])).join(', ')
}

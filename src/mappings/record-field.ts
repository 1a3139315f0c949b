/**
 * The fields of an activity record by the names that Netwrix gives them, in the API and in alerts' files,
 * now and in other versions.
 */
import type { ActivityRecord } from '../netwrix/record.ts'
import { FieldSet } from './field-set.ts'
import { fullMessages } from './netwrix-details.ts'

const readers = {
  RID: (record: ActivityRecord) => record.rid,
  Who: (record: ActivityRecord) => record.who,
  Action: (record: ActivityRecord) => record.action,
  What: (record: ActivityRecord) => record.what,
  Where: (record: ActivityRecord) => record.where,
  ObjectType: (record: ActivityRecord) => record.objectType,
  DataSource: (record: ActivityRecord) => record.dataSource,
  MonitoringPlan: (record: ActivityRecord) => record.monitoringPlan,
  Item: (record: ActivityRecord) => record.item,
  Workstation: (record: ActivityRecord) => record.workstation,
  When: (record: ActivityRecord) => dateTime(record.time),
  Details: detailsOf,
  Property: (record: ActivityRecord) => joined(record, 'property'),
  Before: (record: ActivityRecord) => joined(record, 'before'),
  After: (record: ActivityRecord) => joined(record, 'after'),
}

export type FieldName = keyof typeof readers

export const activityFields = new FieldSet<ActivityRecord, FieldName>({
  readers,
  otherNames: {
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
  },
  // A message is the details' in the API, and there is no column of it.
  slips: { message: 'Details' },
  others: (record) => record.other,
  time: { name: 'When', read: (record) => record.time },
})

/** All fields of a record that have a value, by name, those that are kept by their name after them. */
export function recordFields(record: ActivityRecord): [name: string, value: string][] {
  return activityFields.valuesOf(record)
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

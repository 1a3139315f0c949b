/**
 * An activity record of Netwrix Auditor, as it comes from the Integration API or as the row of an
 * alert's CSV. Everything may be missing, and what is not known is kept by its name, since the fields
 * changed with the product's versions. Sources: Netwrix, "Activity record reference", "Retrieve
 * activity records" and "Compatibility notice" (8.x names).
 */
import { hash } from 'node:crypto'
import { error } from '../error.ts'
import { parseDateTime } from './date-time.ts'

export interface ActivityRecord {
  /** 17 digits (the moment of recording) and 32 of a GUID in what was seen; '' when absent. */
  rid: string
  who: string
  action: string
  what: string
  where: string
  objectType: string
  monitoringPlan: string
  dataSource: string
  item: string
  workstation: string
  /** The event's, in ms since 1970; undefined when the record does not say. */
  time: number | undefined
  details: ActivityDetail[]
  /** The alert CSV's column of text; '' for the API. */
  detailsText: string
  /** What else the record had: name and value. */
  other: [name: string, value: string][]
}

export interface ActivityDetail {
  property: string
  before: string
  after: string
  message: string
}

type Json = Record<string, unknown>

/** A record in which everything is absent. */
export function emptyRecord(): ActivityRecord {
  return {
    rid: '',
    who: '',
    action: '',
    what: '',
    where: '',
    objectType: '',
    monitoringPlan: '',
    dataSource: '',
    item: '',
    workstation: '',
    time: undefined,
    details: [],
    detailsText: '',
    other: [],
  }
}

/**
 * One element of the API's `ActivityRecordList`. Throws, permanently, `record` when it is no object
 * and `date` when its `When` is there but is no dateTime.
 */
export function fromJson(value: unknown): ActivityRecord {
  if (!isObject(value)) {
    throw error('record', `${shown(value)} is not an activity record; an object was expected`, {
      permanent: true,
    })
  }
  const record = emptyRecord()
  for (const [name, field] of Object.entries(value)) {
    if (!isNothing(field)) readField(record, name, field)
  }
  return record
}

/** 16 bytes that stand for a RID in the spool: the first half of its SHA-256. */
export function recordId(rid: string): Uint8Array {
  return hash('sha256', rid, 'buffer').subarray(0, 16)
}

/** Fields that are text, by the names of all versions. */
const textFields = {
  RID: 'rid',
  Who: 'who',
  Action: 'action',
  What: 'what',
  Where: 'where',
  ObjectType: 'objectType',
  DataSource: 'dataSource',
  AuditedSystem: 'dataSource',
  Workstation: 'workstation',
} as const

/** Fields that are text or an object with a Name. */
const namedFields = {
  MonitoringPlan: 'monitoringPlan',
  ManagedObject: 'monitoringPlan',
  Item: 'item',
} as const

function readField(record: ActivityRecord, name: string, value: unknown): void {
  if (Object.hasOwn(textFields, name)) {
    const field = textFields[name as keyof typeof textFields]
    if (record[field] === '') record[field] = text(value)
    else record.other.push([name, text(value)])
  } else if (Object.hasOwn(namedFields, name)) {
    readNamed(record, name, namedFields[name as keyof typeof namedFields], value)
  } else if (name === 'When') {
    record.time = readTime(value)
  } else if (name === 'DetailList') {
    for (const detail of list(value)) readDetail(record, detail)
  } else {
    record.other.push([name, text(value)])
  }
}

/** `{ Name, ID }`, or the name alone; what is not the name is kept as `MonitoringPlanID`. */
function readNamed(
  record: ActivityRecord,
  name: string,
  field: 'monitoringPlan' | 'item',
  value: unknown,
): void {
  const parts = isObject(value) ? value : { Name: value }
  for (const [part, partValue] of Object.entries(parts)) {
    if (isNothing(partValue)) continue
    if (part === 'Name' && record[field] === '') record[field] = text(partValue)
    else record.other.push([`${name}${part}`, text(partValue)])
  }
}

function readTime(value: unknown): number | undefined {
  const time = typeof value === 'string' ? parseDateTime(value) : undefined
  if (time !== undefined) return time
  throw error('date', `When: ${shown(value)} is not a dateTime such as 2017-02-14T15:42:34Z`, {
    permanent: true,
  })
}

const detailFields = {
  PropertyName: 'property',
  Before: 'before',
  After: 'after',
  Message: 'message',
} as const

function readDetail(record: ActivityRecord, value: unknown): void {
  const detail: ActivityDetail = { property: '', before: '', after: '', message: '' }
  const fields = isObject(value) ? value : { Message: value }
  for (const [name, field] of Object.entries(fields)) {
    if (isNothing(field)) continue
    if (Object.hasOwn(detailFields, name)) {
      detail[detailFields[name as keyof typeof detailFields]] = text(field)
    } else {
      keepOfDetail(record, `Detail${name}`, text(field))
    }
  }
  if (Object.values(detail).some((field) => field !== '')) record.details.push(detail)
}

/** One entry for all details: a record may have thousands of them. */
function keepOfDetail(record: ActivityRecord, name: string, value: string): void {
  const entry = record.other.find(([other]) => other === name)
  if (entry === undefined) record.other.push([name, value])
  else entry[1] += `, ${value}`
}

/** The details: an array, a single one, or XML's `{ Detail: … }` around either. */
function list(value: unknown): unknown[] {
  if (isObject(value) && 'Detail' in value) {
    const { Detail, ...more } = value
    return [...list(Detail), ...(Object.keys(more).length > 0 ? [more] : [])]
  }
  return Array.isArray(value) ? (value as unknown[]) : value === null ? [] : [value]
}

/** Text as it is; anything else as JSON writes it, so that nothing is lost. */
function text(value: unknown): string {
  return typeof value === 'string' ? value : JSON.stringify(value)
}

/** Absent, null and empty are one: XML cannot tell them apart. */
function isNothing(value: unknown): value is null | undefined | '' {
  return value === null || value === undefined || value === ''
}

function isObject(value: unknown): value is Json {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

/** In quotation marks, whatever it is: by these the log knows what to leave out. */
function shown(value: unknown): string {
  const json = JSON.stringify(value) ?? String(value)
  const text = json.length > 200 ? `${json.slice(0, 200)}…` : json
  return typeof value === 'string' ? text : `"${text}"`
}

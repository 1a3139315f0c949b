/**
 * A CEF line of Netwrix's as the Windows event that the vendor's event-log add-on made of the same
 * record: its source, EventID, category and text (documentation of the add-on, parameters
 * `GenerateEventId` and the following). Pure.
 *
 * What the vendor does not publish is assumed here, and `docs/snare.md` says so: the order and the
 * encoding of what the checksums are made of.
 */
import { crc32 } from 'node:zlib'
import { decode } from '../cef/decode.ts'
import type { DecodedCef } from '../cef/decode.ts'
import { error } from '../error.ts'

/** The log that the add-on made for its events. */
export const eventLog = 'Netwrix_Auditor_Integration'
/** The source of all of them, unless each data source is one. */
const commonSource = `${eventLog}_API`
/** Before the name of a data source that is one: the add-on's `$EventSourcePrefix`. */
const sourcePrefix = 'NA'

export interface EventLogOptions {
  /** Whether an EventID is computed (`GenerateEventId`), or all are 0. */
  eventIds: boolean
  /** Whether the data source counts in it (`IncludeDataSourceToMakeEventId`). */
  includeDataSource: boolean
  /** Whether each data source is an event source (`SetDataSourceAsEventSource`). */
  sourceByDataSource: boolean
}

export interface LogEvent {
  source: string
  /** 0 to 65,535. */
  id: number
  /** 0 to 511. */
  category: number
  /** One line: no tabs, no line ends. */
  text: string
}

interface Fields {
  where: string
  objectType: string
  who: string
  what: string
  workstation: string
  details: string
}

const nameByKey = new Map<string, keyof Fields>([
  ['shost', 'where'],
  ['cat', 'objectType'],
  ['suser', 'who'],
  ['filePath', 'what'],
  ['msg', 'details'],
])

/** The event for a CEF line of that time (ms since 1970). Throws a permanent `record` for a line that
 * is not Netwrix's: the add-on had no event for it. */
export function logEvent(cef: string, time: number, options: EventLogOptions): LogEvent {
  const record = decode(cef)
  if (record?.vendor !== 'Netwrix') throw foreign(record)
  const { product, classId, name } = record
  const { where, objectType, who, what, workstation, details } = fieldsOf(record)
  return {
    source: options.sourceByDataSource ? oneLine(`${sourcePrefix} ${product}`) : commonSource,
    id: options.eventIds
      ? crc32(objectType + classId + (options.includeDataSource ? product : '')) & 0xffff
      : 0,
    category: crc32(product) & 0x1ff,
    text: textOf([
      ['DataSource : ', product],
      ['Action : ', classId],
      // The one name that is seen without a space before its colon.
      ['Message: ', name],
      ['Where : ', where],
      ['ObjectType : ', objectType],
      ['Who : ', who],
      ['What : ', what],
      ['When : ', `${new Date(time).toISOString().slice(0, 19)}Z`],
      ['Workstation : ', workstation],
      ['Details : ', details],
    ]),
  }
}

/** A value as it can stand in a field of a line whose fields are parted by tabs. */
export function oneLine(text: string): string {
  return text.replace(/[\x00-\x1f\x7f]/g, ' ')
}

/**
 * The record's fields by their keys; the workstation is under a custom key with that label. `shost` is
 * Where, as the vendor has it, unless the profile is the one in which it is the workstation, or not
 * there: then the host of Where is `dhost`.
 */
function fieldsOf({ extension }: DecodedCef): Fields {
  const fields = { where: '', objectType: '', who: '', what: '', workstation: '', details: '' }
  let host = ''
  for (const [key, value] of extension) {
    const name = nameByKey.get(key)
    if (name !== undefined) fields[name] = value
    else if (key === 'dhost') host = value
    else if (value === 'Workstation' && key.endsWith('Label')) {
      const labelled = key.slice(0, -'Label'.length)
      fields.workstation = extension.find(([other]) => other === labelled)?.[1] ?? ''
    }
  }
  const { where, workstation } = fields
  if (where === '' || where === workstation) fields.where = host || 'unknown'
  return fields
}

/** As SIEMs see the event rendered: names and values in the add-on's order, two spaces between them,
 * and the last one left out when it is empty. */
function textOf(fields: [name: string, value: string][]): string {
  const [, last] = fields.at(-1) ?? []
  const shown = last === '' ? fields.slice(0, -1) : fields
  return oneLine(shown.map(([name, value]) => name + value).join('  '))
}

function foreign(record: DecodedCef | undefined): Error {
  const what = record ? `an event of “${record.vendor}”` : 'no CEF line'
  return error(
    'record',
    `is ${what}, and payload snare has a form for Netwrix’s events only: send it by a destination ` +
      'with payload cef, and name this one’s sources in its option from',
    { permanent: true },
  )
}

/**
 * A Netwrix activity record → CEF.
 *
 * Profile `standard` begins as the vendor's own CEF does (its ArcSight and CEF Export add-ons): the
 * header `Netwrix|{DataSource}|1.0|{Action}|{Action ObjectType}` and, in this order, `shost` (Where),
 * `cat` (ObjectType), `suser` (Who), `filePath` (What), `start` (When), `msg` (details). The parsers
 * that exist for it (Exabeam, Sekoia, Sentinel) go on working; what it got wrong is put right: English
 * months, UTC, escapes, a severity. After them comes what it left out.
 *
 * `shost` is Where there, as the vendor has it, though Where is the place that was acted on. Profile
 * `extended` says it right: `shost` is the Workstation that the action came from (none where it is not
 * known or is an address, which is `src`), and `dhost` alone is the host of Where.
 *
 * Profile `classic` is the vendor's alone: severity 0 and those keys. Of its bytes only these differ:
 * months and zone, escapes, the space after the seventh pipe, and that nothing is cut at 16,000.
 *
 * An empty What is `filePath=N/A` and an empty Where `shost=unknown`, both of which the vendor writes
 * itself: parsers match `filePath=… start=` and `shost=(unknown|\S+)`, and an empty value cannot be
 * sent (the encoder says why). Any other Where is sent as it is; a host never has a space in it.
 * Without a DataSource the product is `Netwrix Auditor`.
 */
import type { CefEvent, CefValue } from '../cef/event.ts'
import { cefDate } from '../cef/date.ts'
import type { ActivityRecord } from '../netwrix/record.ts'
import { recordId } from '../netwrix/record.ts'
import { actionMeaning } from './netwrix-action.ts'
import { fullMessages, joinedMessages, sideOf } from './netwrix-details.ts'
import { membersOf } from './netwrix-members.ts'
import { accountDomain, folderOf, hostName, isAddress, lastPart } from './netwrix-names.ts'
import { failureReason } from './netwrix-reason.ts'

/** `deviceFacility` of an alert: what a rule in the SIEM tells the two kinds of events apart by. */
export const alertFacility = 'Netwrix Auditor alert'
export const activityFacility = 'Netwrix Auditor activity record'

export const profiles = ['standard', 'classic', 'extended'] as const

export type Profile = (typeof profiles)[number]

export interface MappingOptions {
  kind: 'alert' | 'activity'
  profile: Profile
  /** ms since 1970: the event's time when the record has none; then there is no `start`. */
  receivedAt: number
  /** `externalId` when there is no RID: stable for the record, at most 40 characters. */
  id: string
}

type Extension = CefEvent['extension']

/** Pure, and never throws. */
export function mapRecord(record: ActivityRecord, options: MappingOptions): CefEvent {
  const { action, objectType } = record
  const { profile } = options
  const classic = profile === 'classic'
  const meaning = actionMeaning(action)
  const extension = vendorKeys(record, profile)
  if (!classic) addStandardKeys(extension, record, options, meaning.outcome)
  return {
    vendor: 'Netwrix',
    product: record.dataSource || 'Netwrix Auditor',
    version: '1.0',
    classId: action,
    name: objectType === '' ? action : `${action} ${objectType}`,
    severity: classic ? 0 : Math.max(meaning.severity, options.kind === 'alert' ? 7 : 0),
    extension,
    time: record.time ?? options.receivedAt,
  }
}

/** The six keys of the vendor's add-ons, in their order. */
function vendorKeys(record: ActivityRecord, profile: Profile): Extension {
  const messages = profile === 'classic' ? joinedMessages : fullMessages
  const extension: Extension = [
    ['shost', profile === 'extended' ? sourceHost(record) : sourceOfVendor(record)],
    ['cat', record.objectType],
    ['suser', record.who],
    ['filePath', hasText(record.what) ? record.what : 'N/A'],
  ]
  if (record.time !== undefined) extension.push(['start', cefDate(record.time)])
  add(extension, 'msg', record.detailsText || messages(record.details))
  return extension
}

function sourceOfVendor({ where }: ActivityRecord): string {
  return hasText(where) ? where : 'unknown'
}

function sourceHost({ workstation }: ActivityRecord): string {
  return isAddress(workstation) ? '' : workstation
}

function addStandardKeys(
  extension: Extension,
  record: ActivityRecord,
  options: MappingOptions,
  outcome: string,
): void {
  const objectType = record.objectType.toLowerCase()
  extension.push(
    ['rt', record.time ?? options.receivedAt],
    ['externalId', externalId(record.rid, options.id)],
    ['act', record.action],
    ['outcome', outcome],
    ['deviceFacility', options.kind === 'alert' ? alertFacility : activityFacility],
  )
  if (outcome === 'failure') add(extension, 'reason', failureReason(record))
  const host = hostName(record.where)
  if (host !== '') extension.push(['dvchost', host], ['dhost', host])
  if (isAddress(record.workstation)) extension.push(['src', record.workstation])
  add(extension, 'sntdom', accountDomain(record.who))
  if (users.has(objectType)) add(extension, 'duser', lastPart(record.what))
  else if (files.has(objectType)) {
    add(extension, 'fname', lastPart(record.what))
    add(extension, folderKey, folderOf(record.what))
  } else if (objectType.includes('group')) addMembers(extension, record)
  addLabelled(extension, 'cs1', 'RID', record.rid)
  addLabelled(extension, 'cs2', 'MonitoringPlan', record.monitoringPlan)
  addLabelled(extension, 'cs3', 'Item', record.item)
  addLabelled(extension, 'cs4', 'Workstation', record.workstation)
  if (record.details.length > 0) {
    addLabelled(extension, 'cs5', 'Before', sideOf(record.details, 'before'))
    addLabelled(extension, 'cs6', 'After', sideOf(record.details, 'after'))
  }
  for (const [name, value] of record.other) add(extension, otherKey(name), value)
}

/** Object types whose What ends in the name of an account, and of a file or folder. */
const users = new Set(['user', 'inetorgperson', 'mail user'])
const files = new Set(['file', 'folder', 'document'])

/** CEF has no key for the folder that a file is in: `filePath` is to have the file's name with it. */
const folderKey = 'NetwrixAuditorDirectory'

/** `duser` is the first one that came or went, as CEF has one; all of them are in the two others. */
function addMembers(extension: Extension, record: ActivityRecord): void {
  const members = membersOf(record)
  if (members === undefined) return
  const { added, removed } = members
  const first = added[0] ?? removed[0] ?? ''
  add(extension, 'duser', lastPart(first))
  add(extension, 'dntdom', accountDomain(first))
  addLabelled(extension, 'flexString1', 'MembersAdded', added.join(', '))
  addLabelled(extension, 'flexString2', 'MembersRemoved', removed.join(', '))
}

/** 17 digits of time, then a GUID: of the 49 characters `externalId` can hold the second half. */
const usualRid = /^\d{17}[0-9A-Fa-f]{32}$/

function externalId(rid: string, id: string): string {
  if (usualRid.test(rid)) return rid.slice(17)
  return rid === '' ? id : Buffer.from(recordId(rid)).toString('hex')
}

/** CEF chapter 4: vendor, product and name in one word. */
function otherKey(name: string): string {
  return `NetwrixAuditor${name.replace(/[^A-Za-z0-9]/g, '') || 'Column'}`
}

function add(extension: Extension, key: string, value: CefValue): void {
  if (value !== '') extension.push([key, value])
}

function addLabelled(extension: Extension, key: string, label: string, value: string): void {
  if (value !== '') extension.push([key, value], [`${key}Label`, label])
}

/** Whether the encoder will find anything in it: not only spaces and control characters. */
function hasText(text: string): boolean {
  const first = text.charCodeAt(0)
  return (first > 0x20 && first < 0x7f) || /[^\s\x00-\x1f\x7f-\x9f]/.test(text)
}

/**
 * Records whose whole content follows from their key, so that what arrives can be judged by itself:
 * no copy of what was given is kept. The reader of CEF here is the oracle's own.
 *
 * A key is a letter and a number: `a7` an alert's row without RID, `t7` one of two rows of a file
 * that are alike to the last byte (two events all the same), `r7` an alert's row with a RID, `v7` an
 * activity record. The digits of `v7` are the record's index at the stand-in API.
 */
import { createHash } from 'node:crypto'

export type Kind = 'a' | 't' | 'r' | 'v'

/** What a message says about itself. */
export interface Arrival {
  key: string
  /** `externalId`: one for each event, also for rows that are alike. */
  externalId: string
  /** Of the whole line, to be compared with the same event's elsewhere. */
  digest: string
}

/** 17 digits of a recording time and a GUID, as Netwrix's are. */
export function ridOf(key: string): string {
  return `20261101100000000${md5(key)}`
}

export function whatOf(key: string): string {
  return `\\oracle\\${key}`
}

/** Of 30 to 1,600 characters, with what has to be escaped or survives only when counted rightly. */
export function textOf(key: string): string {
  const digest = createHash('sha256').update(key).digest('hex')
  const filler = digest.repeat(parseInt(digest.slice(0, 2), 16) % 25)
  return `${key} = "a|b" \\ é\n${filler}.${digest.slice(0, 12)}`
}

/** How many events there are of a key. */
export function eventsOf(key: string): number {
  return key.startsWith('t') ? 2 : 1
}

const fieldPattern = /(?:^| )([A-Za-z0-9]+)=((?:\\.|[^\\=])*?)(?= [A-Za-z0-9]+=|$)/g

/** The event in a CEF line, or in words what is wrong with it. */
export function readArrival(line: string): Arrival | string {
  const start = line.indexOf('CEF:0|')
  if (start === -1) return 'no CEF'
  const cef = line.slice(start)
  const extension = cef.replace(/^(?:(?:\\.|[^\\|])*\|){7}/, '')
  const fields = new Map<string, string>()
  for (const [, name = '', value = ''] of extension.trim().matchAll(fieldPattern)) {
    fields.set(name, unescape(value))
  }
  const key = /^\\oracle\\([atrv]\d+)$/.exec(fields.get('filePath') ?? '')?.[1]
  if (key === undefined) return `no key in filePath=${fields.get('filePath')}`
  const wrong = Object.entries(expectedFields(key)).find(
    ([name, text]) => fields.get(name) !== text,
  )
  if (wrong) return `${key}: ${wrong[0]} is ${JSON.stringify(fields.get(wrong[0]))}`
  const digest = createHash('sha1').update(cef).digest('base64').slice(0, 12)
  return { key, externalId: fields.get('externalId') ?? '', digest }
}

/** What follows from the key, and what all of a kind have. */
function expectedFields(key: string): Record<string, string> {
  const text = textOf(key)
  const rid = { cs1: ridOf(key), externalId: md5(key) }
  if (key.startsWith('v')) {
    const msg = `Description changed from "before" to "${text}"`
    return { ...rid, msg, cs5: 'before', cs6: text, ...activityFields }
  }
  const fields = { suser: `ENTERPRISE\\${key}`, msg: text, ...alertFields }
  return key.startsWith('r') ? { ...fields, ...rid } : fields
}

const activityFields = {
  suser: 'ENTERPRISE\\Administrator',
  cat: 'user',
  deviceFacility: 'Netwrix Auditor activity record',
}

const alertFields = {
  act: 'Modified',
  cat: 'group',
  shost: 'dc1',
  rt: String(Date.UTC(2026, 10, 1, 10)),
  deviceFacility: 'Netwrix Auditor alert',
}

function unescape(value: string): string {
  return value.replace(/\\(.)/g, (_escape, character: string) =>
    character === 'n' ? '\n' : character,
  )
}

function md5(text: string): string {
  return createHash('md5').update(text).digest('hex').toUpperCase()
}

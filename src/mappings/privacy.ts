/**
 * Hides fields of a record before it is mapped, so that no key that is made of one lets it out:
 *
 * - `drop`: it is as if the record did not have it;
 * - `hash`: HMAC-SHA-256 of its text (UTF-8) with the key, the first 32 hexadecimal digits: the same
 *   value is the same hash, so that events can still be brought together;
 * - `cut: N`: its first N characters and `…`.
 *
 * Where the record's other texts mention a hidden value, what stands for it is put there too
 * (`mentions.ts`), for Before and After in the details only. `Details` is all of them: text, messages,
 * properties, Before and After. Action and When cannot be hidden: severity, outcome and the order of
 * events rest on them. The ids by which a record is known are made of the record as it was read.
 */
import { createHmac } from 'node:crypto'
import type { ActivityRecord } from '../netwrix/record.ts'
import { hidden, Mentions } from './mentions.ts'
import type { MappingSpec } from './options.ts'
import type { FieldName } from './record-field.ts'
import { detailsOf, fieldNamed, fieldOfColumn, plainName } from './record-field.ts'
import { entriesOf, kindOf, refusal } from './refuse.ts'

export type Redact = (record: ActivityRecord) => ActivityRecord

interface Hide {
  hide(value: string): string
  cuts: boolean
}

const example = 'fields: { Who: hash, Workstation: drop, Details: { cut: 200 } }'

/** A key that is shorter than this is found by trying. */
const leastKey = 16

/** Fields that are one text: Netwrix's name, the plain one, and the record's. */
const texts = [
  ['RID', 'rid', 'rid'],
  ['Who', 'who', 'who'],
  ['What', 'what', 'what'],
  ['Where', 'where', 'where'],
  ['ObjectType', 'objecttype', 'objectType'],
  ['DataSource', 'datasource', 'dataSource'],
  ['MonitoringPlan', 'monitoringplan', 'monitoringPlan'],
  ['Item', 'item', 'item'],
  ['Workstation', 'workstation', 'workstation'],
] as const

/** Those in which people and places may be mentioned. */
const mentioning = ['who', 'what', 'where', 'monitoringPlan', 'item', 'workstation'] as const

/** Gives a record without what is to be hidden; undefined where nothing is. Throws `config`. */
export function compilePrivacy(spec: MappingSpec['privacy'], place: string): Redact | undefined {
  const fields = new Map<string, Hide>()
  for (const [written, how] of entriesOf(spec.fields, `${place}.fields`, example)) {
    const own = `${place}.fields.${written}`
    const name = nameOf(written, own)
    if (fields.has(name)) throw refusal(own, `is ${name}, which is there already; keep one`)
    fields.set(name, hideBy(how, own, spec.key, place))
  }
  return fields.size === 0 ? undefined : (record) => redact(record, fields)
}

/** The plain name of a field or column. */
function nameOf(written: string, place: string): string {
  let field
  try {
    field = fieldNamed(written)
  } catch (thrown) {
    throw refusal(place, (thrown as Error).message, thrown)
  }
  if (field.name === 'Action' || field.name === 'When') {
    throw refusal(place, 'cannot be hidden; severity, outcome and the order of events rest on it')
  }
  return plainName(field.name)
}

function hideBy(how: unknown, place: string, key: string | null, privacy: string): Hide {
  if (how === 'drop') return { cuts: false, hide: () => '' }
  if (how === 'hash') {
    if (key === null) throw refusal(`${privacy}.key`, `is missing, and ${place} is to be hashed`)
    if (key.length < leastKey) {
      throw refusal(`${privacy}.key`, `is ${key.length} characters long; use ${leastKey} at least`)
    }
    const hash = (value: string) => createHmac('sha256', key).update(value).digest('hex')
    return { cuts: false, hide: (value) => hash(value).slice(0, 32) }
  }
  const [[option, length] = [], ...more] =
    typeof how === 'object' && how !== null ? Object.entries(how) : []
  if (option !== 'cut' || more.length > 0) {
    throw refusal(place, `is ${kindOf(how)}; write drop, hash or { cut: 20 }`)
  }
  if (!Number.isSafeInteger(length) || (length as number) < 1) {
    throw refusal(`${place}.cut`, `is ${kindOf(length)}; write a number of characters, 1 or more`)
  }
  return { cuts: true, hide: (value) => cutText(value, length as number) }
}

/** A cut comes last: what is mentioned must not be cut in two before it is found. */
const stages = [false, true]

function redact(record: ActivityRecord, fields: ReadonlyMap<string, Hide>): ActivityRecord {
  const made: ActivityRecord = { ...record, details: record.details.map((one) => ({ ...one })) }
  const mentions = new Mentions()
  for (const cuts of stages) {
    const hiderOf = (name: string) => {
      const hider = fields.get(name)
      return hider?.cuts === cuts ? hider : undefined
    }
    for (const [name, plain, field] of texts) {
      made[field] = hide(hiderOf(plain), made[field], mentions, name, record[field])
    }
    made.other = made.other.map(([name, value], index): [string, string] => {
      const hider = hiderOf(otherName(name, fields))
      const read = record.other[index]?.[1]
      return [name, hide(hider, value, mentions, fieldOfColumn(name), read)]
    })
    const without = mentions.remover()
    for (const field of mentioning) made[field] = without(made[field])
    made.other = made.other.map(([name, value]) => [name, without(value)])
  }
  made.other = made.other.filter(([, value]) => value !== '')
  redactDetails(made, fields, mentions)
  return made
}

/**
 * Under which name a column is hidden, unless it is named itself: a second one of a field by any of
 * its names, what else an object has (`MonitoringPlanID`), and parts of the details.
 */
function otherName(name: string, fields: ReadonlyMap<string, Hide>): string {
  const plain = plainName(name)
  if (fields.has(plain)) return plain
  if (plain === 'property' || plain.startsWith('detail')) return 'details'
  if (/^(?:monitoringplan|managedobject)/.test(plain)) return 'monitoringplan'
  if (plain === 'itemid') return 'item'
  return plainName(fieldOfColumn(name) ?? name)
}

function redactDetails(
  made: ActivityRecord,
  fields: ReadonlyMap<string, Hide>,
  mentions: Mentions,
): void {
  for (const detail of made.details) {
    detail.property = hide(fields.get('property'), detail.property, mentions)
    detail.before = hide(fields.get('before'), detail.before, mentions, 'Before')
    detail.after = hide(fields.get('after'), detail.after, mentions, 'After')
  }
  const without = mentions.remover()
  for (const detail of made.details) {
    for (const part of ['property', 'before', 'after', 'message'] as const) {
      detail[part] = without(detail[part])
    }
  }
  made.detailsText = without(made.detailsText)
  const whole = fields.get('details')
  if (!whole) return
  const text = detailsOf(made)
  made.detailsText = text === '' ? '' : whole.hide(text)
  made.details = []
}

/**
 * The value as it may be shown. What was hidden is to be found where it is mentioned, as it was `read`
 * too: in `value` something else may have been hidden already.
 */
function hide(
  hider: Hide | undefined,
  value: string,
  mentions: Mentions,
  name?: FieldName,
  read = value,
): string {
  if (!hider || value === '') return value
  const shown = hider.hide(value)
  if (shown !== value) {
    for (const one of new Set([value, read])) mentions.add(name, one, shown || hidden)
  }
  return shown
}

/** Characters are code points, so that none is torn. */
function cutText(text: string, length: number): string {
  const characters = [...text.slice(0, 2 * length + 2)]
  return characters.length <= length ? text : `${characters.slice(0, length).join('')}…`
}

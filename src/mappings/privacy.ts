/**
 * Hides fields of an activity record before it is mapped, so that no key that is made of one lets it out
 * (`hiding.ts` has how).
 *
 * Where the record's other texts mention a hidden value, what stands for it is put there too
 * (`mentions.ts`), for Before and After in the details only. `Details` is all of them: text, messages,
 * properties, Before and After. Action and When cannot be hidden: severity, outcome and the order of
 * events rest on them. The ids by which a record is known are made of the record as it was read.
 */
import type { ActivityRecord } from '../netwrix/record.ts'
import { plainName } from './field-set.ts'
import { compileHiding, hide, hiderAt, stages } from './hiding.ts'
import type { Hiding, HidingSubject } from './hiding.ts'
import { Mentions } from './mentions.ts'
import type { Mentioned } from './mentions.ts'
import type { MappingSpec } from './options.ts'
import type { FieldName } from './record-field.ts'
import { activityFields, detailsOf } from './record-field.ts'

export type Redact = (record: ActivityRecord) => ActivityRecord

const subject: HidingSubject<ActivityRecord> = {
  fields: activityFields,
  shown: {
    names: ['Action', 'When'],
    because: 'severity, outcome and the order of events rest on it',
  },
  example: 'fields: { Who: hash, Workstation: drop, Details: { cut: 200 } }',
}

/** How a field's value is looked for where else it may be. */
const kinds: Partial<Record<FieldName, Mentioned>> = {
  Who: 'account',
  Where: 'host',
  Workstation: 'host',
  What: 'path',
  Before: 'side',
  After: 'side',
}

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
  const hiding = compileHiding(spec, place, subject)
  return hiding && ((record) => redact(record, hiding))
}

function redact(record: ActivityRecord, fields: Hiding): ActivityRecord {
  const made: ActivityRecord = { ...record, details: record.details.map((one) => ({ ...one })) }
  const mentions = new Mentions()
  for (const cuts of stages) {
    const hiderOf = hiderAt(fields, cuts)
    for (const [name, plain, field] of texts) {
      made[field] = hide(hiderOf(plain), made[field], mentions, kinds[name], record[field])
    }
    made.other = made.other.map(([name, value], index): [string, string] => {
      const hider = hiderOf(otherName(name, fields))
      const read = record.other[index]?.[1]
      const field = activityFields.ofColumn(name)
      return [name, hide(hider, value, mentions, field && kinds[field], read)]
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
function otherName(name: string, fields: Hiding): string {
  const plain = plainName(name)
  if (fields.has(plain)) return plain
  if (plain === 'property' || plain.startsWith('detail')) return 'details'
  if (/^(?:monitoringplan|managedobject)/.test(plain)) return 'monitoringplan'
  if (plain === 'itemid') return 'item'
  return plainName(activityFields.ofColumn(name) ?? name)
}

function redactDetails(made: ActivityRecord, fields: Hiding, mentions: Mentions): void {
  for (const detail of made.details) {
    detail.property = hide(fields.get('property'), detail.property, mentions)
    detail.before = hide(fields.get('before'), detail.before, mentions, 'side')
    detail.after = hide(fields.get('after'), detail.after, mentions, 'side')
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

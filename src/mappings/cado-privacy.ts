/**
 * Hides fields of a timeline's event before it is mapped, so that no key that is made of one lets it out
 * (`hiding.ts` has how): of a hidden `filePath` there is no `parent` either, and a hidden
 * `alarm_description` is hidden in all alarms.
 *
 * Where the event's other texts mention a hidden value, what stands for it is put there too
 * (`mentions.ts`). What an event is, and when, cannot be hidden, nor numbers and flags. The ids by which an
 * event is known are made of it as it was read.
 */
import type { TimelineEvent } from '../timeline/event.ts'
import type { TimelineField } from './cado-field.ts'
import { timelineFields } from './cado-field.ts'
import { plainName } from './field-set.ts'
import { compileHiding, hide, hiderAt, stages } from './hiding.ts'
import type { Hiding, HidingSubject } from './hiding.ts'
import type { Mentioned } from './mentions.ts'
import { Mentions } from './mentions.ts'
import type { MappingSpec } from './options.ts'

const subject: HidingSubject<TimelineEvent> = {
  fields: timelineFields,
  shown: {
    names: [
      'eventTime',
      'type',
      'macb',
      'evidence_id',
      'isFolder',
      'alarm',
      'alarm_severity',
    ] satisfies TimelineField[],
    because: 'it says what an event is, and of nobody',
  },
  example: 'fields: { suser: hash, host: drop, extra: { cut: 200 } }',
}

/** Fields that are one text: Cado's name, the event's, and what their values are. */
const texts = [
  ['suser', 'user', 'account'],
  ['host', 'host', 'host'],
  ['filePath', 'path', 'path'],
  ['source', 'source', undefined],
  ['sourcetype', 'sourcetype', undefined],
  ['format', 'format', undefined],
  ['inode', 'inode', undefined],
  ['sha256', 'sha256', undefined],
  ['tag', 'tag', undefined],
  ['evidence_name', 'evidenceName', undefined],
  ['eventId', 'eventId', undefined],
  ['short', 'short', undefined],
  ['message', 'message', undefined],
  ['notes', 'notes', undefined],
  ['extra', 'extra', undefined],
] as const satisfies readonly (readonly [
  TimelineField,
  keyof TimelineEvent,
  Mentioned | undefined,
])[]

/** Those in which people and places may be mentioned. */
const mentioning = [
  'user',
  'host',
  'path',
  'evidenceName',
  'tag',
  'short',
  'message',
  'notes',
  'extra',
] as const

/** What columns are that Cado documents. */
const kinds: Record<string, Mentioned> = {
  sourcehostname: 'host',
  destinationhostname: 'host',
  executedprocess: 'path',
  fullfilename: 'path',
}

/** Gives an event without what is to be hidden; undefined where nothing is. Throws `config`. */
export function compileTimelinePrivacy(
  spec: MappingSpec['privacy'],
  place: string,
): ((event: TimelineEvent) => TimelineEvent) | undefined {
  const hiding = compileHiding(spec, place, subject)
  return hiding && ((event) => redact(event, hiding))
}

function redact(event: TimelineEvent, hiding: Hiding): TimelineEvent {
  const made: TimelineEvent = { ...event, alarms: event.alarms.map((alarm) => ({ ...alarm })) }
  const mentions = new Mentions()
  for (const cuts of stages) {
    const hiderOf = hiderAt(hiding, cuts)
    for (const [name, field, kind] of texts) {
      made[field] = hide(hiderOf(plainName(name)), made[field], mentions, kind, event[field])
    }
    for (const alarm of made.alarms) {
      alarm.description = hide(hiderOf('alarmdescription'), alarm.description, mentions)
      alarm.helpText = hide(hiderOf('alarmhelptext'), alarm.helpText, mentions)
    }
    made.other = made.other.map(([name, value], index): [string, string] => {
      const hider = hiderOf(otherName(name, hiding))
      return [name, hide(hider, value, mentions, kindOf(name), event.other[index]?.[1])]
    })
    const without = mentions.remover()
    for (const field of mentioning) made[field] = without(made[field])
    for (const alarm of made.alarms) {
      alarm.description = without(alarm.description)
      alarm.helpText = without(alarm.helpText)
    }
    made.other = made.other.map(([name, value]) => [name, without(value)])
  }
  made.other = made.other.filter(([, value]) => value !== '')
  return made
}

/** Under which name a column is hidden, unless it is named itself: a second one of a field by any of its
 * names, what is made of a path, and what says of alarms all that there is. */
function otherName(name: string, hiding: Hiding): string {
  const plain = plainName(name).replace(/^cadoresponse/, '')
  if (hiding.has(plain)) return plain
  if (['parent', 'filenamestripped', 'fullfilename'].includes(plain)) return 'filepath'
  if (plain === 'alarminformation') return 'alarmdescription'
  return plainName(timelineFields.ofColumn(plain) ?? name)
}

function kindOf(name: string): Mentioned | undefined {
  const plain = plainName(name)
  const field = timelineFields.ofColumn(name)
  return kinds[plain] ?? texts.find(([one]) => one === field)?.[2]
}

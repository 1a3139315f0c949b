/**
 * The header fields that a configuration sets: what a SIEM calls product, kind and name of an event.
 * Vendor and version stay, as parsers know a product's events by them.
 */
import type { CefEvent } from '../cef/event.ts'
import { suggestion } from '../io/nearest.ts'
import type { FieldSet } from './field-set.ts'
import type { Tree } from './options.ts'
import { entriesOf, kindOf, refusal } from './refuse.ts'
import { templateAt } from './template.ts'
import type { Template } from './template.ts'

const settable = ['product', 'classId', 'name'] as const

type HeaderField = (typeof settable)[number]

/** Changes an event's header. Throws `config` for a field or a text that cannot be. */
export function compileHeader<Subject>(
  tree: Tree,
  place: string,
  fields: FieldSet<Subject>,
): ((event: CefEvent, record: Subject) => void) | undefined {
  const set = entriesOf(tree, place, "header: { name: '{Action} {ObjectType}' }").map(
    ([field, value]) => readField(field, value, `${place}.${field}`, fields),
  )
  if (set.length === 0) return undefined
  return (event, record) => {
    for (const [field, template] of set) {
      const text = template.render(record)
      // A record without what the text is made of keeps its own: no SIEM knows an event by nothing.
      if (text.trim() !== '') event[field] = text
    }
  }
}

function readField<Subject>(
  field: string,
  value: unknown,
  place: string,
  fields: FieldSet<Subject>,
): [HeaderField, Template<Subject>] {
  if (!isSettable(field)) {
    const hint =
      field === 'severity' ? '; it has an option of its own' : suggestion(field, settable)
    throw refusal(place, `is no field of the header that can be set${hint}`)
  }
  if (typeof value === 'string' && value.trim() !== '')
    return [field, templateAt(value, place, fields)]
  throw refusal(
    place,
    `is ${kindOf(value)}; write a text such as '{Action}', as it must not be empty`,
  )
}

function isSettable(field: string): field is HeaderField {
  return (settable as readonly string[]).includes(field)
}

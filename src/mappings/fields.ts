/**
 * The CEF keys that a configuration sets or leaves out: each replaces the profile's where that one
 * stands, so that the order which parsers rely on is kept, or comes after all others.
 *
 * A key is the dictionary's, short or long (`cs4`, `deviceCustomString4`), or one of the user's own of
 * letters and digits. A labelled key (`cs4`) that is set needs its label beside it, `cs4Label`, as the
 * profile's would name something else; where the value is one field alone, that one's name will do.
 */
import type { CefKey } from '../cef/dictionary.ts'
import { dictionary } from '../cef/dictionary.ts'
import type { CefEvent, CefValue } from '../cef/event.ts'
import { typedText } from '../cef/types.ts'
import { nearest } from '../io/nearest.ts'
import type { FieldSet } from './field-set.ts'
import type { Tree } from './options.ts'
import { entriesOf, kindOf, refusal } from './refuse.ts'
import { templateAt } from './template.ts'
import type { Template } from './template.ts'

/** What the keys may be made of. */
export interface FieldsSubject<Subject> {
  fields: FieldSet<Subject>
  /** Keys that the vendor's own standard defines; see `CefEvent.own`. */
  own?: ReadonlySet<string>
}

type Render<Subject> = (record: Subject) => CefValue

/** undefined: the key is left out. */
type Replacements<Subject> = Map<string, Render<Subject> | undefined>

const example = "fields: { cs4: '{Ticket}', cs4Label: Ticket, dvchost: null }"

const byFullName = new Map([...dictionary.values()].map((entry) => [entry.name, entry.key]))

/** Changes an event's extension. Throws `config` for a key or a text that cannot be. */
export function compileFields<Subject>(
  tree: Tree,
  place: string,
  subject: FieldsSubject<Subject>,
): ((event: CefEvent, record: Subject) => void) | undefined {
  const replacements = readFields(tree, place, subject)
  if (replacements.size === 0) return undefined
  return (event, record) => {
    const left = new Map(replacements)
    const extension: CefEvent['extension'] = []
    for (const pair of event.extension) {
      const [key] = pair
      if (!replacements.has(key)) extension.push(pair)
      const render = left.get(key)
      if (render) extension.push([key, render(record)])
      left.delete(key)
    }
    for (const [key, render] of left) if (render) extension.push([key, render(record)])
    event.extension = extension
  }
}

/** Own keys that are near to one of CEF's, to be said by `check`: they may be meant. */
export function doubtfulKeys(tree: Tree, own?: ReadonlySet<string>): string[] {
  return entriesOf(tree, '', example).flatMap(([key]) => {
    if (own?.has(key) || dictionary.has(key) || byFullName.has(key)) return []
    const near = nearest(key, [...(own ?? []), ...dictionary.keys()])
    return near === undefined ? [] : [`${key} is no key of CEF; did you mean ${near}?`]
  })
}

function readFields<Subject>(
  tree: Tree,
  place: string,
  subject: FieldsSubject<Subject>,
): Replacements<Subject> {
  const replacements: Replacements<Subject> = new Map()
  const templates = new Map<string, Template<Subject>>()
  for (const [written, value] of entriesOf(tree, place, example)) {
    const own = `${place}.${written}`
    const key = subject.own?.has(written) ? written : keyNamed(written, own, subject.own)
    if (replacements.has(key)) throw refusal(own, `is ${key}, which is there already; keep one`)
    const render = readValue(value, key, own, subject)
    replacements.set(key, render?.value)
    if (render?.template) templates.set(key, render.template)
  }
  for (const [key, render] of [...replacements]) {
    addLabel(key, render, templates.get(key), replacements, place)
  }
  return replacements
}

function keyNamed(written: string, place: string, vendors?: ReadonlySet<string>): string {
  const key = dictionary.has(written) ? written : (byFullName.get(written) ?? written)
  const entry = dictionary.get(key)
  if (entry?.origin === 'consumer') {
    throw refusal(place, 'is a key that the SIEM itself sets; choose another one')
  }
  if (entry !== undefined) return key
  const known = [...(vendors ?? []), ...dictionary.keys()]
  const same = known.find((one) => one.toLowerCase() === key.toLowerCase())
  if (same !== undefined) throw refusal(place, `is no key of CEF; did you mean ${same}?`)
  if (/^[A-Za-z0-9]+$/.test(key)) return key
  const hint = nearest(key, [...known, ...byFullName.keys()])
  const meant = hint === undefined ? '' : `; did you mean ${hint}?`
  throw refusal(place, `is no key: one has letters and digits only${meant}`)
}

function readValue<Subject>(
  value: unknown,
  key: string,
  place: string,
  { fields, own }: FieldsSubject<Subject>,
): { value: Render<Subject>; template?: Template<Subject> } | undefined {
  if (value === null || value === false || value === '') return undefined
  const entry = own?.has(key) ? undefined : dictionary.get(key)
  if (typeof value === 'number') {
    checkConstant(value, entry, place)
    return { value: () => value }
  }
  if (typeof value !== 'string') {
    const kind = kindOf(value)
    throw refusal(
      place,
      `is ${kind}; write a text such as '{Who}', a number, or null to leave it out`,
    )
  }
  const template = templateAt(value, place, fields)
  if (template.isConstant) checkConstant(value, entry, place)
  const isTime = entry?.type === 'time' && isField(template, fields.time.name)
  const render: Render<Subject> = isTime
    ? (record) => fields.time.read(record) ?? ''
    : (record) => template.render(record)
  return { value: render, template }
}

/** A constant that its key cannot take would go out under another one with every event. */
function checkConstant(value: CefValue, entry: CefKey | undefined, place: string): void {
  if (entry === undefined || typedText(entry, value) !== undefined) return
  throw refusal(
    place,
    `is ${JSON.stringify(value)}, and ${entry.key} is a key of type ${entry.type}`,
  )
}

function isField<Subject>({ only }: Template<Subject>, name: string): boolean {
  return only?.kind === 'field' && only.name === name
}

/** The label that goes with a key: of one that is left out none, of one that is set its own. */
function addLabel<Subject>(
  key: string,
  render: Render<Subject> | undefined,
  template: Template<Subject> | undefined,
  replacements: Replacements<Subject>,
  place: string,
): void {
  const label = `${key}Label`
  if (!dictionary.has(label) || replacements.has(label)) return
  if (render === undefined) {
    replacements.set(label, undefined)
    return
  }
  const only = template?.only
  const name = only?.kind === 'column' ? only.written : only?.name
  if (name === undefined) {
    throw refusal(
      `${place}.${key}`,
      `needs a name; add ${label} beside it, such as ${label}: Ticket`,
    )
  }
  replacements.set(label, () => name)
}

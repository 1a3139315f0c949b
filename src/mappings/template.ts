/**
 * A text with places in it: `{Who} changed {What}`. In braces stands the name of a record's field, with
 * `|` and what is to be made of its value: `{What|last}`. What the record does not have is nothing.
 * A brace itself is written twice: `{{`, `}}`.
 */
import { suggestion } from '../io/nearest.ts'
import type { FieldSet, RecordField } from './field-set.ts'
import { accountDomain, hostName, lastPart } from './netwrix-names.ts'
import { refusal } from './refuse.ts'

export interface Template<Subject> {
  render(record: Subject): string
  /** No field is in it. */
  isConstant: boolean
  /** It is this one field and nothing else. */
  only: RecordField | undefined
}

const filters: Record<string, (value: string) => string> = {
  upper: (value) => value.toUpperCase(),
  lower: (value) => value.toLowerCase(),
  /** What follows the last `\` or `/`. */
  last: lastPart,
  domain: accountDomain,
  host: hostName,
}

interface Place<Subject> {
  field: RecordField
  read(record: Subject): string
}

/** Throws an Error whose message says what is wrong with the text. */
export function compileTemplate<Subject>(
  text: string,
  fields: FieldSet<Subject>,
): Template<Subject> {
  const parts = partsOf(text, fields)
  const [first] = parts
  const only = parts.length === 1 && typeof first === 'object' ? first.field : undefined
  return {
    isConstant: parts.every((part) => typeof part === 'string'),
    only,
    render(record) {
      let rendered = ''
      for (const part of parts) rendered += typeof part === 'string' ? part : part.read(record)
      return rendered
    },
  }
}

/** That of an option. Throws `config`. */
export function templateAt<Subject>(
  text: string,
  place: string,
  fields: FieldSet<Subject>,
): Template<Subject> {
  try {
    return compileTemplate(text, fields)
  } catch (thrown) {
    throw refusal(place, (thrown as Error).message, thrown)
  }
}

function partsOf<Subject>(text: string, fields: FieldSet<Subject>): (string | Place<Subject>)[] {
  const parts: (string | Place<Subject>)[] = []
  let literal = ''
  for (const [token] of text.matchAll(/\{\{|\}\}|\{[^{}]*\}|[{}]|[^{}]+/g)) {
    if (token === '{{' || token === '}}') literal += token.charAt(0)
    else if (token === '{' || token === '}') {
      throw new Error(`has a ${token} without its pair; write ${token}${token} for a brace itself`)
    } else if (token.startsWith('{')) {
      if (literal !== '') parts.push(literal)
      literal = ''
      parts.push(placeOf(token.slice(1, -1), fields))
    } else literal += token
  }
  if (literal !== '') parts.push(literal)
  return parts
}

function placeOf<Subject>(written: string, fields: FieldSet<Subject>): Place<Subject> {
  const [name = '', ...wanted] = written.split('|').map((part) => part.trim())
  let field: RecordField
  try {
    field = fields.named(name)
  } catch (thrown) {
    throw new Error(`has {${written}}: ${name} ${(thrown as Error).message}`, { cause: thrown })
  }
  let read = fields.reader(field)
  for (const one of wanted) {
    const filter = Object.hasOwn(filters, one) ? filters[one] : undefined
    if (filter === undefined) {
      const hint = suggestion(one, Object.keys(filters))
      throw new Error(`has {${written}}: there is no "${one}"${hint}`)
    }
    const before = read
    read = (record: Subject) => filter(before(record))
  }
  return { field, read }
}

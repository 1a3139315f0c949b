/**
 * A text with places in it: `{Who} changed {What}`. In braces stands the name of a record's field, with
 * `|` and what is to be made of its value: `{What|last}`. What the record does not have is nothing.
 * A brace itself is written twice: `{{`, `}}`.
 */
import { suggestion } from '../io/nearest.ts'
import type { ActivityRecord } from '../netwrix/record.ts'
import { accountDomain, hostName, lastPart } from './netwrix-names.ts'
import { fieldNamed, fieldReader } from './record-field.ts'
import type { RecordField } from './record-field.ts'
import { refusal } from './refuse.ts'

export interface Template {
  render(record: ActivityRecord): string
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

interface Place {
  field: RecordField
  read(record: ActivityRecord): string
}

/** Throws an Error whose message says what is wrong with the text. */
export function compileTemplate(text: string): Template {
  const parts = partsOf(text)
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
export function templateAt(text: string, place: string): Template {
  try {
    return compileTemplate(text)
  } catch (thrown) {
    throw refusal(place, (thrown as Error).message, thrown)
  }
}

function partsOf(text: string): (string | Place)[] {
  const parts: (string | Place)[] = []
  let literal = ''
  for (const [token] of text.matchAll(/\{\{|\}\}|\{[^{}]*\}|[{}]|[^{}]+/g)) {
    if (token === '{{' || token === '}}') literal += token.charAt(0)
    else if (token === '{' || token === '}') {
      throw new Error(`has a ${token} without its pair; write ${token}${token} for a brace itself`)
    } else if (token.startsWith('{')) {
      if (literal !== '') parts.push(literal)
      literal = ''
      parts.push(placeOf(token.slice(1, -1)))
    } else literal += token
  }
  if (literal !== '') parts.push(literal)
  return parts
}

function placeOf(written: string): Place {
  const [name = '', ...wanted] = written.split('|').map((part) => part.trim())
  let field: RecordField
  try {
    field = fieldNamed(name)
  } catch (thrown) {
    throw new Error(`has {${written}}: ${name} ${(thrown as Error).message}`, { cause: thrown })
  }
  let read = fieldReader(field)
  for (const one of wanted) {
    const filter = Object.hasOwn(filters, one) ? filters[one] : undefined
    if (filter === undefined) {
      const hint = suggestion(one, Object.keys(filters))
      throw new Error(`has {${written}}: there is no "${one}"${hint}`)
    }
    const before = read
    read = (record) => filter(before(record))
  }
  return { field, read }
}

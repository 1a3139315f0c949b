/**
 * Values of a timeline's fields, as JSON has them or as text in a cell of a CSV file: JSON, or what
 * Python prints of a list or map. Empty is null, a text of nothing and plaso's `-`.
 */
import { error } from '../error.ts'
import { fromPythonText, pythonText } from './python-text.ts'

export function isEmpty(value: unknown): boolean {
  return value === undefined || value === null || value === '' || value === '-'
}

/** As text, a list or map as Python prints it, `''` for an empty one. */
export function textOf(value: unknown): string {
  if (isEmpty(value)) return ''
  return pythonText(parsed(value))
}

/** A list or map that is in a text, as JSON or as Python prints it; any other value as it is. */
export function parsed(value: unknown): unknown {
  if (typeof value !== 'string') return value
  const first = value.charAt(0)
  const last = value.at(-1)
  if (!((first === '[' && last === ']') || (first === '{' && last === '}'))) return value
  try {
    const list: unknown = JSON.parse(value)
    return list
  } catch {
    return fromPythonText(value) ?? value
  }
}

/** `True`, `false`, 1, `0`; undefined for an empty one. Throws `row`, whose message goes on after the
 * value. */
export function flagOf(value: unknown): boolean | undefined {
  const text = textOf(value).toLowerCase()
  if (['true', '1', 'yes'].includes(text)) return true
  if (['false', '0', 'no'].includes(text)) return false
  if (['', 'none', 'null'].includes(text)) return undefined
  throw error('row', 'is neither True nor False; correct it and drop the row again', {
    permanent: true,
  })
}

/** A whole number; undefined for an empty one. Throws `row`, whose message goes on after the value. */
export function wholeOf(value: unknown): number | undefined {
  const text = textOf(value).toLowerCase()
  if (['', 'none', 'null', 'nan'].includes(text)) return undefined
  const number = Number(text)
  if (Number.isSafeInteger(number) && /^-?\d+(\.0*)?$/.test(text)) return number
  throw error('row', 'is not a whole number; correct it and drop the row again', {
    permanent: true,
  })
}

/** Tags in any form: a list, one in a text (`["a"]`), `a,b`. Joined with a comma and a blank. */
export function tagsOf(value: unknown): string {
  const list = parsed(value)
  const tags = Array.isArray(list) ? list.map(textOf) : textOf(list).split(',')
  return tags
    .map((tag) => tag.trim())
    .filter((tag) => tag !== '')
    .join(', ')
}

export function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

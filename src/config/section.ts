/**
 * Holds what was written against a schema: names, values, what is missing. Gives the options with
 * defaults filled in and every value in its unit.
 *
 * The tree is walked here and convict judges one option at a time. Given a whole tree it would
 * pass a dotted key, fail on a map where a value belongs, and tell all faults in one text in which
 * the secret ones cannot be told from the others.
 */
import convict from 'convict'
import { error } from '../error.ts'
import { isGroup, unusable } from './document.ts'
import type { Path } from './document.ts'
import { formatNames, judgedAsText } from './formats.ts'
import { suggestion } from '../io/nearest.ts'
import type { Problems } from './problems.ts'
import { isOption, optionNames } from './schema.ts'
import type { Option, Schema } from './schema.ts'

export type Options = Record<string, unknown>

/** Reads one section or one component. Where something is wrong the default takes its place. */
export function readSection(
  schema: Schema,
  given: unknown,
  path: Path,
  problems: Problems,
): Options {
  const group = readGroup(given, path, Object.keys(schema), problems)
  for (const name of Object.keys(group)) {
    if (!Object.hasOwn(schema, name)) problems.add([...path, name], unknown(name, schema))
  }
  return Object.fromEntries(
    Object.entries(schema).map(([name, entry]) => {
      const written = Object.hasOwn(group, name) ? group[name] : undefined
      const place = [...path, name]
      return isOption(entry)
        ? [name, readOption(entry, written, place, problems)]
        : [name, readSection(entry, written, place, problems)]
    }),
  )
}

/** The map that was written; nothing at all is an empty one. */
export function readGroup(
  given: unknown,
  path: Path,
  known: readonly string[],
  problems: Problems,
): Record<string, unknown> {
  if (isGroup(given)) return given
  if (given !== undefined && given !== null && given !== unusable) {
    const what = Array.isArray(given) ? 'a list' : 'one value'
    const below = known.length === 0 ? 'name: { type: … }' : known.join(', ')
    const isWhole = path.length === 0
    const subject = isWhole ? 'the configuration is' : 'is'
    const where = isWhole ? 'in it' : 'below it'
    problems.add(path, `${subject} ${what} where a map belongs; write ${where} ${below}`)
  }
  return {}
}

function readOption(option: Option, given: unknown, path: Path, problems: Problems): unknown {
  if (given === unusable || (Array.isArray(given) && given.includes(unusable))) {
    return defaultOf(option)
  }
  if (given === undefined || given === null) {
    if (option.required) problems.add(path, `is missing and required: ${option.doc}`)
    else if (given === null && !isNullable(option)) {
      problems.add(path, 'has no value; write one, or leave the option out')
    }
    return defaultOf(option)
  }
  if (option.format === 'tree') return given
  if (isGroup(given)) {
    problems.add(path, 'is a map where one value belongs')
    return defaultOf(option)
  }
  const { format } = option
  const written =
    typeof given === 'number' && typeof format === 'string' && judgedAsText.has(format)
      ? String(given)
      : given
  const { value, fault } = judge(option, written)
  if (fault === undefined) return value
  problems.addValue(path, given, fault, option.sensitive)
  return defaultOf(option)
}

/** convict's judgement of one value: the value in its unit, or what is wrong with it. */
function judge(option: Option, written: unknown): { value?: unknown; fault?: string } {
  const { format } = option
  if (Array.isArray(format)) {
    if (format.includes(written)) return { value: written }
    const allowed = format.map(String)
    return { fault: `is not one of ${allowed.join(', ')}${meant(written, allowed)}` }
  }
  // Without the default's type convict has nothing to guess by, and where the option is sensitive
  // it adds no value to its text.
  const config = asConvict({ ...option, default: null, sensitive: true })
  try {
    config.load({ option: written }).validate({ allowed: 'strict' })
    return { value: config.get('option') }
  } catch (thrown) {
    return { fault: (thrown as Error).message.replace(/^option: /, '') }
  }
}

function defaultOf(option: Option): unknown {
  if (option.format === 'tree') return option.default
  return asConvict(option).get('option')
}

function asConvict(option: Option) {
  const { format } = option
  if (typeof format === 'string' && !formatNames.has(format)) {
    throw error('internal', `the format "${format}" of an option (${option.doc}) is not known`)
  }
  // Neither its own reading of the environment nor of the command line.
  return convict<{ option: unknown }>({ option: { ...option } }, { env: {}, args: [] })
}

function isNullable(option: Option): boolean {
  return option.default === null || option.format === 'text?'
}

function unknown(name: string, schema: Schema): string {
  const known = optionNames(schema)
  if (known.includes(name)) {
    const [group = '', ...rest] = name.split('.')
    return `a dot does not lead into a group; write ${rest.join('.')} below ${group}`
  }
  const elsewhere = known.find((option) => option.endsWith(`.${name}`))
  if (elsewhere !== undefined) return `there is no such option; did you mean ${elsewhere}?`
  return `there is no such option${suggestion(name, Object.keys(schema))}`
}

function meant(written: unknown, allowed: string[]): string {
  const hint = typeof written === 'string' ? suggestion(written, allowed) : ''
  return hint.startsWith('; did you mean') ? hint : ''
}

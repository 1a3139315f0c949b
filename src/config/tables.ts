/**
 * The README's tables, made from the schemas, in the form that prettier leaves as it is.
 */
import { common, isOption, sections } from './schema.ts'
import type { Option, Schema, Tables } from './schema.ts'
import { componentVariables, generalVariables } from './variables.ts'

/**
 * Every table of the README by its marker: `options:spool`, `options:source` for what every source
 * has, `options:netwrix-api` for a type, `options:source-s3` for one that both kinds have, and `environment`.
 */
export function allTables(tables: Tables): Map<string, string> {
  const schemas: [string, Schema][] = [
    ...Object.entries(sections),
    ['source', common.sources],
    ...typesOf('source', tables.sources, tables.destinations),
    ['destination', common.destinations],
    ...typesOf('destination', tables.destinations, tables.sources),
  ]
  const all = new Map(schemas.map(([name, schema]) => [`options:${name}`, optionTable(schema)]))
  return all.set('environment', environmentTable())
}

/** A type that is in the other table too has its kind before it. */
function typesOf(
  kind: string,
  table: Tables[keyof Tables],
  other: Tables[keyof Tables],
): [string, Schema][] {
  return Object.entries(table).map(([type, { schema }]) => [
    Object.hasOwn(other, type) ? `${kind}-${type}` : type,
    schema,
  ])
}

/** Option, default, what it is; those of a group as `tls.ca`. */
export function optionTable(schema: Schema): string {
  return markdownTable(['Option', 'Default', 'What'], optionRows(schema, ''))
}

/** Variable, the option that it sets, what it is. */
export function environmentTable(): string {
  const rows = [...componentVariables, ...generalVariables].map(({ name, path, doc }) => {
    return [code(name), code(path.join('.')), text(doc)]
  })
  const config = 'Path of the configuration file, where `--config` is not given.'
  return markdownTable(
    ['Variable', 'Sets', 'What'],
    [...rows, [code('CEFLINE_CONFIG'), '', text(config)]],
  )
}

function optionRows(schema: Schema, prefix: string): string[][] {
  return Object.entries(schema).flatMap(([name, entry]) =>
    isOption(entry)
      ? [[code(prefix + name), defaultOf(entry), describe(entry)]]
      : optionRows(entry, `${prefix}${name}.`),
  )
}

function describe({ doc, format, sensitive }: Option): string {
  const isMap = format === 'tree' ? ' A map.' : ''
  const allowed = Array.isArray(format) ? ` One of ${format.map(code).join(', ')}.` : isMap
  return `${text(doc)}${allowed}${sensitive ? ' Never shown.' : ''}`
}

function defaultOf({ default: value, format, required }: Option): string {
  if (required) return 'required'
  if (value === null) return 'not set'
  const isTime = format === 'duration' || format === 'age'
  if (typeof value === 'number' && isTime) return code(inUnits(value, durations))
  if (typeof value === 'number' && format === 'bytes') return code(inUnits(value, sizes))
  return code(Array.isArray(value) ? value.join(', ') : value)
}

const durations: [string, number][] = [
  ['d', 86_400_000],
  ['h', 3_600_000],
  ['m', 60_000],
  ['s', 1000],
  ['ms', 1],
]

const sizes: [string, number][] = [
  ['GB', 1e9],
  ['MiB', 1024 ** 2],
  ['MB', 1e6],
  ['KiB', 1024],
  ['kB', 1000],
  ['', 1],
]

/** As one would write it: in the largest unit of which it is a whole number. */
function inUnits(value: number, units: [string, number][]): string {
  const [unit, size] = units.find(([, size]) => value !== 0 && value % size === 0) ?? ['', 1]
  return `${value / size}${unit}`
}

function markdownTable(head: string[], rows: string[][]): string {
  const all = [head, ...rows]
  const widths = head.map((_, column) =>
    Math.max(3, ...all.map((row) => [...(row[column] ?? '')].length)),
  )
  const line = (cells: string[], fill: string) => {
    const padded = cells.map((cell, column) => {
      return cell + fill.repeat((widths[column] ?? 0) - [...cell].length)
    })
    return `| ${padded.join(' | ')} |`
  }
  const rule = line(
    head.map(() => ''),
    '-',
  )
  return [line(head, ' '), rule, ...rows.map((row) => line(row, ' '))].join('\n')
}

function code(value: unknown): string {
  return `\`${String(value).replaceAll('|', '\\|')}\``
}

/** Markdown that shows the text: what is not between backticks must not be taken for a tag. */
function text(doc: string): string {
  return doc
    .split(/(`[^`]*`)/)
    .map((part) => (part.startsWith('`') ? part : part.replace(/[<*]/g, '\\$&')))
    .join('')
    .replaceAll('|', '\\|')
}

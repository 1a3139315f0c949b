/**
 * A configuration as it may be shown, for `check --json`.
 */
import { withoutUserinfo } from '../io/printable.ts'
import { isGroup } from './document.ts'
import type { Configuration } from './load.ts'
import { mask } from './problems.ts'
import { isOption, sections } from './schema.ts'
import type { Schema, Tables } from './schema.ts'

/** The configuration with every secret as `****`, and so is what no schema knows. */
export function redacted(configuration: Configuration, tables: Tables): object {
  const { spool, status, log, own, sources, destinations, tests } = configuration
  const component =
    (table: Tables[keyof Tables]) =>
    <T extends { type: string; options: object }>(one: T): T => ({
      ...one,
      options: hide(table[one.type]?.schema ?? {}, one.options),
    })
  return {
    ...configuration,
    spool: hide(sections.spool, spool),
    status: hide(sections.status, status),
    log: hide(sections.log, log),
    own: hide(sections.own, own),
    sources: sources.map(component(tables.sources)),
    destinations: destinations.map(component(tables.destinations)),
    // Their records may be real ones.
    tests: tests.map(({ name, source }) => ({ name, source })),
  }
}

function hide(schema: Schema, options: object): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(options).map(([name, value]: [string, unknown]) => {
      const entry = Object.hasOwn(schema, name) ? schema[name] : undefined
      if (value === null) return [name, null]
      if (entry === undefined) return [name, mask]
      if (!isOption(entry)) return [name, hide(entry, value as object)]
      return [name, entry.sensitive ? mask : shown(value)]
    }),
  )
}

function shown(value: unknown): unknown {
  if (typeof value === 'string') return withoutUserinfo(value)
  if (Array.isArray(value)) return value.map(shown)
  if (!isGroup(value)) return value
  return Object.fromEntries(Object.entries(value).map(([name, part]) => [name, shown(part)]))
}

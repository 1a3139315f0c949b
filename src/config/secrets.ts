/**
 * The secrets of a configuration, to be looked for in what is about to be shown: the values of every
 * option that is `sensitive`, what stands before the `@` of a url, and the values in a url's query.
 */
import { isGroup } from './document.ts'
import type { Configuration } from './load.ts'
import { isOption, sections } from './schema.ts'
import type { Schema, Tables } from './schema.ts'

/** Each as it is used, without repetition. */
export function secretsOf(configuration: Configuration, tables: Tables): string[] {
  const { spool, status, log, own, sources, destinations } = configuration
  const component = (table: Tables[keyof Tables]) => (one: { type: string; options: object }) =>
    within(table[one.type]?.schema ?? {}, one.options)
  return [
    ...new Set([
      ...within(sections.spool, spool),
      ...within(sections.status, status),
      ...within(sections.log, log),
      ...within(sections.own, own),
      ...sources.flatMap(component(tables.sources)),
      ...destinations.flatMap(component(tables.destinations)),
    ]),
  ]
}

function within(schema: Schema, options: object): string[] {
  return Object.entries(options).flatMap(([name, value]: [string, unknown]) => {
    const entry = Object.hasOwn(schema, name) ? schema[name] : undefined
    if (entry && !isOption(entry)) return isGroup(value) ? within(entry, value) : []
    if (!entry || entry.sensitive) return textsIn(value)
    return textsIn(value).flatMap(inUrl)
  })
}

function textsIn(value: unknown): string[] {
  if (typeof value === 'string') return value === '' ? [] : [value]
  if (Array.isArray(value)) return value.flatMap(textsIn)
  return isGroup(value) ? Object.values(value).flatMap(textsIn) : []
}

/** User and password, and the values of the query, as they are written and as they are meant. */
function inUrl(text: string): string[] {
  const [, user] = /:\/*([^]*)@/.exec(text) ?? []
  const [, query = ''] = /\?([^#]*)/.exec(text) ?? []
  const values = query.split('&').flatMap((pair) => pair.split('=').slice(1).join('=') || [])
  // A user alone may be a token; of two the second one is the secret.
  const password = user?.split(':').slice(1).join(':')
  const written = [user ?? '', password ?? '', ...values].filter((one) => one !== '')
  return written.flatMap((one) => [one, decoded(one)])
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text)
  } catch {
    return text
  }
}

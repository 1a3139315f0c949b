/**
 * The maps `sources` and `destinations`: the key is the name, `type` says which component it is,
 * and what else is written belongs to that component or to every one of its kind. Destinations name
 * the sources that they read; a source that nobody reads would fill the spool for nothing and is an
 * error, as is a name that is no source.
 */
import { isGroup, unusable } from './document.ts'
import type { Path } from './document.ts'
import { nearest, suggestion } from '../io/nearest.ts'
import { ownSource } from '../io/own-source.ts'
import type { Problems } from './problems.ts'
import { reads } from './reads.ts'
import { common } from './schema.ts'
import type { ComponentKind, Tables } from './schema.ts'
import { readGroup, readSection } from './section.ts'
import type { Options } from './section.ts'

/** A name is a directory entry in the spool, a metric's label and part of every message. */
export const validName = /^[A-Za-z0-9][A-Za-z0-9_.-]{0,63}$/

const example = {
  sources: 'alerts: { type: netwrix-alerts, folder: ./drop }',
  destinations: 'siem: { type: syslog, url: tls://sensor.example.com:6514 }',
}

export interface Component {
  name: string
  type: string
  options: Options
  /** Those of every component of the kind. */
  common: Options
}

/** Reads one of the two maps. A component whose type cannot be told is reported and left out. */
export function readComponents(
  kind: keyof Tables,
  given: unknown,
  tables: Tables,
  problems: Problems,
): Component[] {
  const written = readGroup(given, [kind], [], problems)
  return Object.entries(written).flatMap(([name, component]) => {
    const path = [kind, name]
    if (!validName.test(name)) {
      problems.add(
        path,
        'is not a name; write up to 64 letters, digits, and _ . - after the first of them',
      )
    }
    if (kind === 'sources' && name === ownSource) {
      problems.add(path, 'is the name of Cefline’s own events (section own); write another one')
    }
    const { type, ...rest } = readGroup(
      component,
      path,
      ['type', 'and the options of the type'],
      problems,
    )
    if (!isGroup(component) && component !== null) return []
    const chosen = readType(type, path, tables[kind], problems)
    if (chosen === undefined) return []
    const schema = { ...chosen.schema, ...common[kind] }
    const all = Object.entries(readSection(schema, rest, path, problems))
    const isCommon = ([option]: [string, unknown]) => Object.hasOwn(common[kind], option)
    const shared = Object.fromEntries(all.filter(isCommon))
    checkRate(shared['rate'], [...path, 'rate'], problems)
    return {
      name,
      type: String(type),
      options: Object.fromEntries(all.filter((entry) => !isCommon(entry))),
      common: shared,
    }
  })
}

/** With a rate of nothing the destination would wait for ever. */
function checkRate(rate: unknown, path: Path, problems: Problems): void {
  if (!isGroup(rate) || rate['events'] !== 0) return
  problems.addValue([...path, 'events'], 0, 'is too small; write 1 or more, or leave it out')
}

/** Tells what is wrong between the two maps, of which `given` has every name that was written. */
export function checkWiring(
  given: { sources: unknown; destinations: unknown },
  {
    sources: read,
    destinations,
  }: { sources: readonly Component[]; destinations: readonly Component[] },
  tables: Tables,
  problems: Problems,
  hasOwn = false,
): void {
  const sources = namesOf(given.sources)
  for (const [kind, names] of [
    ['sources', sources],
    ['destinations', namesOf(given.destinations)],
  ] as const) {
    if (names?.length === 0) {
      problems.add([kind], `there is no ${kind.slice(0, -1)}; add one, such as ${example[kind]}`)
    }
  }
  if (sources === undefined || sources.length === 0) return
  const from = destinations.map(({ common }) => common['from'] as string[] | null)
  destinations.forEach(({ name }, index) => {
    from[index]?.forEach((source, item) => {
      if (sources.includes(source) || (hasOwn && source === ownSource)) return
      const path = ['destinations', name, 'from', String(item)]
      if (source === ownSource) {
        problems.addValue(path, source, 'is turned off by own.events; leave it out, or turn it on')
        return
      }
      problems.addValue(path, source, `is no source${suggestion(source, sources)}`)
    })
  })
  // With a destination left out or a name misspelt, who reads what is not known.
  const all = [null, ...sources, ownSource]
  const known = from.flat().every((name) => all.includes(name))
  if (destinations.length !== namesOf(given.destinations)?.length || !known) return
  // What the type of a source gives is not known when the type is not.
  if (destinations.length === 0 || read.length !== sources.length) return
  const names = destinations.map(({ name }) => name).join(' or ')
  for (const source of read) {
    if (destinations.some((one) => reads(readerOf(one), source, tables))) continue
    const isTimeline = tables.sources[source.type]?.timelines && from.includes(null)
    const why = isTimeline ? ', as timelines go only where they are named (and to s3)' : ''
    const cure = from.includes(null) ? 'write' : 'add'
    problems.add(
      ['sources', source.name],
      `no destination reads it${why}; ${cure} it to the from of ${names}`,
    )
  }
  for (const destination of destinations) {
    if (readerOf(destination).from?.includes(ownSource)) continue
    if (read.some((source) => reads(readerOf(destination), source, tables))) continue
    problems.add(
      ['destinations', destination.name],
      'it would get nothing, as it takes timelines alone and no source gives any; write in its from the sources that it is to get',
    )
  }
}

function readType(
  type: unknown,
  path: Path,
  table: Readonly<Record<string, ComponentKind>>,
  problems: Problems,
): ComponentKind | undefined {
  const place = [...path, 'type']
  const types = Object.keys(table)
  if (type === unusable) return undefined
  if (type === undefined || type === null) {
    problems.add(place, `is missing; write one of ${types.join(', ')}`)
    return undefined
  }
  if (typeof type === 'string' && Object.hasOwn(table, type)) return table[type]
  const near = typeof type === 'string' ? nearest(type, types) : undefined
  const meant = near === undefined ? '' : `; did you mean ${near}?`
  problems.addValue(place, type, `is not one of ${types.join(', ')}${meant}`)
  return undefined
}

function readerOf({ type, common }: Component): Parameters<typeof reads>[0] {
  return { type, from: common['from'] as string[] | null }
}

/** The keys of a map that was written; undefined for what is no map and was reported as such. */
function namesOf(given: unknown): string[] | undefined {
  if (given === undefined || given === null) return []
  return isGroup(given) ? Object.keys(given) : undefined
}

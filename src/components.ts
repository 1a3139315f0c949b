/**
 * Sources and destinations made from the configuration, by the tables of their types.
 */
import { join } from 'node:path'
import type { DestinationConfiguration, SourceConfiguration } from './config/load.ts'
import type { Schema } from './config/schema.ts'
import type { Destination, Source, SourceContext } from './core.ts'
import { destinations } from './destinations/index.ts'
import { ownSource } from './io/own-source.ts'
import { withoutUserinfo } from './io/printable.ts'
import { ownSources, sources } from './sources/index.ts'

export { kinds as ownKinds, ownBatch, ownLine } from './sources/cefline.ts'

/** A row of a table. Its options have been read against its schema, so `create` gets what it wants. */
interface SourceKind {
  schema: Schema
  /** The smaller, the more urgent. */
  priority: number
  timelines?: boolean
  create(options: never, context: SourceContext): Source
}

interface DestinationKind {
  schema: Schema
  timelines?: boolean
  create(options: never, context: { name: string; folder?: string }): Destination
}

export const tables: {
  sources: Record<string, SourceKind>
  destinations: Record<string, DestinationKind>
} = { sources, destinations }

/** Also what nobody writes. */
const allSources: Record<string, SourceKind> = { ...sources, ...ownSources }

/** `more`: what only one that runs has; of it, `own` goes to the source of Cefline's own events. */
export function createSource(
  { name, type, options }: SourceConfiguration,
  remembers: SourceContext['remembers'],
  { own, connected }: Pick<SourceContext, 'own' | 'connected'> = {},
): Source {
  const context = {
    ...{ name, remembers },
    ...(connected && { connected }),
    ...(type === ownSource && own && { own }),
  }
  return kindOf(allSources, type).create(options as never, context)
}

/** `spoolFolder`: where one that keeps files of its own has its folder; without it, it cannot deliver. */
export function createDestination(
  { name, type, options }: DestinationConfiguration,
  spoolFolder?: string,
): Destination {
  const folder = spoolFolder === undefined ? {} : { folder: join(spoolFolder, `${type}-${name}`) }
  return kindOf(tables.destinations, type).create(options as never, { name, ...folder })
}

/** Most bytes of a message of this destination, without what frames it; undefined: any number. */
export function largestOf(destination: Destination): number | undefined {
  const { maxBytes } = destination as Destination & { maxBytes?: number }
  return maxBytes
}

/** Names of sources by urgency, the most urgent first; equals together. */
export function byPriority(list: readonly SourceConfiguration[]): string[][] {
  const groups = new Map<number, string[]>()
  for (const { name, type, priority } of list) {
    const urgency = priority ?? kindOf(allSources, type).priority
    groups.set(urgency, [...(groups.get(urgency) ?? []), name])
  }
  return [...groups].sort(([a], [b]) => a - b).map(([, names]) => names)
}

/** Folder, url or path of a component, without secrets. */
export function whereOf({ options }: { options: Readonly<Record<string, unknown>> }): string {
  const { bucket, listen, folder, url, path } = options
  if (typeof bucket === 'string') return ['s3:/', bucket, ...bucketFolder(folder)].join('/')
  const where = (listen === undefined ? [folder, url, path] : [listen])
    .flat()
    .filter((value) => typeof value === 'string')
  return where.length === 0 ? 'standard output' : where.map(withoutUserinfo).join(', else ')
}

function bucketFolder(folder: unknown): string[] {
  return typeof folder === 'string' ? folder.split('/').filter((name) => name !== '') : []
}

/** A component as the log and the status page name it. */
export function partOf(component: SourceConfiguration | DestinationConfiguration) {
  const { name, type } = component
  return { name, type, where: type === ownSource ? 'Cefline itself' : whereOf(component) }
}

/** How fast a destination is given events, as a backfill will go out: `at most 500 events a second`. */
export function paceOf({ rate }: Pick<DestinationConfiguration, 'rate'>): string {
  const { events, bytes } = rate
  const limits = [
    ...(events === null ? [] : [`${events} events`]),
    ...(bytes === null ? [] : [`${bytes} bytes`]),
  ]
  if (limits.length === 0) return 'as fast as it takes them'
  return `at most ${limits.join(' and ')} a second`
}

function kindOf<Kind>(table: Record<string, Kind>, type: string): Kind {
  const kind = table[type]
  if (!kind) throw new Error(`no component of type ${type}`)
  return kind
}

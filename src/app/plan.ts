/**
 * What a configuration asks to run: each source and destination with all that makes it what it is.
 * Two of a name that are alike in that are one and the same, and a change of the configuration leaves
 * it running.
 */
import { byPriority, tables } from '../components.ts'
import type {
  Configuration,
  DestinationConfiguration,
  SourceConfiguration,
} from '../config/load.ts'
import { pemPaths, withPem } from '../config/pem.ts'
import { reads } from '../config/reads.ts'
import { retryQueue } from '../control/take-back.ts'

export interface Planned<Component> {
  /** With the text of its PEM files in place of their paths. */
  readonly component: Component
  /** What must be alike for it to go on running. */
  readonly identity: readonly unknown[]
}

export type PlannedSource = Planned<SourceConfiguration>

export interface PlannedDestination extends Planned<DestinationConfiguration> {
  /** The most urgent first; those of equal priority in the inner list. */
  readonly queues: readonly (readonly string[])[]
}

export interface Plan {
  readonly sources: ReadonlyMap<string, PlannedSource>
  readonly destinations: ReadonlyMap<string, PlannedDestination>
}

/** Reads the PEM files. */
export async function planOf({ sources, destinations }: Configuration): Promise<Plan> {
  const plannedSources = sources.map(async (source): Promise<[string, PlannedSource]> => {
    const component = { ...source, options: await withPem(source.options) }
    return [source.name, { component, identity: [component.type, component.options] }]
  })
  const plannedDestinations = destinations.map(
    async (destination): Promise<[string, PlannedDestination]> => {
      const component = { ...destination, options: await withPem(destination.options) }
      const queues = queuesOf(destination, sources)
      const identity = [component.type, component.options, component.rate, queues]
      return [destination.name, { component, queues, identity }]
    },
  )
  return {
    sources: new Map(await Promise.all(plannedSources)),
    destinations: new Map(await Promise.all(plannedDestinations)),
  }
}

/** The queues that a destination reads; what it is to be given once more comes last. */
export function queuesOf(
  destination: DestinationConfiguration,
  sources: readonly SourceConfiguration[],
): string[][] {
  const read = sources.filter((source) => reads(destination, source, tables))
  return [...byPriority(read), [retryQueue(destination.name)]]
}

/** Absolute paths of all files that the configuration was made of and its components use. */
export function filesOf({ files, sources, destinations }: Configuration): string[] {
  return [...files, ...[...sources, ...destinations].flatMap(({ options }) => pemPaths(options))]
}

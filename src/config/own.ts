/**
 * The source of Cefline's own events. Nobody writes it: it is there unless `own.events` is false, and
 * only where a destination reads it, as nobody would ever take its events out of the spool elsewhere.
 */
import type { Configuration, SourceConfiguration } from './load.ts'
import { ownSource } from '../io/own-source.ts'
import { reads } from './reads.ts'
import type { Tables } from './schema.ts'

interface Reader {
  type: string
  common: Readonly<Record<string, unknown>>
}

/** The one, or none. */
export function ownSources(
  { events }: Readonly<Record<string, unknown>>,
  destinations: readonly Reader[],
  tables: Tables,
): SourceConfiguration[] {
  const isRead = destinations.some(({ type, common }) => {
    return reads({ type, from: common['from'] as string[] | null }, source, tables)
  })
  return events === true && isRead ? [source] : []
}

/** Whether somebody gets them. */
export function hasOwnEvents({ sources }: Pick<Configuration, 'sources'>): boolean {
  return sources.some(({ name }) => name === ownSource)
}

const source: SourceConfiguration = {
  name: ownSource,
  type: ownSource,
  options: {},
  priority: null,
  // It says something when something happens.
  silentAfter: 0,
}

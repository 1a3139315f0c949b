/**
 * Which destination gets the events of which source. One that names sources in `from` gets those. One
 * that names none gets all but timelines, as a SIEM is not to get millions of forensic events
 * unasked; and one that is made for timelines (`s3`) then gets nothing else.
 */
import type { Tables } from './schema.ts'

interface Reader {
  type: string
  /** Names of sources; null: none was named. */
  from: readonly string[] | null
}

export function reads(
  { type, from }: Reader,
  source: { name: string; type: string },
  tables: Tables,
): boolean {
  if (from !== null) return from.includes(source.name)
  const gives = tables.sources[source.type]?.timelines ?? false
  return gives === (tables.destinations[type]?.timelines ?? false)
}

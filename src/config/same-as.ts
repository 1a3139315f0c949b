/**
 * `sameAs`: a source of alerts names the one of activity records that gives the same events once
 * more. Of each event the first line is kept, so whoever gets the one must get the other: else an
 * event that came by the other first would never reach it.
 */
import { suggestion } from '../io/nearest.ts'
import type { Problems } from './problems.ts'
import { reads } from './reads.ts'
import type { Tables } from './schema.ts'

interface Component {
  name: string
  type: string
  options: Readonly<Record<string, unknown>>
}

interface Reader {
  name: string
  type: string
  common: Readonly<Record<string, unknown>>
}

/** What may be named: its records have the RIDs that alerts have. */
const recordType = 'netwrix-api'

/** The source that this one names; undefined when it names none. */
export function sameAsOf({ options }: Pick<Component, 'options'>): string | undefined {
  const { sameAs } = options
  return typeof sameAs === 'string' ? sameAs : undefined
}

/** Tells what is wrong with the names, and with who reads the sources. */
export function checkSameAs(
  sources: readonly Component[],
  destinations: readonly Reader[],
  tables: Tables,
  problems: Problems,
): void {
  const records = sources.filter(({ type }) => type === recordType).map(({ name }) => name)
  for (const source of sources) {
    const other = sameAsOf(source)
    if (other === undefined) continue
    const path = ['sources', source.name, 'sameAs']
    const named = sources.find(({ name }) => name === other)
    const wrong = faultOf(source, other, named, records)
    if (wrong !== undefined) {
      problems.addValue(path, other, wrong)
      continue
    }
    for (const { name, type, common } of destinations) {
      const from = common['from'] as string[] | null
      const gets = (one: Component) => reads({ type, from }, one, tables)
      if (!named || gets(source) === gets(named)) continue
      const [has, lacks] = gets(named) ? [other, source.name] : [source.name, other]
      problems.addValue(
        path,
        other,
        `cannot be: destination ${name} gets ${has} and not ${lacks}, so it would never get an event that ${lacks} gave first; write both in destinations.${name}.from, or neither`,
      )
    }
  }
}

function faultOf(
  source: Component,
  other: string,
  named: Component | undefined,
  records: readonly string[],
): string | undefined {
  const cure = `name a source of type ${recordType}${suggestion(other, records)}`
  if (other === source.name) return `is this source itself; ${cure}`
  if (!named) return `is no source; ${cure}`
  const further = sameAsOf(named)
  if (further !== undefined) {
    return `has a sameAs of its own (${further}), and they cannot be chained; name ${further} here too`
  }
  return named.type === recordType ? undefined : `is of type ${named.type}; ${cure}`
}

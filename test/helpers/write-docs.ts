/**
 * The README's generated tables: each stands between `<!-- options:NAME -->` and `<!-- /options -->`
 * (that of the variables between `<!-- environment -->` and `<!-- /environment -->`) and is rewritten in place by `npm run docs`; `test/docs.test.ts` fails when one is missing or stale.
 */
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { allTables } from '../../src/config/tables.ts'
import { destinations } from '../../src/destinations/index.ts'
import { sources } from '../../src/sources/index.ts'
import { writeChartDocs } from './chart-docs.ts'
import { writeErrorsPage } from './error-docs.ts'
import { writeOwnEvents } from './own-events.ts'
import { writeMetricsDocument } from './metrics-docs.ts'
import { root } from './root.ts'

export const readme = join(root, 'README.md')

/** Every table by the name in its marker. */
export const documented = allTables({ sources, destinations })

export interface Written {
  text: string
  /** Names of tables that the text has no place for. */
  missing: string[]
  /** Names in markers that are no table. */
  unknown: string[]
}

/** The text with each table in its place. */
export function fillTables(text: string, tables: ReadonlyMap<string, string>): Written {
  const found = new Set<string>()
  const filled = text.replace(
    /(<!-- (options:\S+|environment) -->\n)[^]*?(<!-- \/(?:options|environment) -->)/g,
    (whole, begin: string, name: string, end: string) => {
      found.add(name)
      const table = tables.get(name)
      return table === undefined ? whole : `${begin}\n${table}\n\n${end}`
    },
  )
  return {
    text: filled,
    missing: [...tables.keys()].filter((name) => !found.has(name)),
    unknown: [...found].filter((name) => !tables.has(name)),
  }
}

if (process.argv[1] === import.meta.filename) {
  const { text, missing, unknown } = fillTables(readFileSync(readme, 'utf8'), documented)
  writeFileSync(readme, text)
  writeMetricsDocument()
  writeChartDocs()
  writeOwnEvents()
  await writeErrorsPage()
  for (const name of missing) console.error(`README.md has no <!-- ${name} -->`)
  for (const name of unknown) console.error(`README.md: there is no table "${name}"`)
  process.exitCode = missing.length + unknown.length === 0 ? 0 : 1
}

/**
 * The documentation is true: the README has every generated table as the schemas have it, and the
 * example configuration is one that is accepted.
 */
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { format } from 'prettier'
import t from 'tap'
import { parse } from 'yaml'
import { loadConfiguration } from '../src/config/load.ts'
import { common, isOption, optionNames, sections } from '../src/config/schema.ts'
import type { Option, Schema, Tables } from '../src/config/schema.ts'
import { destinations } from '../src/destinations/index.ts'
import { ownSource } from '../src/io/own-source.ts'
import { sources } from '../src/sources/index.ts'
import { root } from './helpers/root.ts'
import { documented, fillTables, readme } from './helpers/write-docs.ts'

const tables = { sources, destinations }

t.test('every table is in the README and is fresh; `npm run docs` writes them', async (t) => {
  const text = readFileSync(readme, 'utf8')
  const { missing, unknown } = fillTables(text, documented)
  t.same(missing, [], 'every table has its place')
  t.same(unknown, [], 'every place has a table')
  for (const [name, table] of documented) {
    if (missing.includes(name)) continue
    const { text: filled } = fillTables(text, new Map([[name, table]]))
    t.ok(filled === text, `the table "${name}" is fresh`)
  }
})

t.test('a table is filled in between its markers, and what is missing is named', async (t) => {
  const text =
    'a\n<!-- options:one -->\nold\n<!-- /options -->\nb\n<!-- options:x -->\n<!-- /options -->\n<!-- environment -->\n<!-- /environment -->\n'
  const tables = new Map([
    ['options:one', '| $& |'],
    ['options:two', ''],
    ['environment', '| e |'],
  ])
  const { text: filled, missing, unknown } = fillTables(text, tables)
  t.match(filled, 'a\n<!-- options:one -->\n\n| $& |\n\n<!-- /options -->\nb\n')
  t.match(filled, '<!-- environment -->\n\n| e |\n\n<!-- /environment -->\n')
  t.same(missing, ['options:two'])
  t.same(unknown, ['options:x'])
  t.equal(fillTables(filled, tables).text, filled, 'twice is the same')
})

t.test('prettier leaves the tables as they are', async (t) => {
  for (const [name, table] of documented) {
    t.equal(await format(table, { parser: 'markdown', printWidth: 100 }), `${table}\n`, name)
  }
})

t.test('the example configuration is accepted, and has every option', async (t) => {
  const example = readFileSync(join(root, 'cefline.example.yaml'), 'utf8')
  const text = example.replaceAll(/\$\{file:[^}]*\/([^}]*)\}/g, '${file:$1}')
  t.not(text, example, 'it shows how a secret is given')
  // Each its own, as two tokens must not be the same.
  const files = [...text.matchAll(/\$\{file:([^}]*)\}/g)].map(([, name = '']) => name)
  const secrets = Object.fromEntries(files.map((name) => [name, `${name}\n`]))
  const cwd = t.testdir({ ...secrets, 'cefline.yaml': text })
  const env = { GRAFANA_TOKEN: 'grafana' }
  const uncommented = join(cwd, 'uncommented.yaml')
  // A line that is commented out is `# name: value`, where prose has no such name.
  writeFileSync(uncommented, text.replace(/^( *)# ([a-zA-Z]+:( .*)?)$/gm, '$1$2'))
  for (const path of ['cefline.yaml', uncommented]) {
    const { warnings, ...found } = loadConfiguration({ path, env, cwd, tables })
    t.same(warnings, [])
    const types = [...Object.keys(sources), ownSource]
    t.same(new Set(found.sources.map(({ type }) => type)), new Set(types))
    t.ok(found.destinations.length > 0)
  }
  const written = parse(readFileSync(uncommented, 'utf8')) as Record<string, Nested>
  const all = { ...sections, ...componentsOf(written) }
  for (const [place, schema] of Object.entries(all)) {
    for (const option of optionNames(schema)) {
      const value = [...place.split('.'), ...option.split('.')].reduce<Nested | undefined>(
        (nested, key) => nested?.[key],
        written,
      )
      t.not(value, undefined, `it has ${place}.${option}`)
    }
  }
})

interface Nested {
  [key: string]: Nested
}

/** The schemas of the components of the example by their place. */
function componentsOf(written: Record<string, Nested>): Record<string, Schema> {
  return Object.fromEntries(
    (['sources', 'destinations'] as const).flatMap((kind) =>
      Object.entries(written[kind] ?? {}).map(([name, { type }]) => {
        const { schema } = (tables[kind] as Tables[typeof kind])[type as unknown as string] ?? {
          schema: {},
        }
        return [`${kind}.${name}`, { ...schema, ...common[kind] }]
      }),
    ),
  )
}

t.test('every option has a sentence, and every default is one that could be written', async (t) => {
  const visit = (place: string, schema: Schema, each: (path: string, option: Option) => void) => {
    for (const [name, entry] of Object.entries(schema)) {
      if (isOption(entry)) each(`${place}.${name}`, entry)
      else visit(`${place}.${name}`, entry, each)
    }
  }
  for (const [kind, table] of Object.entries(tables)) {
    for (const [type, { schema }] of Object.entries(table)) {
      visit(`${kind}.${type}`, schema, (path, { doc, default: value, format }) => {
        t.match(doc, /^[A-Z].*\.$/, `${path}: ${doc}`)
        t.notOk(value === '', `${path} is not set by null, not by an empty text`)
        if (Array.isArray(format) && value !== null) t.ok(format.includes(value), path)
      })
    }
  }
})

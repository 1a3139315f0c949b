/**
 * The chart as a package: its versions, its lint, its values and their schema, and that what is made of something else
 * (README, rendered examples, alert rules, dashboard) is fresh. `npm run docs` writes these.
 */
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { parse } from 'yaml'
import { sections } from '../../src/config/schema.ts'
import { copies, fillChartReadme, valuesIn, valuesTable } from '../helpers/chart-docs.ts'
import { chart, examples, needsGo, render, run, snapshotOf, valuesOf } from '../helpers/helm.ts'
import type { Part } from '../helpers/helm.ts'
import { root } from '../helpers/root.ts'

const read = (...path: string[]) => readFileSync(join(chart, ...path), 'utf8')
const { version } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'))
const metadata = parse(read('Chart.yaml'))
const values = valuesIn(read('values.yaml'))
const schema = JSON.parse(read('values.schema.json'))

t.test('its versions are those of the package', async (t) => {
  t.equal(metadata.version, version)
  t.equal(metadata.appVersion, version)
  const images = parse(metadata.annotations['artifacthub.io/images'])
  t.equal(images[0].image, `cefline/cefline:${version}`)
})

t.test('what Artifact Hub wants', async (t) => {
  const { annotations } = metadata
  t.equal(annotations['artifacthub.io/category'], 'security')
  t.equal(annotations['artifacthub.io/license'], 'Apache-2.0')
  for (const change of parse(annotations['artifacthub.io/changes']) as Part[]) {
    t.match(change.kind, /^(added|changed|deprecated|removed|fixed|security)$/)
    t.ok(change.description)
  }
  for (const flag of ['prerelease', 'containsSecurityUpdates']) {
    t.match(annotations[`artifacthub.io/${flag}`], /^(true|false)$/)
  }
})

t.test('helm lint finds nothing', needsGo('helm'), async (t) => {
  for (const example of examples) {
    const { code, stdout } = run('helm', ['lint', '--strict', chart, '-f', valuesOf(example)])
    t.equal(code, 0, `${example}\n${stdout}`)
    t.notMatch(stdout, /\[(WARNING|ERROR)\]/)
  }
})

t.test('the rendered examples are fresh', needsGo('helm'), async (t) => {
  const rendered = examples.map((example) => `${example}.yaml`)
  t.same(readdirSync(join(chart, 'ci', 'rendered')).sort(), rendered)
  for (const example of examples) {
    t.equal(render(example).text, readFileSync(snapshotOf(example), 'utf8'), example)
  }
})

t.test('alert rules and dashboard are those of integrations/prometheus', async (t) => {
  for (const { from, to } of copies) {
    t.equal(readFileSync(to, 'utf8'), readFileSync(from, 'utf8'), to)
  }
})

t.test('every value has a sentence, and the README has them all', async (t) => {
  t.ok(values.length > 80)
  for (const { path, doc } of values) t.match(doc, /^[\p{Lu}\d`].*\.$/u, `${path}: ${doc}`)
  const readme = read('README.md')
  t.equal(fillChartReadme(readme, valuesTable(values)), readme, '`npm run docs` makes it fresh')
  t.throws(() => fillChartReadme('', ''), { message: 'has no <!-- values -->' })
})

t.test('a value’s comment is read to its end, and the one above it is not', async (t) => {
  const text =
    '# Top.\n\n# -- One.\na: 1\nb:\n  # Aside.\n  # -- Two\n  # lines.\n  c: x|y\nd: []\n'
  const found = valuesIn(text)
  t.same(found, [
    { path: 'a', default: '1', doc: 'One.' },
    { path: 'b.c', default: '"x|y"', doc: 'Two lines.' },
    { path: 'd', default: '[]', doc: '' },
  ])
  t.match(valuesTable(found), '| `b.c` | `"x\\|y"` | Two lines. |')
})

/** The part of the schema that a value is held against. */
function schemaOf(path: string): Part {
  return path.split('.').reduce<Part>((part, name) => {
    const { $ref } = part ?? {}
    const whole = $ref ? schema.definitions[String($ref).replace('#/definitions/', '')] : part
    return whole?.properties?.[name]
  }, schema)
}

t.test('the schema has every value and no other, and is closed', async (t) => {
  for (const { path } of values) t.ok(schemaOf(path), `${path} is in the schema`)
  const tops = new Set(values.map(({ path }) => path.split('.')[0]))
  t.same(
    Object.keys(schema.properties as object).filter((name) => !tops.has(name)),
    ['global'],
  )
  const visit = (part: Part, path: string): void => {
    if (typeof part !== 'object' || part === null) return
    // Of `if` and `then` only the place where they stand says what there may be.
    if (part.properties && part.type === 'object' && path !== '/definitions/component') {
      const isItem = path.endsWith('/items') && part.required?.includes('mountPath')
      if (!isItem) t.equal(part.additionalProperties, false, `${path} is closed`)
    }
    for (const [key, below] of Object.entries(part)) {
      if (!['if', 'then', 'allOf', 'anyOf'].includes(key)) visit(below, `${path}/${key}`)
    }
  }
  visit(schema, '')
})

t.test('a configuration has the sections that Cefline has, and their options', async (t) => {
  const { properties } = schema.definitions.configuration
  const known = [...Object.keys(sections), 'sources', 'destinations', 'tests']
  t.same(Object.keys(properties as object).sort(), known.sort())
  for (const [name, options] of Object.entries(sections)) {
    const described = Object.keys(properties[name].properties as object)
    t.same(described.sort(), Object.keys(options).sort(), name)
    t.equal(properties[name].additionalProperties, false, name)
  }
})

t.test('no empty line ends in blanks, and nothing names a registry', async (t) => {
  const names = readdirSync(chart, { recursive: true, withFileTypes: true })
  for (const entry of names.filter((name) => name.isFile())) {
    const text = readFileSync(join(entry.parentPath, entry.name), 'utf8')
    t.notMatch(text, /docker\.io|ghcr\.io|quay\.io/, entry.name)
    if (!entry.parentPath.endsWith('rendered')) t.notMatch(text, /[ \t]+$/m, entry.name)
  }
})

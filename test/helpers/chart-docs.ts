/**
 * What of the chart is made of something else: the table in `helm/README.md` (of `values.yaml` and its comments
 * `# -- …`), the files of `integrations/prometheus`, and the rendered examples. `npm run docs` writes
 * them; `test/chart` fails when one is stale.
 */
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { isMap, isScalar, parseDocument } from 'yaml'
import type { Document, Node, Pair } from 'yaml'
import { chart, examples, findGoProgram, render, snapshotOf } from './helm.ts'
import { root } from './root.ts'

export interface Value {
  /** `image.tag` */
  path: string
  /** As JSON. */
  default: string
  /** Empty where the value has no comment. */
  doc: string
}

/** Files of the chart that are others, and where these are. */
export const copies = ['alerts.yaml', 'dashboard.json'].map((name) => ({
  from: join(root, 'integrations', 'prometheus', name),
  to: join(chart, 'files', name),
}))

/** Every value of `values.yaml` in its order: one with a comment is shown as a whole. */
export function valuesIn(text: string): Value[] {
  const document = parseDocument(text)
  return isMap(document.contents) ? valuesBelow(document, document.contents, '') : []
}

function valuesBelow(document: Document, map: Node, above: string): Value[] {
  if (!isMap(map)) return []
  return map.items.flatMap((pair, index) => {
    const path = `${above}${String((pair.key as { value?: unknown }).value)}`
    // The first one's comment belongs to the map.
    const doc = docOf(pair, index === 0 ? map.commentBefore : undefined)
    if (doc === '' && isMap(pair.value) && pair.value.items.length > 0) {
      return valuesBelow(document, pair.value, `${path}.`)
    }
    const value = (pair.value as Node).toJS(document) as unknown
    return [{ path, default: JSON.stringify(value), doc }]
  })
}

function docOf({ key }: Pair, before: string | null | undefined): string {
  const own = isScalar(key) ? key.commentBefore : undefined
  const lines = [before, own].flatMap((comment) => comment?.split('\n') ?? [])
  const begin = lines.findLastIndex((line) => line.startsWith(' -- '))
  if (begin < 0) return ''
  const [first = '', ...more] = lines.slice(begin)
  return [first.slice(4), ...more.map((line) => line.trim())].join(' ')
}

/** The table of values, as Markdown. */
export function valuesTable(values: readonly Value[]): string {
  const cell = (text: string) => text.replaceAll('|', '\\|')
  const rows = values.map((value) => {
    return `| \`${value.path}\` | \`${cell(value.default)}\` | ${cell(value.doc)} |`
  })
  return ['| Value | Default | What |', '| --- | --- | --- |', ...rows].join('\n')
}

/** The chart's README with the table between `<!-- values -->` and `<!-- /values -->`. */
export function fillChartReadme(text: string, table: string): string {
  const [begin, end] = ['<!-- values -->', '<!-- /values -->']
  const [before, after] = [text.indexOf(begin), text.indexOf(end)]
  if (before < 0 || after < before) throw new Error(`helm/README.md has no ${begin} … ${end}`)
  return `${text.slice(0, before + begin.length)}\n\n${table}\n\n${text.slice(after)}`
}

/** Writes all of it; the rendered examples where helm is installed. */
export function writeChartDocs(): void {
  const readme = join(chart, 'README.md')
  const table = valuesTable(valuesIn(readFileSync(join(chart, 'values.yaml'), 'utf8')))
  writeFileSync(readme, fillChartReadme(readFileSync(readme, 'utf8'), table))
  for (const { from, to } of copies) writeFileSync(to, readFileSync(from))
  if (findGoProgram('helm') === undefined) {
    console.error('helm is not installed: helm/ci/rendered is left as it is')
    return
  }
  for (const example of examples) {
    const { ok, text, refusal } = render(example)
    if (!ok) throw new Error(`${example}: ${refusal}`)
    writeFileSync(snapshotOf(example), text)
  }
}

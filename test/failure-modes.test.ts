/**
 * The list in `failure-modes.md` is complete, and every test that it names is there: by the titles of
 * the calls of `test` in the file. A title that is made of parts stands for all that fit it; one that
 * comes out of a table must be a text in that table.
 */
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import ts from 'typescript'
import { root } from './helpers/root.ts'

const list = readFileSync(join(root, 'test', 'failure-modes.md'), 'utf8')
const [, ...entries] = list.split(/^(?=\*\*\d+\.\*\* )/m)
const numbers = Array.from({ length: 64 }, (_, index) => index + 1)

t.same(
  entries.map((entry) => Number.parseInt(entry.slice(2), 10)),
  numbers,
  'every number is there once, in order',
)

t.test('each has a test, or says why it has none', async (t) => {
  for (const entry of entries) {
    const says = /^- `test\/\S+ › .+`$/m.test(entry) || /Cannot happen here|Later: /.test(entry)
    t.ok(says, entry.slice(0, 60))
  }
})

t.test('every test is there', async (t) => {
  const titles = new Map<string, (title: string) => boolean>()
  const references = [...list.matchAll(/^- `(.*)`$/gm)].map(([, text = '']) => text.split(' › '))
  t.ok(references.length > numbers.length)
  for (const [path = '', title = '', ...more] of references) {
    const file = join(root, path)
    if (!t.ok(more.length === 0 && title !== '' && existsSync(file), path)) continue
    const isThere = titles.get(path) ?? titlesOf(readFileSync(file, 'utf8'))
    titles.set(path, isThere)
    t.ok(isThere(title), `${path} › ${title}`)
  }
})

/** Whether a file of tests has one of this title. */
function titlesOf(text: string): (title: string) => boolean {
  const literal = new Set<string>()
  const patterns: RegExp[] = []
  /** Texts in lists, for titles that are variables. */
  const listed = new Set<string>()
  let hasVariables = false
  const visit = (node: ts.Node): void => {
    if (ts.isArrayLiteralExpression(node)) {
      for (const element of node.elements) if (ts.isStringLiteral(element)) listed.add(element.text)
    }
    if (ts.isCallExpression(node) && isTest(node.expression)) take(node.arguments[0])
    ts.forEachChild(node, visit)
  }
  const take = (title: ts.Expression | undefined): void => {
    if (!title) return
    if (ts.isStringLiteralLike(title)) literal.add(title.text)
    else if (ts.isTemplateExpression(title)) patterns.push(patternOf(title))
    else if (ts.isConditionalExpression(title)) [title.whenTrue, title.whenFalse].forEach(take)
    else hasVariables = true
  }
  visit(ts.createSourceFile('a.ts', text, ts.ScriptTarget.Latest))
  return (title) =>
    literal.has(title) ||
    patterns.some((pattern) => pattern.test(title)) ||
    (hasVariables && listed.has(title))
}

/** `t.test(…)` or `test(…)`. */
function isTest(called: ts.Expression): boolean {
  if (ts.isPropertyAccessExpression(called)) return called.name.text === 'test'
  return ts.isIdentifier(called) && called.text === 'test'
}

function patternOf({ head, templateSpans }: ts.TemplateExpression): RegExp {
  const plain = (text: string) => text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')
  const parts = templateSpans.map(({ literal }) => plain(literal.text))
  return new RegExp(`^${[plain(head.text), ...parts].join('.+')}$`)
}

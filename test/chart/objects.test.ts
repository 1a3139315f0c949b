/**
 * What the chart makes of each example is what Kubernetes takes: kubeconform holds every object against the API server's
 * own schemas, strictly.
 */
import t from 'tap'
import { examples, needsGo, render, run } from '../helpers/helm.ts'
import { needsSchemas, strict, writeSchemas } from '../helpers/kubernetes-schemas.ts'

const { skip } = [needsGo('helm', 'kubeconform'), needsSchemas()].find(({ skip }) => skip) ?? {
  skip: false as const,
}

t.test('every object of every example', { skip }, async (t) => {
  const rendered = examples.map((example) => ({ example, ...render(example) }))
  const kinds = new Set(
    rendered.flatMap(({ text }) =>
      [...text.matchAll(/^kind: (\w+)/gm)].map(([, kind = '']) => kind),
    ),
  )
  const location = writeSchemas(t.testdir(), kinds)
  const conform = (text: string) =>
    run('kubeconform', ['-strict', '-summary', '-output=json', '-schema-location', location], text)
  for (const { example, text } of rendered) {
    const { stdout, stderr } = conform(text)
    const { resources, summary } = JSON.parse(stdout)
    t.same(resources ?? [], [], `${example}: nothing is amiss ${stderr}`)
    t.equal(
      summary.valid,
      text.match(/^apiVersion:/gm)?.length,
      `${example}: every object is valid`,
    )
    t.equal(summary.skipped, 0)
  }
  t.ok(kinds.has('Certificate') && kinds.has('PodDisruptionBudget') && kinds.has('PrometheusRule'))
  const [first] = rendered
  const misspelt = first?.text.replace('enableServiceLinks:', 'enableServiceLink:') ?? ''
  t.match(conform(misspelt).stdout, 'enableServiceLink', 'a field that is none is found')
})

t.test('a schema is closed, but where it says that it is not', async (t) => {
  const part = { type: 'object', properties: { properties: { type: 'string' } } }
  t.same(strict(part), { ...part, additionalProperties: false })
  t.same(strict({ ...part, additionalProperties: true }), { ...part, additionalProperties: true })
  t.same(strict({ ...part, 'x-kubernetes-preserve-unknown-fields': true }), part)
  t.same(strict({ format: 'int-or-string', type: 'string' }), { type: ['string', 'integer'] })
  t.same(strict({ items: part }), { items: { ...part, additionalProperties: false } })
})

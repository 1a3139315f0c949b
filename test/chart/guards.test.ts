/**
 * What the chart refuses: contradictions between its values, each by a sentence that says the cure, and values that
 * its schema does not have.
 */
import t from 'tap'
import { needsGo, render } from '../helpers/helm.ts'
import { contradictions } from './contradictions.ts'
import { misspelt } from './misspelt.ts'

t.test('contradictions', needsGo('helm'), async (t) => {
  for (const { name, example = 'minimal', values, says } of contradictions) {
    const { ok, refusal } = render(example, values)
    t.notOk(ok, name)
    for (const text of [says].flat()) t.match(refusal, text, name)
  }
})

t.test('all that is wrong is said at once', needsGo('helm'), async (t) => {
  const { refusal } = render(undefined, { replicas: 2, persistence: { enabled: false } })
  const said = refusal.match(/^- \S+/gm)
  t.same(said, ['- replicas', '- config.destinations', '- config.sources', '- persistence.enabled'])
})

t.test(
  'a patient destination fits: a stop does not wait for its timeout',
  needsGo('helm'),
  async (t) => {
    const values = { config: { destinations: { siem: { timeout: '5m', receiptAfter: '59s' } } } }
    t.ok(render('minimal', values).ok)
  },
)

t.test('values that the schema does not have', needsGo('helm'), async (t) => {
  for (const { values, says } of misspelt) {
    const { ok, refusal } = render('minimal', values)
    t.notOk(ok, JSON.stringify(values))
    t.match(refusal, says)
  }
})

t.test('a list that is a text ends in a sentence too', needsGo('helm'), async (t) => {
  const destinations = { siem: { from: 'activity' } }
  const { refusal } = render('minimal', {
    status: { existingSecret: 'a' },
    config: { destinations },
  })
  t.match(refusal, 'add cefline to from of one')
})

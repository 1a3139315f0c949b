import t from 'tap'
import { resolveConfiguration } from '../../src/config/load.ts'
import { redacted } from '../../src/config/redacted.ts'
import { tables } from './tables-fixture.ts'

const activity = { type: 'netwrix-api', url: 'https://a:9699', username: 'u', password: 'p' }

function load(tests: unknown, sources: object = { activity }) {
  const value = { sources, destinations: { out: { type: 'console' } }, tests }
  return resolveConfiguration(value, { origin: 'test', tables })
}

const input = { Who: 'a' }
const expect = { suser: 'a', severity: 7, cs1: null, cs2: false }

t.test('a list, and a map whose keys are the names', async (t) => {
  const record = { kind: 'input', value: input }
  const made = { source: 'activity', record, expect: { ...expect, cs2: null } }
  t.same(load([{ name: 'one', source: 'activity', input, expect }]).tests, [
    { name: 'one', ...made },
  ])
  t.same(load([{ input, expect }]).tests, [{ name: 'test 1', ...made }])
  t.same(load({ two: { input, expect } }).tests, [{ name: 'two', ...made }])
  t.same(load(undefined).tests, [])
})

t.test('a row', async (t) => {
  const [test] = load([{ row: { Who: 'a', 'Risk score': 80, What: null }, expect }]).tests
  t.same(test?.record, { kind: 'row', cells: { Who: 'a', 'Risk score': '80', What: '' } })
})

const alerts = { type: 'netwrix-alerts' }

const refused: [tests: unknown, message: RegExp, sources?: object][] = [
  ['x', /tests: is one value where a list belongs/],
  [['x'], /tests\.0: is no map; write \{ source/],
  [[{ inptu: input, expect }], /tests\.0\.inptu: there is no such option; did you mean input\?/],
  [[{ expect }], /tests\.0: has no record; write input/],
  [[{ input, row: input, expect }], /tests\.0: has input and row; keep one/],
  [[{ input }], /tests\.0\.expect: is no map/],
  [[{ input, expect: { cs1: [] } }], /tests\.0\.expect\.cs1: is not a text/],
  [[{ input, expect, source: 'actvity' }], /"actvity" is no source; did you mean activity\?/],
  [[{ input, expect }], /tests\.0\.source: is missing/, { activity, alerts }],
  [[{ name: 5, input, expect }], /tests\.0\.name: 5 is not a text/],
]

for (const [tests, message, sources] of refused) {
  t.throws(() => load(tests, sources), { code: 'config', message })
}

t.test('records are not shown', async (t) => {
  const shown = redacted(load([{ name: 'one', input: { Who: 'hunter2' }, expect }]), tables)
  t.match(shown, { tests: [{ name: 'one', source: 'activity' }] })
  t.notMatch(JSON.stringify(shown), /hunter2/)
})

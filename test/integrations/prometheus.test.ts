/**
 * Rules and dashboard are ones that Prometheus takes, name only metrics that there are, and do what
 * they say on what a real appliance answers.
 */
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { parse } from 'yaml'
import { activity, startAppliance, syslog } from '../helpers/appliance.ts'
import { eventually, freePort } from '../helpers/daemon.ts'
import { startIntegrationApi } from '../helpers/integration-api.ts'
import { allMetrics } from '../helpers/metrics-docs.ts'
import { promtool, startPrometheus, withPrometheus } from '../helpers/prometheus.ts'
import { root } from '../helpers/root.ts'

const folder = join(root, 'integrations', 'prometheus')
const rulesFile = join(folder, 'alerts.yaml')

interface Rule {
  alert: string
  expr: string
  labels: { severity: string }
  annotations: { summary: string; description: string; runbook_url: string }
}

interface Panel {
  id: number
  type: string
  title: string
  targets?: { expr: string }[]
}

interface Dashboard {
  schemaVersion: number
  panels: Panel[]
  templating: { list: { name: string; type: string }[] }
  annotations: { list: { expr?: string }[] }
}

const { groups } = parse(readFileSync(rulesFile, 'utf8')) as { groups: { rules: Rule[] }[] }
const rules = groups.flatMap((group) => group.rules)
const dashboard = JSON.parse(readFileSync(join(folder, 'dashboard.json'), 'utf8')) as Dashboard

/** As a panel asks, with Grafana's variables filled in. */
const asked = [
  ...dashboard.panels.flatMap(({ targets = [] }) => targets.map(({ expr }) => expr)),
  ...dashboard.annotations.list.flatMap(({ expr }) => expr ?? []),
].map((expr) => expr.replaceAll('$__rate_interval', '5m').replaceAll('$instance', '.*'))

t.test('every metric that rules and dashboard name is one of the registry', async (t) => {
  const known = new Set(
    allMetrics().flatMap(({ name, type }) =>
      type === 'histogram'
        ? ['bucket', 'count', 'sum'].map((part) => `${name}_${part}`)
        : type === 'summary'
          ? [name, `${name}_count`, `${name}_sum`]
          : [name],
    ),
  )
  const labels = new Map(allMetrics().map(({ name, labelNames }) => [name, labelNames]))
  for (const expr of [...rules.map(({ expr }) => expr), ...asked]) {
    t.notMatch(expr, /\$/, 'no variable is left over')
    for (const [name, selector] of [...expr.matchAll(/\b(cefline_\w+)(?:\{([^}]*)\})?/g)].map(
      ([, name = '', selector = '']) => [name, selector] as const,
    )) {
      t.ok(known.has(name), name)
      const plain = name.replace(/_(bucket|count|sum)$/, '')
      const own = ['instance', 'job', 'le', ...(labels.get(name) ?? labels.get(plain) ?? [])]
      for (const [, label = ''] of selector.matchAll(/(\w+)=~?"/g)) t.ok(own.includes(label), label)
    }
  }
})

t.test('every alert has severity, texts, and a runbook that is there', async (t) => {
  const runbooks = readFileSync(join(root, 'docs', 'alerts.md'), 'utf8')
  for (const { alert, labels, annotations } of rules) {
    t.match(labels.severity, /^(warning|critical)$/, alert)
    t.match(annotations.summary, /\S\.$/)
    t.match(annotations.description, /\{\{ \$labels\./, `${alert} says of what it speaks`)
    t.match(annotations.runbook_url, new RegExp(`/docs/alerts\\.md#${alert.toLowerCase()}$`))
    const [, section = ''] = runbooks.split(`\n## ${alert}\n`)
    const [text = ''] = section.split('\n## ')
    for (const part of ['Look at:', '```sh\n', 'To do:']) t.ok(text.includes(part), alert)
  }
  const sections = [...runbooks.matchAll(/^## (\w+)$/gm)].map(([, name]) => name)
  t.same(
    sections,
    rules.map(({ alert }) => alert),
    'and no other runbook',
  )
})

t.test('every alert is tested to fire', async (t) => {
  const tests = readFileSync(join(folder, 'alerts.test.yaml'), 'utf8')
  for (const { alert } of rules) {
    t.ok(tests.includes(`'ALERTS{alertname="${alert}", alertstate="firing"`), alert)
  }
})

t.test('the dashboard asks a data source that is chosen, of an instance that is', async (t) => {
  t.ok(dashboard.schemaVersion >= 39)
  t.strictSame(
    dashboard.templating.list.map(({ name }) => name),
    ['datasource', 'instance'],
  )
  const ids = dashboard.panels.map(({ id }) => id)
  t.equal(new Set(ids).size, ids.length)
  for (const { type, title, targets = [] } of dashboard.panels) {
    t.equal(targets.length === 0, type === 'row', title)
    for (const { expr } of targets) t.match(expr, /instance=~"\$instance"/, title)
  }
})

t.test(
  'promtool finds nothing: rules, their tests, the expressions of the dashboard',
  withPrometheus,
  async (t) => {
    for (const args of [
      ['check', 'rules', '--lint=all', '--lint-fatal', rulesFile],
      ['test', 'rules', join(folder, 'alerts.test.yaml')],
    ]) {
      const { code, said } = await promtool(args)
      t.equal(code, 0, said)
    }
    // A rule that records is the form in which promtool parses an expression without a server.
    const recorded = asked.map((expr, index) => ({ record: `dashboard:expression:${index}`, expr }))
    const file = join(t.testdir(), 'dashboard.json')
    writeFileSync(file, JSON.stringify({ groups: [{ name: 'dashboard', rules: recorded }] }))
    const { code, said } = await promtool(['check', 'rules', file])
    t.equal(code, 0, said)
    t.match(said, `${asked.length} rules found`)
  },
)

t.test('a real Prometheus reads a real appliance whose SIEM is dead', withPrometheus, async (t) => {
  const api = await startIntegrationApi({ records: 25 })
  t.teardown(() => api.close())
  const appliance = startAppliance(t, {
    own: { events: false },
    sources: { activity: activity(api) },
    destinations: {
      siem: syslog(await freePort()),
      file: { type: 'file', path: join(t.testdir(), 'out.log') },
    },
  })
  await appliance.started
  await eventually(async () => {
    const { destinations } = await appliance.status()
    const waits = (wanted: string) => destinations.find(({ name }) => name === wanted)?.waiting
    return waits('siem') === 25 && waits('file') === 0 ? true : undefined
  }, 'the records are not in the spool and the file')

  const answer = await appliance.get('/metrics')
  t.equal(answer.headers.get('content-type'), 'text/plain; version=0.0.4; charset=utf-8')
  const { code, said } = await promtool(['check', 'metrics'], await answer.text())
  t.equal(code, 0, 'promtool finds nothing to say of the scrape')
  t.equal(said.trim(), '')

  const prometheus = await startPrometheus(t, {
    targets: [new URL(answer.url).host],
    rules: rulesFile,
  })
  await prometheus.until('up{job="cefline"}', (samples) => samples[0]?.value === '1')
  const exprOf = (wanted: string) => rules.find(({ alert }) => alert === wanted)?.expr ?? ''
  const down = await prometheus.until(exprOf('CeflineDestinationDown'), (all) => all.length > 0)
  t.same(
    down.map(({ metric }) => metric['destination']),
    ['siem'],
    'and the file is not',
  )
  const received = 'cefline_destination_lines_received_total{destination="file"}'
  t.equal((await prometheus.query(received))[0]?.value, '25')
  const bytes = received.replace('lines_received', 'received_bytes')
  t.ok(Number((await prometheus.query(bytes))[0]?.value) > 25 * 100)
  for (const silent of [
    'CeflineDown',
    'CeflineBooksDiffer',
    'CeflineSpoolClosed',
    'CeflineSourceFailed',
  ]) {
    t.same(await prometheus.query(exprOf(silent)), [], silent)
  }
  const pending = await eventually(async () => {
    const alerts = await prometheus.alerts()
    // Rules may be looked at once before the first scrape, when nothing is there yet; each group of
    // them by itself, so that one may still be of then.
    const names = alerts.map(({ labels }) => labels['alertname'])
    const isNow = names.includes('CeflineDestinationDown') && !names.includes('CeflineDown')
    return isNow ? alerts : undefined
  }, 'no alert is pending, or that of an appliance that is down')
  t.same(
    pending.map(({ labels, state }) => [labels['alertname'], labels['destination'], state]),
    [['CeflineDestinationDown', 'siem', 'pending']],
  )
  for (const expr of asked) {
    t.ok(Array.isArray(await prometheus.query(expr)), expr)
  }
})

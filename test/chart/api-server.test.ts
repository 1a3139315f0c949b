/**
 * What Kubernetes' own API server says to the chart, in a namespace whose pod security is `restricted`: every object of
 * every example and every pod that would be made of them is taken without a warning; one release is installed, upgraded,
 * refused, rolled back and removed. No controller runs: that pods start is Kubernetes' part.
 */
import { cpSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { parseAllDocuments, parseDocument } from 'yaml'
import { startApiServer } from '../helpers/api-server.ts'
import { chart, examples, namespace, needsGo, release, render, valuesOf } from '../helpers/helm.ts'
import type { Part } from '../helpers/helm.ts'
import { documents, needsSchemas } from '../helpers/kubernetes-schemas.ts'

const { skip } = [needsGo('helm', 'kube-apiserver', 'etcd'), needsSchemas()].find(
  ({ skip }) => skip,
) ?? { skip: false as const }

const readAll = (text: string): Part[] =>
  parseAllDocuments(text, { version: '1.1' }).flatMap((document) =>
    'toJS' in document ? (document.toJS() ?? []) : [],
  )

/** The pod that the StatefulSet's controller would make. */
function podOf({ metadata, spec }: Part): Part {
  const { template, volumeClaimTemplates = [] } = structuredClone(spec)
  const claims = volumeClaimTemplates.map(({ metadata: { name } }: Part) => ({
    name,
    persistentVolumeClaim: { claimName: `${name}-${metadata.name}-0` },
  }))
  const volumes = [...template.spec.volumes, ...claims]
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { ...template.metadata, name: `${metadata.name}-0` },
    spec: { ...template.spec, volumes },
  }
}

t.test('a real API server', { skip }, async (t) => {
  const server = await startApiServer(t)
  const level = (name: string) => [`pod-security.kubernetes.io/${name}`, 'restricted']
  const labels = Object.fromEntries(['enforce', 'warn', 'audit'].map(level))
  const space = { apiVersion: 'v1', kind: 'Namespace', metadata: { name: namespace, labels } }
  const runtime = { apiVersion: 'node.k8s.io/v1', kind: 'RuntimeClass', handler: 'runsc' }
  const definitions = readdirSync(documents)
    .filter((name) => name.endsWith('.yaml'))
    .flatMap((name) => readAll(readFileSync(join(documents, name), 'utf8')))
  for (const object of [space, { ...runtime, metadata: { name: 'gvisor' } }, ...definitions]) {
    t.match(await server.apply(object), { status: 201 }, `${object.kind} is there`)
  }

  for (const example of examples) {
    t.test(example, async (t) => {
      const rendered = render(example)
      const pods = rendered.of('StatefulSet').map(podOf)
      for (const object of [...readAll(rendered.text), ...pods]) {
        const { status, warning, body } = await server.apply(object, { dry: true })
        const said = { isTaken: status < 300, warning, message: body.message ?? '' }
        const name = `${object.kind} ${object.metadata.name}`
        t.same(said, { isTaken: true, warning: '', message: '' }, name)
      }
      const values = ['--values', valuesOf(example), '--dry-run=server']
      const { ok, said } = await server.helm('install', `${example}-dry`, chart, ...values)
      t.ok(ok, said)
    })
  }

  t.test('what is wrong is refused, so that the above says something', async (t) => {
    const [set] = render('minimal').of('StatefulSet')
    const misspelt = structuredClone(set)
    misspelt.spec.template.spec.enableServiceLink = false
    const unknown = await server.apply(misspelt, { dry: true })
    t.match(unknown.body.message, 'enableServiceLink: field not declared in schema')
    const pod = podOf(set)
    pod.spec.containers[0].securityContext.runAsNonRoot = false
    const { status, body } = await server.apply(pod, { dry: true })
    t.equal(status, 403)
    t.match(body.message, 'violates PodSecurity "restricted:latest": runAsNonRoot')
  })

  t.test('a release from its first day to its last', async (t) => {
    const values = ['--values', valuesOf('minimal')]
    const upgrade = (...more: string[]) =>
      server.helm('upgrade', release, chart, ...values, ...more)
    const set = async () => (await server.get('apps/v1', 'StatefulSet', release)).body
    const image = async () => (await set()).spec.template.spec.containers[0].image
    const install = await server.helm('install', release, chart, ...values)
    t.ok(install.ok, install.said)
    const first = await image()

    const changed = ['image.tag=next', 'status.existingSecret=token', 'commonLabels.team=siem']
    const second = await upgrade('--set', changed.join())
    t.ok(second.ok, second.said)
    t.equal(await image(), 'cefline/cefline:next')

    const refusals = {
      'persistence.size=40Gi': `enlarge or annotate the claim data-${release}-0 itself`,
      'persistence.annotations.owner=siem': `enlarge or annotate the claim data-${release}-0 itself`,
      'nameOverride=other': `what ${release} has not sent would stay in the claim data-${release}-0`,
      'replicas=2': 'one process owns a spool',
    }
    for (const [value, cure] of Object.entries(refusals)) {
      const { ok, said } = await upgrade('--set', value)
      t.notOk(ok, value)
      t.match(said, cure)
    }
    const claim = `nameOverride=other,persistence.existingClaim=data-${release}-0`
    const moved = await upgrade('--set', claim, '--dry-run=server')
    t.ok(moved.ok, moved.said)

    const back = await server.helm('rollback', release, '1')
    t.ok(back.ok, back.said)
    t.equal(await image(), first)
    const stopped = await upgrade('--set', 'replicas=0')
    t.ok(stopped.ok, stopped.said)
    t.equal((await set()).spec.replicas, 0)
    const gone = await server.helm('uninstall', release)
    t.ok(gone.ok, gone.said)
    t.equal((await set()).reason, 'NotFound')
  })

  t.test('two of them in one chart are no renamed one', async (t) => {
    const folder = t.testdir({ charts: {} })
    cpSync(chart, join(folder, 'charts', 'cefline'), { recursive: true })
    const dependency = { name: 'cefline', version: '*' }
    const dependencies = ['one', 'two'].map((alias) => ({ ...dependency, alias }))
    const both = { apiVersion: 'v2', name: 'both', version: '1.0.0', dependencies }
    const values = parseDocument(readFileSync(valuesOf('minimal'), 'utf8')).toJS()
    // JSON is YAML.
    writeFileSync(join(folder, 'Chart.yaml'), JSON.stringify(both))
    writeFileSync(join(folder, 'values.yaml'), JSON.stringify({ one: values, two: values }))
    for (const verb of ['install', 'upgrade']) {
      const { ok, said } = await server.helm(verb, 'both', folder)
      t.ok(ok, said)
    }
    const renamed = await server.helm('upgrade', 'both', folder, '--set', 'one.fullnameOverride=it')
    t.match(renamed.said, 'what both-one has not sent would stay in the claim data-both-one-0')
  })
})

/**
 * What the chart makes by default and with each switch: pod security, volumes, probes, services, monitors, and what
 * restarts the pod.
 */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { parse } from 'yaml'
import { chart, examples, named, needsGo, release, render } from '../helpers/helm.ts'
import type { Part } from '../helpers/helm.ts'

const options = needsGo('helm')

t.test('every pod is restricted, whatever the values', options, async (t) => {
  for (const example of examples) {
    const { of, one } = render(example)
    const pods = [one('StatefulSet').spec.template.spec, ...of('Pod').map(({ spec }) => spec)]
    for (const { securityContext, automountServiceAccountToken, containers, ...pod } of pods) {
      t.match(securityContext, { runAsNonRoot: true, seccompProfile: { type: 'RuntimeDefault' } })
      t.ok(securityContext.runAsUser > 0 && securityContext.fsGroup > 0)
      t.equal(automountServiceAccountToken, false)
      t.notMatch(Object.keys(pod as object), ['hostNetwork'])
      t.match(containers[0].securityContext, {
        allowPrivilegeEscalation: false,
        privileged: false,
        readOnlyRootFilesystem: true,
        runAsNonRoot: true,
        capabilities: { drop: ['ALL'] },
        seccompProfile: { type: 'RuntimeDefault' },
      })
      for (const volume of pod.volumes) t.notOk('hostPath' in volume)
    }
    t.equal(one('ServiceAccount').automountServiceAccountToken, false)
    for (const kind of ['Role', 'RoleBinding', 'ClusterRole']) t.same(of(kind), [])
  }
})

t.test('OpenShift chooses the user', options, async (t) => {
  const { one } = render('minimal', { runAs: { user: null, group: null } })
  const { securityContext } = one('StatefulSet').spec.template.spec
  t.equal(securityContext.runAsNonRoot, true)
  for (const name of ['runAsUser', 'runAsGroup', 'fsGroup']) t.notOk(name in securityContext)
})

t.test('one pod, whose spool outlives it', options, async (t) => {
  const { one } = render('minimal')
  const { spec } = one('StatefulSet')
  t.equal(spec.replicas, 1)
  t.equal(spec.podManagementPolicy, 'Parallel', 'one that is not ready is replaced too')
  t.same(spec.persistentVolumeClaimRetentionPolicy, { whenDeleted: 'Retain', whenScaled: 'Retain' })
  const [claim] = spec.volumeClaimTemplates
  t.match(claim.spec, {
    accessModes: ['ReadWriteOnce'],
    resources: { requests: { storage: '20Gi' } },
  })
  t.notMatch(JSON.stringify(claim), 'helm.sh/chart', 'nothing in it changes with the chart')
  t.same(spec.selector.matchLabels, claim.metadata.labels)
  t.notMatch(JSON.stringify(spec.template.metadata), '0.1.0', 'nor in the pod but by its image')
  t.equal(spec.template.spec.enableServiceLinks, false)
  t.equal(
    render('minimal', { replicas: 0 }).one('StatefulSet').spec.replicas,
    0,
    'it can be stopped',
  )
  const taken = render('minimal', { persistence: { existingClaim: 'spool' } }).one(
    'StatefulSet',
  ).spec
  t.notOk('volumeClaimTemplates' in taken)
  t.match(dataOf(taken), { persistentVolumeClaim: { claimName: 'spool' } })
  const acknowledgement = 'I understand that events are lost with the pod'
  const none = render('minimal', { persistence: { enabled: false, acknowledgement } })
  t.match(dataOf(none.one('StatefulSet').spec), { emptyDir: {} })
})

function dataOf(spec: Part): Part {
  return spec.template.spec.volumes.find(({ name }: Part) => name === 'data')
}

t.test(
  'what reloads is mounted as whole folders, for the owner’s group alone',
  options,
  async (t) => {
    const { volumes, containers } = render('full').one('StatefulSet').spec.template.spec
    for (const { name, mountPath, subPath, readOnly } of containers[0].volumeMounts) {
      const { configMap, secret } = volumes.find((volume: Part) => volume.name === name) ?? {}
      if (!configMap && !secret) continue
      t.equal(subPath, undefined, mountPath)
      t.equal(readOnly, true, mountPath)
      if (secret) t.equal(secret.defaultMode, 0o440)
    }
    const token = containers[0].env.find(({ name }: Part) => name === 'STATUS_TOKEN_FILE')
    t.equal(token.value, '/etc/cefline/secrets/cefline-token/value')
  },
)

t.test('only what cannot be reloaded restarts the pod', options, async (t) => {
  const template = (values: object) => render('full', values).one('StatefulSet').spec.template
  const usual = template({})
  const reloaded = [
    { config: { log: { level: 'warn' }, destinations: { siem: { facility: 'local5' } } } },
    { service: { annotations: { a: 'b' } }, prometheusRule: { enabled: false } },
  ]
  for (const values of reloaded) t.same(template(values), usual)
  t.notSame(template({ config: { log: { format: 'pretty' } } }), usual)
})

t.test('probes ask different things, and none the SIEM', options, async (t) => {
  const [container] = render('minimal').one('StatefulSet').spec.template.spec.containers
  const path = (name: string) => container[`${name}Probe`].httpGet.path as string
  t.same(['startup', 'liveness', 'readiness'].map(path), ['/healthz', '/healthz', '/readyz'])
  const { periodSeconds, failureThreshold } = container.startupProbe
  t.ok(periodSeconds * failureThreshold >= 1800, 'a large spool has half an hour')
})

t.test('services answer also while the spool is full', options, async (t) => {
  const services = render('push').of('Service')
  for (const { spec } of services) t.equal(spec.publishNotReadyAddresses, true)
  t.match(named(services, `${release}-push`).spec, {
    type: 'LoadBalancer',
    externalTrafficPolicy: 'Local',
    loadBalancerSourceRanges: ['198.51.100.5/32'],
    ports: [{ name: 'push-8515', port: 8515, targetPort: 'push-8515' }],
  })
  t.equal(named(services, `${release}-headless`).spec.clusterIP, 'None')
  t.notOk(named(render('minimal').of('Service'), `${release}-push`), 'only with a netwrix-push')
})

t.test('each monitor finds the port once', options, async (t) => {
  const { of, one } = render('full')
  const { spec } = one('ServiceMonitor')
  const found = of('Service').filter(({ metadata }) =>
    Object.entries(spec.selector.matchLabels as object).every(
      ([name, value]) => metadata.labels[name] === value,
    ),
  )
  t.equal(found.length, 1)
  t.equal(spec.endpoints[0].port, found[0].spec.ports[0].name)
  t.equal(found[0].metadata.labels[spec.jobLabel], 'cefline', 'the job that the alert rules know')
  const enabled = { serviceMonitor: { enabled: false }, podMonitor: { enabled: true } }
  const pods = render('full', enabled)
  t.same(pods.of('ServiceMonitor'), [])
  const { jobLabel, selector, podMetricsEndpoints } = pods.one('PodMonitor').spec
  t.equal(pods.one('StatefulSet').spec.template.metadata.labels[jobLabel], 'cefline')
  t.same(selector.matchLabels, pods.one('StatefulSet').spec.selector.matchLabels)
  t.equal(podMetricsEndpoints[0].path, '/metrics')
})

t.test('the alert rules are those of the file, each with its runbook', options, async (t) => {
  const file = parse(readFileSync(join(chart, 'files', 'alerts.yaml'), 'utf8'))
  const alertsOf = (example: string) => {
    const values = { prometheusRule: { enabled: true } }
    const { groups } = render(example, values).one('PrometheusRule').spec
    return { groups, alerts: groups.flatMap(({ rules }: Part) => rules) as Part[] }
  }
  const own = alertsOf('minimal')
  t.same(own.groups, file.groups, 'nothing of the file is missing')
  t.ok(own.alerts.length > 10)
  for (const { alert, annotations } of own.alerts)
    t.match(annotations.runbook_url, /^https:/, alert)
  for (const { alert, annotations, labels } of alertsOf('full').alerts) {
    t.equal(annotations.runbook_url, `https://wiki.example.com/cefline#${alert.toLowerCase()}`)
    t.equal(labels.team, 'security', alert)
  }
})

t.test('the dashboard is the file', options, async (t) => {
  const { data } = named(render('full').of('ConfigMap'), 'siem-forwarder-dashboard')
  const file = readFileSync(join(chart, 'files', 'dashboard.json'), 'utf8')
  t.same(JSON.parse(data['cefline.json'] as string), JSON.parse(file))
})

t.test('a budget lets a drain go on, or waits for somebody', options, async (t) => {
  t.equal(render('minimal').one('PodDisruptionBudget').spec.maxUnavailable, 1)
  t.equal(render('full').one('PodDisruptionBudget').spec.maxUnavailable, 0)
  const off = render('minimal', { podDisruptionBudget: { enabled: false } })
  t.same(off.of('PodDisruptionBudget'), [])
})

t.test('where it listens', options, async (t) => {
  const listen = (values: object) =>
    named(
      render('minimal', values)
        .one('StatefulSet')
        .spec.template.spec.containers[0].env.map((entry: Part) => ({ ...entry, metadata: entry })),
      'STATUS_LISTEN',
    ).value
  t.equal(listen({}), '0.0.0.0:8514')
  t.equal(listen({ status: { address: '::' } }), '[::]:8514')
})

t.test('an Ingress with a token for each person', options, async (t) => {
  const { ok, refusal } = render('minimal', {
    config: { status: { tokens: { alice: '${file:/etc/cefline/secrets/people/alice}' } } },
    secrets: ['netwrix', 'people'],
    ingress: { enabled: true, hosts: ['a.example.com'], tls: [{ secretName: 'a' }] },
    networkPolicy: { ingress: { http: [{ podSelector: {} }] } },
  })
  t.ok(ok, refusal)
})

t.test('the image by its tag or digest', options, async (t) => {
  const image = (values: object) =>
    render('minimal', { image: values }).one('StatefulSet').spec.template.spec.containers[0].image
  t.match(image({}), /^cefline\/cefline:\d/)
  t.equal(image({ tag: 'edge' }), 'cefline/cefline:edge')
  const digest = `sha256:${'0'.repeat(64)}`
  t.equal(image({ tag: 'edge', digest }), `cefline/cefline@${digest}`)
})

t.test('names fit, and labels are everyone’s', options, async (t) => {
  const { of } = render('full', { fullnameOverride: 'x'.repeat(80) })
  t.equal(of('StatefulSet')[0].metadata.name.length, 52)
  const all = render('full')
  const objects = ['StatefulSet', 'Service', 'ConfigMap', 'NetworkPolicy', 'Pod'].flatMap(all.of)
  for (const { kind, metadata } of objects) {
    if (metadata.name !== 'beside') t.equal(metadata.labels.team, 'security', kind)
  }
})

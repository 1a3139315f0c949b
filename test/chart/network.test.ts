/**
 * The NetworkPolicy: out only where the configuration's urls lead, in only whom the values name.
 */
import t from 'tap'
import { needsGo, render } from '../helpers/helm.ts'
import type { Part } from '../helpers/helm.ts'

const options = needsGo('helm')

/** `TCP 6514 192.0.2.10/32`, one for each rule; `anywhere` where no address is named. */
function rules(list: Part[], way: 'to' | 'from'): string[] {
  return list.map((rule: Part) => {
    const ports = rule.ports.map(({ protocol, port }: Part) => `${protocol} ${port}`).join('+')
    const peers = rule[way]?.map(
      (peer: Part) => peer.ipBlock?.cidr ?? Object.keys(peer as object).join('&'),
    )
    return `${ports} ${peers?.join('+') ?? 'anywhere'}`
  })
}

const egress = (example: string, values = {}) =>
  rules(render(example, values).one('NetworkPolicy').spec.egress, 'to')
const ingress = (example: string, values = {}) =>
  rules(render(example, values).one('NetworkPolicy').spec.ingress, 'from')
const dns = 'UDP 53+TCP 53 anywhere'

t.test('out', options, async (t) => {
  t.same(egress('minimal'), [dns, 'TCP 9699 anywhere', 'TCP 6514 anywhere'])
  t.same(egress('push'), [dns, 'TCP 514 192.0.2.10/32', 'TCP 514 192.0.2.11/32'])
  t.same(egress('smb'), [dns, 'UDP 514 2001:db8::7/128'], 'a share is mounted by the node')
  t.same(
    egress('s3'),
    [
      dns,
      'TCP 443 anywhere',
      'TCP 9000 anywhere',
      'TCP 2514 192.0.2.20/32',
      'TCP 3128 192.0.2.30/32',
    ],
    'bucket, queue and role are one rule',
  )
  t.same(egress('full'), [
    'UDP 53+TCP 53 namespaceSelector&podSelector',
    'TCP 9699 192.0.2.5/32',
    'TCP 6514 192.0.2.10/32',
    'TCP 6514 192.0.2.11/32+192.0.2.12/32',
  ])
})

t.test('each way to write a url', options, async (t) => {
  const siem = (url: unknown) =>
    egress('minimal', { config: { destinations: { siem: { url } } } })[2]
  t.equal(siem('udp://sensor.example.com'), 'UDP 514 anywhere')
  t.equal(siem('tcp://sensor.example.com'), 'TCP 514 anywhere')
  t.equal(siem('TLS://sensor.example.com'), 'TCP 6514 anywhere')
  t.equal(siem('relp://sensor.example.com:20514'), 'TCP 20514 anywhere')
  t.equal(siem('tls://[2001:DB8::1]:6515'), 'TCP 6515 2001:db8::1/128')
  t.equal(siem('tls://192.0.2.9'), 'TCP 6514 192.0.2.9/32')
  const proxy = (url: string) =>
    egress('minimal', { config: { sources: { activity: { proxy: url } } } })
  t.ok(proxy('http://proxy.example.com:3128').includes('TCP 3128 anywhere'))
  t.equal(proxy('none').length, 3, 'no proxy is none')
})

t.test('in', options, async (t) => {
  t.same(ingress('minimal'), [], 'nobody')
  t.same(ingress('push'), ['TCP 8514 podSelector', 'TCP 8515 198.51.100.5/32'])
  t.same(ingress('full'), ['TCP 8514 podSelector+namespaceSelector+namespaceSelector'])
  const { of, one } = render('push')
  const [{ from }] = one('NetworkPolicy').spec.ingress
  const [{ metadata }] = of('Pod')
  t.match(metadata.labels, from[0].podSelector.matchLabels, 'the pod of helm test is let in')
})

t.test('it holds the appliance’s pod, and can be left out', options, async (t) => {
  const { one } = render('minimal')
  const { podSelector, policyTypes } = one('NetworkPolicy').spec
  t.match(one('StatefulSet').spec.template.metadata.labels, podSelector.matchLabels)
  t.same(policyTypes, ['Ingress', 'Egress'])
  t.same(render('minimal', { networkPolicy: { enabled: false } }).of('NetworkPolicy'), [])
})

/**
 * Values that the chart's schema does not have, over those of the example `minimal`, with what is said of them.
 */
interface Misspelt {
  values: object
  says: string
}

export const misspelt: Misspelt[] = [
  { values: { replicaCount: 1 }, says: "additional properties 'replicaCount' not allowed" },
  { values: { image: { tags: 'x' } }, says: "additional properties 'tags' not allowed" },
  { values: { image: { digest: 'sha256:12' } }, says: "at '/image/digest'" },
  { values: { image: { pullPolicy: 'always' } }, says: "at '/image/pullPolicy'" },
  { values: { config: { source: {} } }, says: "additional properties 'source' not allowed" },
  {
    values: { config: { own: { heartbeats: '1m' } } },
    says: "at '/config/own': additional properties 'heartbeats' not allowed",
  },
  {
    values: { config: { sources: { 'a b': { type: 'timeline' } } } },
    says: "at '/config/sources': additional properties 'a b' not allowed",
  },
  { values: { config: { sources: { a: { folder: '/' } } } }, says: "missing property 'type'" },
  { values: { status: { address: '127.0.0.1' } }, says: "at '/status/address'" },
  { values: { secrets: ['Netwrix'] }, says: "at '/secrets/0'" },
  { values: { secrets: ['a', 'a'] }, says: "at '/secrets'" },
  { values: { persistence: { size: '10GB' } }, says: "at '/persistence/size'" },
  {
    values: { persistence: { accessMode: 'ReadWriteMany' } },
    says: "at '/persistence/accessMode'",
  },
  { values: { dropFolders: { a: { smb: { source: '//a/b' } } } }, says: "'secretName'" },
  { values: { dropFolders: { a: { path: '/a' } } }, says: "additional properties 'path'" },
  {
    values: { dropFolders: { 'a.b': { existingClaim: 'x' } } },
    says: "at '/dropFolders': additional properties 'a.b' not allowed",
  },
  {
    values: { certificates: { issued: { a: { issuerRef: { name: 'x' } } } } },
    says: "at '/certificates/issued/a'",
  },
  { values: { certificates: { issued: { a: { dnsNames: ['x'] } } } }, says: "'issuerRef'" },
  {
    values: { networkPolicy: { addresses: { 'a.example': ['10.0.0.5'] } } },
    says: "at '/networkPolicy/addresses/a.example/0'",
  },
  {
    values: { push: { service: { loadBalancerSourceRanges: ['10.0.0.0/8'] } } },
    says: "at '/push/service/type'",
  },
  { values: { podDisruptionBudget: { maxUnavailable: 2 } }, says: "at '/podDisruptionBudget" },
  { values: { podDisruptionBudget: { minAvailable: 1 } }, says: "'minAvailable' not allowed" },
  { values: { runAs: { user: 0 } }, says: "at '/runAs/user'" },
  { values: { terminationGracePeriodSeconds: 30 }, says: "at '/terminationGracePeriodSeconds'" },
  { values: { dnsPolicy: 'None' }, says: "'nameservers'" },
  { values: { tests: { enabled: 'yes' } }, says: "at '/tests/enabled'" },
  { values: { commonLabels: { a: 1 } }, says: "at '/commonLabels/a'" },
  { values: { securityContext: {} }, says: "additional properties 'securityContext' not allowed" },
]

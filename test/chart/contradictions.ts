/**
 * Values that contradict each other, with what the chart must say: over those of an example (`minimal` when none
 * is named).
 */
interface Contradiction {
  name: string
  example?: string
  values: object
  says: string | string[]
}

const sensors = { siem: { type: 'syslog', url: 'tls://sensor.example.com' } }
const push = (options: object) => ({ config: { sources: { push: options } } })

export const contradictions: Contradiction[] = [
  {
    name: 'two pods',
    values: { replicas: 2 },
    says: ['replicas is 2: one process owns a spool', 'a second release'],
  },
  {
    name: 'no source',
    values: { config: { sources: null } },
    says: 'config.sources is empty; set one, such as activity: { type: netwrix-api',
  },
  {
    name: 'no destination',
    values: { config: { destinations: null } },
    says: 'config.destinations is empty; set one, such as siem: { type: syslog',
  },
  {
    name: 'a spool of one’s own',
    values: { config: { spool: { folder: '/data' } } },
    says: 'config.spool.folder is the chart',
  },
  {
    name: 'an address of one’s own',
    values: { config: { status: { listen: '0.0.0.0:80' } } },
    says: 'config.status.listen is the chart',
  },
  ...['DATA_FOLDER', 'STATUS_LISTEN', 'STATUS_TOKEN_FILE', 'CEFLINE_CONFIG'].map((name) => ({
    name: `the variable ${name}`,
    values: { env: [{ name, value: 'x' }] },
    says: `env has ${name}, which the chart sets`,
  })),
  {
    name: 'no volume',
    values: { persistence: { enabled: false } },
    says: [
      'persistence.enabled is false: every event',
      'to "I understand that events are lost with the pod"',
    ],
  },
  {
    name: 'a spool that is larger than its volume',
    values: { persistence: { size: '10Gi' }, config: { spool: { maxBytes: '11GB' } } },
    says: 'persistence.size (10Gi) is smaller than config.spool.maxBytes (11GB) and reserve (256MB)',
  },
  {
    name: 'the same by defaults',
    values: { persistence: { size: '9500M' } },
    says: 'persistence.size (9500M) is smaller than config.spool.maxBytes (10GB)',
  },
  {
    name: 'the same as a number',
    values: { config: { spool: { maxBytes: 30e9 } } },
    says: 'persistence.size (20Gi) is smaller',
  },
  {
    name: 'killed while it waits',
    values: { config: { destinations: { siem: { receiptAfter: '1m' } } } },
    says: 'config.destinations.siem.receiptAfter is 1m and terminationGracePeriodSeconds 60',
  },
  {
    name: 'addresses of a host that is misspelt',
    values: { networkPolicy: { addresses: { 'senser.example.com': ['192.0.2.10/32'] } } },
    says: 'networkPolicy.addresses has senser.example.com, and no url of the configuration leads there',
  },
  {
    name: 'a folder on no volume',
    values: { config: { sources: { alerts: { type: 'netwrix-alerts', folder: '/drop/alerts' } } } },
    says: 'config.sources.alerts.folder is /drop/alerts, which is on no volume; put it below one of /var/lib/cefline',
  },
  {
    name: 'a folder that is not said',
    values: { config: { sources: { alerts: { type: 'timeline' } } } },
    says: 'config.sources.alerts.folder is (not set), which is on no volume',
  },
  {
    name: 'a folder that climbs out',
    example: 'smb',
    values: { config: { sources: { alerts: { folder: '/drop/alerts/../../opt' } } } },
    says: 'config.sources.alerts.folder is /drop/alerts/../../opt, which is on no volume',
  },
  {
    name: 'a folder whose name only begins alike',
    example: 'smb',
    values: { config: { sources: { alerts: { folder: '/drop/alerts-2' } } } },
    says: 'config.sources.alerts.folder is /drop/alerts-2, which is on no volume',
  },
  {
    name: 'files moved on a read-only volume',
    example: 'smb',
    values: { config: { sources: { old: { after: 'move' } } } },
    says: 'config.sources.old.folder is /drop/old/2026, on a read-only volume; set after: keep',
  },
  {
    name: 'the done folder on a read-only volume',
    example: 'smb',
    values: { config: { sources: { timelines: { done: '/drop/old/done' } } } },
    says: 'config.sources.timelines.done is /drop/old/done, on a read-only volume',
  },
  {
    name: 'a file on no volume',
    example: 'smb',
    values: { config: { destinations: { archive: { path: './alerts.cef' } } } },
    says: 'config.destinations.archive.path is ./alerts.cef, which is on no volume',
  },
  {
    name: 'alerts sent to where nobody can send',
    example: 'push',
    values: push({ listen: null }),
    says: 'config.sources.push.listen is 127.0.0.1:8515, where only the pod itself can send',
  },
  {
    name: 'two that listen on one port',
    example: 'push',
    values: push({ listen: '0.0.0.0:8514' }),
    says: 'and 8514 is the status page',
  },
  {
    name: 'a push folder on no volume',
    example: 'push',
    values: push({ folder: null }),
    says: 'config.sources.push.folder is (not set), which is on no volume',
  },
  {
    name: 'a Secret that is not mounted',
    values: { secrets: [] },
    says: 'the configuration reads /etc/cefline/secrets/netwrix, which is not mounted; add netwrix to secrets',
  },
  {
    name: 'a certificate that is not mounted',
    values: {
      config: { destinations: { siem: { tls: { ca: '/etc/cefline/certificates/x/ca.crt' } } } },
    },
    says: 'add x to certificates.secrets, certificates.configMaps or certificates.issued',
  },
  {
    name: 'one name for two certificates',
    values: { certificates: { secrets: ['ca'], configMaps: ['ca'] } },
    says: 'certificates has one name twice (ca, ca)',
  },
  {
    name: 'a drop folder of nothing',
    values: { dropFolders: { alerts: { size: '1Gi' } } },
    says: 'dropFolders.alerts has no volume; set one of existingClaim, smb and nfs',
  },
  {
    name: 'a drop folder of two volumes',
    example: 'smb',
    values: { dropFolders: { alerts: { existingClaim: 'x' } } },
    says: 'dropFolders.alerts has existingClaim and smb; set one',
  },
  {
    name: 'two drop folders in one place',
    example: 'smb',
    values: { dropFolders: { evidence: { mountPath: '/drop/alerts' } } },
    says: 'dropFolders.alerts and dropFolders.evidence are both mounted at /drop/alerts',
  },
  {
    name: 'a share of no user',
    example: 'smb',
    values: { runAs: { user: null } },
    says: 'dropFolders.alerts is an SMB share and runAs.user is null',
  },
  {
    name: 'two tokens',
    values: { status: { existingSecret: 'a' }, config: { status: { token: '${env:TOKEN}' } } },
    says: 'config.status.token and status.existingSecret are both set',
  },
  {
    name: 'a test without a token',
    values: { tests: { enabled: true } },
    says: 'tests.enabled is true without status.existingSecret',
  },
  {
    name: 'a test of events that are off',
    values: { status: { existingSecret: 'a' }, config: { own: { events: false } } },
    says: 'config.own.events is false, and the event of helm test is one of Cefline',
  },
  {
    name: 'a test that nobody gets',
    example: 's3',
    values: { status: { existingSecret: 'a' } },
    says: 'add cefline to from of one',
  },
  {
    name: 'an Ingress without a token, a certificate and a host',
    values: { ingress: { enabled: true } },
    says: [
      'ingress.enabled is true without status.existingSecret',
      'ingress.enabled is true without ingress.tls',
      'ingress.enabled is true without ingress.hosts',
    ],
  },
  {
    name: 'a url that does not say where it leads',
    values: { config: { destinations: { siem: { url: '${env:SIEM}' } } } },
    says: 'a url of the configuration (${env:SIEM}) does not say where it leads',
  },
  {
    name: 'a proxy that does not say where it is',
    example: 's3',
    values: { networkPolicy: { extraEgress: null } },
    says: '(${file:/etc/cefline/secrets/proxy/url}) does not say where it leads',
  },
  {
    name: 'alerts that nobody may send',
    example: 'push',
    values: { networkPolicy: { ingress: { push: [] } } },
    says: 'networkPolicy.ingress.push lets nobody send to it',
  },
  ...['serviceMonitor', 'podMonitor', 'ingress'].map((name) => ({
    name: `${name} that is not let in`,
    values: { [name]: { enabled: true } },
    says: `${name}.enabled is true, and networkPolicy.ingress.http lets nobody in`,
  })),
  {
    name: 'both monitors',
    example: 'full',
    values: { podMonitor: { enabled: true } },
    says: 'serviceMonitor and podMonitor are both enabled',
  },
  {
    name: 'a secret as a variable',
    values: { env: [{ name: 'AWS_SECRET_ACCESS_KEY', value: 'hunter2' }] },
    says: 'env has a value for AWS_SECRET_ACCESS_KEY, which looks like a secret',
  },
  {
    name: 'the token of somebody',
    values: { config: { status: { tokens: { alice: 'hunter2' } } } },
    says: 'config.status.tokens.alice holds what looks like a secret',
  },
  {
    name: 'a secret in a list',
    values: {
      config: { destinations: { ...sensors, x: { type: 'x', tokens: [{ token: 'a' }] } } },
    },
    says: 'config.destinations.x.tokens.0.token holds what looks like a secret',
  },
]

import { join } from 'node:path'
import t from 'tap'
import { loadConfiguration } from '../../src/config/load.ts'
import { optionNames, sections } from '../../src/config/schema.ts'
import { componentVariables, generalVariables, madeTypes } from '../../src/config/variables.ts'
import { destinations } from '../../src/destinations/index.ts'
import { sources } from '../../src/sources/index.ts'
import { tables } from './tables-fixture.ts'

const cwd = t.testdir({ password: 's3cret\n', token: 't0ken\n', empty: '' })

function load(env: Record<string, string>) {
  return loadConfiguration({ env, cwd, tables, system: join(cwd, 'none.yaml') })
}

function faults(env: Record<string, string>): string[] {
  try {
    load(env)
    return []
  } catch (thrown) {
    t.equal((thrown as { code?: string }).code, 'config')
    return (thrown as Error).message.split('\n')
  }
}

t.test('nothing at all is the embedded default', async (t) => {
  const { origin, sources, destinations, log } = load({ PATH: '/bin', NETWRIX_URL: '' })
  t.same([origin, sources, destinations, log.level], ['embedded default', [], [], 'info'])
  const { origin: same, log: other } = load({ LOG_LEVEL: 'debug' })
  t.same([same, other.level], ['embedded default', 'debug'])
  t.same(faults({ LOG_LEVEL: 'loud' }).length, 1)
})

t.test('the variables alone are enough', async (t) => {
  const configuration = load({
    NETWRIX_URL: 'https://auditor.example.com:9699',
    NETWRIX_USERNAME: 'E\\siem',
    NETWRIX_PASSWORD_FILE: 'password',
    NETWRIX_CA_FILE: '/ca.pem',
    NETWRIX_SINCE: '7d',
    DROP_FOLDER: '/drop',
    SYSLOG_URL: 'tls://sensor.example.com',
    SYSLOG_RECEIVER: 'usm-anywhere',
    SYSLOG_FORMAT: '',
    SYSLOG_KEY_FILE: '/key.pem',
    DATA_FOLDER: '/data',
    STATUS_LISTEN: '0.0.0.0:8514',
    STATUS_TOKEN_FILE: join(cwd, 'token'),
    LOG_LEVEL: 'warn',
  })
  t.equal(configuration.origin, 'environment')
  t.match(configuration.sources, [
    {
      name: 'netwrix',
      type: 'netwrix-api',
      options: {
        username: 'E\\siem',
        password: 's3cret',
        since: 7 * 86_400_000,
        interval: 60_000,
        tls: { ca: '/ca.pem', verify: true },
      },
    },
    { name: 'alerts', type: 'netwrix-alerts', options: { folder: '/drop', settle: null } },
  ])
  t.match(configuration.destinations, [
    {
      name: 'siem',
      type: 'syslog',
      from: null,
      options: { receiver: 'usm-anywhere', format: null, tls: { key: '/key.pem' } },
    },
  ])
  t.equal(configuration.spool.folder, '/data')
  t.same(configuration.status, { listen: '0.0.0.0:8514', token: 't0ken', tokens: null })
  t.equal(configuration.log.level, 'warn')
})

t.test('a value is taken as it is', async (t) => {
  const password = '${env:HOME}$${x} #"'
  const { sources } = load({
    NETWRIX_URL: 'https://h',
    NETWRIX_USERNAME: 'u',
    NETWRIX_PASSWORD: password,
    SYSLOG_URL: 'udp://h',
  })
  t.equal(sources[0]?.options['password'], password)
})

t.test('several urls, in the order in which they are to be tried', async (t) => {
  const urls = ['tls://first.example.com', 'tcp://second.example.com:601']
  const env = { DROP_FOLDER: '/drop', SYSLOG_URL: urls.join(', ') }
  const tables = { sources, destinations }
  const loaded = loadConfiguration({ env, cwd, tables, system: join(cwd, 'none.yaml') })
  t.same(loaded.destinations[0]?.options['url'], urls)
})

const complete = { DROP_FOLDER: '/drop', SYSLOG_URL: 'tcp://h' }

t.test('what is wrong is said of the variable', async (t) => {
  for (const [env, expected] of [
    [complete, []],
    [
      { ...complete, SYSLOG_FRAMMING: 'lf' },
      ['SYSLOG_FRAMMING: there is no such variable; did you mean SYSLOG_FRAMING?'],
    ],
    [
      { SYSLOG_URI: 'tcp://h' },
      [
        'SYSLOG_URI: there is no such variable; did you mean SYSLOG_URL?',
        'NETWRIX_URL or DROP_FOLDER: there is no source; set one of them',
        'SYSLOG_URL: there is no destination; set it, such as tls://sensor.example.com:6514',
      ],
    ],
    [
      { DROP_FOLDER: '/drop' },
      ['SYSLOG_URL: there is no destination; set it, such as tls://sensor.example.com:6514'],
    ],
    [
      { SYSLOG_URL: 'tcp://h' },
      ['NETWRIX_URL or DROP_FOLDER: there is no source; set one of them'],
    ],
    [
      { DROP_FOLDER: '/drop', SYSLOG_FACILITY: 'local4' },
      ['SYSLOG_URL: is missing; SYSLOG_FACILITY is set and needs it'],
    ],
    [
      { ...complete, NETWRIX_USERNAME: 'u' },
      [
        'NETWRIX_URL: is missing; NETWRIX_USERNAME is set and needs it',
        'NETWRIX_PASSWORD or NETWRIX_PASSWORD_FILE: is missing and required: Its password.',
      ],
    ],
    [
      {
        ...complete,
        NETWRIX_URL: 'https://u:hunter2@h:x',
        NETWRIX_USERNAME: 'u',
        NETWRIX_PASSWORD: 'hunter2',
        NETWRIX_PASSWORD_FILE: 'password',
        NETWRIX_SINCE: '30',
      },
      [
        'NETWRIX_PASSWORD_FILE: is set beside NETWRIX_PASSWORD; leave one of them out',
        'NETWRIX_URL: "https://****@h:x" holds a user or password; leave it out, an account has options of its own',
        'NETWRIX_SINCE: "30" has no unit; write 30s for seconds, or 250ms, 5m, 1h, 30d',
      ],
    ],
    [
      {
        ...complete,
        NETWRIX_URL: 'https://h',
        NETWRIX_USERNAME: 'u',
        NETWRIX_PASSWORD_FILE: 'nowhere',
        STATUS_TOKEN_FILE: 'empty',
        STATUS_LISTEN: '8514',
      },
      [
        'STATUS_TOKEN_FILE: "empty" is empty',
        'NETWRIX_PASSWORD_FILE: "nowhere" cannot be read: there is no such file; create it or correct the path',
        'STATUS_LISTEN: "8514" is not an address and port; write 127.0.0.1:8514, [::1]:8514 or 0.0.0.0:8514',
      ],
    ],
  ] as [Record<string, string>, string[]][]) {
    t.same(faults(env), expected, Object.keys(env).join())
  }
})

t.test('folders that are the same are said of the variable', async (t) => {
  t.same(faults({ ...complete, DATA_FOLDER: '/drop' }), [
    'DROP_FOLDER: "/drop" is the same folder as spool.folder; give the spool a folder of its own',
  ])
  t.match(faults({ ...complete, DATA_FOLDER: '/drop/done' }), [
    /^DATA_FOLDER: "\/drop\/done" is the same folder as sources\.alerts\.done; /,
  ])
})

t.test('what Kubernetes sets for a service named syslog is no misspelt variable', async (t) => {
  const links = {
    SYSLOG_SERVICE_HOST: '10.0.0.7',
    SYSLOG_SERVICE_PORT: '514',
    SYSLOG_SERVICE_PORT_SYSLOG_TLS: '6514',
    SYSLOG_PORT: 'tcp://10.0.0.7:514',
    SYSLOG_PORT_514_UDP: 'udp://10.0.0.7:514',
    SYSLOG_PORT_514_UDP_PROTO: 'udp',
    SYSLOG_PORT_514_UDP_PORT: '514',
    SYSLOG_PORT_514_UDP_ADDR: '10.0.0.7',
    SYSLOG_NG_SERVICE_HOST: '10.0.0.8',
    NETWRIX_PORT: 'tcp://[fd00::7]:9699',
  }
  t.same(faults({ ...complete, ...links }), [])
  t.equal(load(links).origin, 'embedded default')
  t.match(faults({ ...complete, SYSLOG_PORT: '514' }), [/^SYSLOG_PORT: there is no such variable/])
})

t.test('every variable sets an option that there is', async (t) => {
  for (const { name, path } of generalVariables) {
    const [section = '', option = ''] = path
    t.ok(optionNames(sections[section as 'spool']).includes(option), name)
  }
  for (const { name, path } of componentVariables) {
    const [kind, component, ...option] = path
    const made = madeTypes.find((one) => one.path.join() === `${kind},${component}`)
    const table: Record<string, { schema: object }> = kind === 'sources' ? sources : destinations
    const schema = table[made?.type ?? '']?.schema ?? {}
    t.ok(optionNames(schema as never).includes(option.join('.')), name)
  }
})

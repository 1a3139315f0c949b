import { symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { inspect } from 'node:util'
import t from 'tap'
import { unprivileged } from '../helpers/unprivileged.ts'
import { loadConfiguration, resolveConfiguration } from '../../src/config/load.ts'
import { tables } from './tables-fixture.ts'

const minimal = `sources: { alerts: { type: netwrix-alerts } }
destinations: { siem: { type: syslog, url: udp://h } }
`

const cwd = t.testdir({ secret: 's3cret\n', template: 'hunter2', 'minimal.yaml': minimal })
const system = join(cwd, 'none.yaml')

function load(text: string, env: Record<string, string> = {}) {
  writeFileSync(join(cwd, 'test.yaml'), text)
  return loadConfiguration({ path: 'test.yaml', env, cwd, tables, system })
}

/** Every fault of a file, without the file's name. */
function faults(text: string, env: Record<string, string> = {}): string[] {
  try {
    load(text, env)
    return []
  } catch (thrown) {
    t.equal((thrown as { code?: string }).code, 'config')
    t.notMatch(inspect(thrown, { depth: 9, showHidden: true }), /hunter2/, 'no secret anywhere')
    const { message } = thrown as Error
    return message.split('\n').map((line) => line.replace(/^test\.yaml:/, ''))
  }
}

t.test('a file, with defaults and units', async (t) => {
  const configuration = load(
    `
spool: { folder: /spool, maxBytes: 1.5GB }
status: { token: '\${file:secret}' }
sources:
  alerts: { type: netwrix-alerts, settle: 5s, priority: 3 }
  activity:
    type: netwrix-api
    url: https://auditor.example.com:9699
    username: 'ENTERPRISE\\siem'
    password: '\${env:PASSWORD}'
    tls: { verify: '\${env:VERIFY}' }
destinations:
  siem: { type: syslog, url: tls://h:6514, from: [activity], whenFull: reject }
  screen: { type: console }
`,
    { PASSWORD: 'hunter2', VERIFY: 'false' },
  )
  t.match(configuration, {
    origin: 'test.yaml',
    spool: { folder: '/spool', maxBytes: 1.5e9, rememberAge: 30 * 86_400_000 },
    status: { listen: '127.0.0.1:8514', token: 's3cret', tokens: null },
    log: { level: 'info', format: 'auto' },
    own: { events: true, heartbeat: 300_000 },
    warnings: [],
  })
  const tls = { ca: null, cert: null, key: null, fingerprint: null }
  t.strictSame(configuration.sources, [
    {
      name: 'alerts',
      type: 'netwrix-alerts',
      options: { folder: './drop', done: null, failed: null, settle: 5000 },
      priority: 3,
      silentAfter: 'auto',
    },
    {
      name: 'activity',
      type: 'netwrix-api',
      options: {
        url: 'https://auditor.example.com:9699',
        username: 'ENTERPRISE\\siem',
        password: 'hunter2',
        interval: 60_000,
        since: 30 * 86_400_000,
        tls: { ...tls, verify: false },
      },
      priority: null,
      silentAfter: 'auto',
    },
    { name: 'cefline', type: 'cefline', options: {}, priority: null, silentAfter: 0 },
  ])
  t.match(configuration.destinations, [
    { name: 'siem', type: 'syslog', from: ['activity'], whenFull: 'reject' },
    { name: 'screen', type: 'console', options: {}, from: null, whenFull: 'hold' },
  ])
  t.same(configuration.destinations[1]?.rate, { events: null, bytes: null, burst: 1000 })
  t.same(configuration.files, [join(cwd, 'test.yaml'), join(cwd, 'secret')])
  t.throws(() => Object.assign(configuration.sources[0]?.options ?? {}, { folder: 'x' }), TypeError)
  t.ok(Object.isFrozen(configuration.sources[1]?.options['tls']))
  t.ok(Object.isFrozen(configuration.warnings))
})

t.test('JSON is taken as well', async (t) => {
  const json = JSON.stringify(
    {
      sources: { alerts: { type: 'netwrix-alerts' } },
      destinations: { siem: { type: 'syslog', url: 'udp://h' } },
    },
    null,
    '\t',
  )
  t.match(load(json), { sources: [{ name: 'alerts' }] })
})

t.test('every fault at once, in the order of the lines', async (t) => {
  const found = faults(`spool: { maxBytes: 10 parsecs }
status: { listen: 8514, token: 12345 }
sorces: {}
sources:
  alerts: { type: netwrix-alert }
  activity:
    type: netwrix-api
    url: https://siem:hunter2@auditor
    username: \${env:NOBODY}
    intervall: 60s
    interval: "10 parsecs"
    since: \${file:template}
    ca: x
    tls: { key: [hunter2], verify: no }
  bad name: { type: netwrix-alerts }
  _x: { type: netwrix-alerts }
  plain: ./drop
  nothing:
destinations:
  siem: { type: syslog, url: 'h:514', from: [alerst, activity], facility: local6 }
  other: { type: 5 }
`)
  t.strictSame(found, [
    '1 spool.maxBytes: "10 parsecs" is not a size; write 512KiB, 1MB, 10GB or a number of bytes',
    '2 status.listen: 8514 is not an address and port; write 127.0.0.1:8514, [::1]:8514 or 0.0.0.0:8514',
    '2 status.token: **** is not a text; put it in quotes',
    '3 sorces: there is no such section; did you mean sources?',
    '5 sources.alerts.type: "netwrix-alert" is not one of netwrix-alerts, netwrix-api; did you mean netwrix-alerts?',
    '6 sources.activity.password: is missing and required: Its password.',
    '8 sources.activity.url: "https://****@auditor" holds a user or password; leave it out, an account has options of its own',
    '9 sources.activity.username: ${env:NOBODY}: the environment variable NOBODY is not set; set it',
    '10 sources.activity.intervall: there is no such option; did you mean interval?',
    '11 sources.activity.interval: "10 parsecs" is not a duration; write 30s, 5m or 1h',
    '12 sources.activity.since: "${file:template}" is not a duration; write 30s, 5m or 1h',
    '13 sources.activity.ca: there is no such option; did you mean tls.ca?',
    '14 sources.activity.tls.key: **** is not a text; write one value',
    '14 sources.activity.tls.verify: "no" is not a yes or no; write true or false',
    '15 sources."bad name": is not a name; write up to 64 letters, digits, and _ . - after the first of them',
    '16 sources._x: is not a name; write up to 64 letters, digits, and _ . - after the first of them',
    '17 sources.plain: is one value where a map belongs; write below it type, and the options of the type',
    '18 sources.nothing.type: is missing; write one of netwrix-alerts, netwrix-api',
    '20 destinations.siem.url: "h:514" is not a url; write tls://sensor.example.com:6514 or https://auditor.example.com:9699',
    '20 destinations.siem.facility: "local6" is not one of local4, local5; did you mean local4?',
    '20 destinations.siem.from.0: "alerst" is no source; did you mean alerts?',
    '21 destinations.other.type: 5 is not one of syslog, console',
  ])
})

t.test('a secret is in no error, however it came there', async (t) => {
  const start = 'sources: { a: { type: netwrix-api, url: https://h, username: u,'
  const end = '} }\ndestinations: { c: { type: console } }'
  const env = { PASSWORD: 'hunter2' }
  for (const [option, fault] of [
    ['password: {hunter2: x}', /password: is a map where one value belongs$/],
    ['password: [hunter2]', /password: \*\*\*\* is not a text/],
    ["password: 'a${hunter2}'", /password: has a \$\{…\} that is not known/],
    ["password: '${hunter2'", /password: has a \$\{ without its \}/],
    [
      "password: x, interval: '${env:PASSWORD}'",
      /interval: "\$\{env:PASSWORD\}" is not a duration/,
    ],
    ["password: x, interval: ['${file:template}']", /interval: what was put in is not a duration/],

    [
      "password: x, since: 'https://u:hunter2@${env:HOST}'",
      /since: \$\{env:HOST\}: the environment variable HOST is not set/,
    ],
    ["password: x, since: 'https://u:hunter2@h'", /since: "https:\/\/\*\*\*\*@h" is not a dur/],
    ['password: *hunter2', /is an alias; put it in quotes$/],
    ['password: !hunter2 x', /a tag \(!…\) has no meaning/],
    ['password: "hunter2', /a quote is not closed$/],
    ['password: @hunter2', /cannot begin with this character; put it in quotes$/],
  ] as const) {
    const [first = ''] = faults(start + option + end, env)
    t.match(first, fault, option)
  }
})

t.test('nor is one in the name of a source', async (t) => {
  const start =
    'sources: { a: { type: netwrix-alerts } }\ndestinations: { c: { type: console, from: '
  const env = { PASSWORD: 'hunter2' }
  for (const [from, fault] of [
    [
      "['${file:template}']",
      '2 destinations.c.from.0: "${file:template}" is no source; known are a',
    ],
    ["'a,${env:PASSWORD}'", '2 destinations.c.from.1: what was put in is no source; known are a'],
    [
      "['${file:template}', '${env:PASSWORD}']",
      '2 destinations.c.from: what was put in names **** twice; write it once',
    ],
  ] as const) {
    t.same(faults(`${start}${from} } }`, env), [fault], from)
  }
})

t.test('who reads what', async (t) => {
  const sources =
    'sources: { a: { type: netwrix-alerts }, b: { type: netwrix-alerts, folder: b } }\n'
  for (const [text, expected] of [
    [`${sources}destinations: { c: { type: console } }`, []],
    [`${sources}destinations: { c: { type: console, from: 'a, b' } }`, []],
    [
      `${sources}destinations: { c: { type: console, from: a }, d: { type: console, from: [a] } }`,
      ['1 sources.b: no destination reads it; add it to the from of c or d'],
    ],
    [
      `${sources}destinations: { c: { type: console, from: [a, x] } }`,
      ['2 destinations.c.from.1: "x" is no source; known are a, b'],
    ],
    [
      `${sources}destinations: { c: { type: console, from: [x, y] } }`,
      [
        '2 destinations.c.from.0: "x" is no source; known are a, b',
        '2 destinations.c.from.1: "y" is no source; known are a, b',
      ],
    ],
    [
      `${sources}destinations: { c: { type: console, from: [] } }`,
      ['2 destinations.c.from: [] is not a list of names; write [alerts, activity]'],
    ],
    [
      sources,
      [
        '1 destinations: there is no destination; add one, such as siem: { type: syslog, url: tls://sensor.example.com:6514 }',
      ],
    ],
    [
      'sources:\ndestinations: { c: { type: console, from: [a] } }',
      [
        '1 sources: there is no source; add one, such as alerts: { type: netwrix-alerts, folder: ./drop }',
      ],
    ],
    ['sources: []\ndestinations: { c: { type: console } }', [/^1 sources: is a list where a map/]],
    ['', [/^1 sources: there is no source/, /^1 destinations: there is no destination/]],
    [
      'hello',
      [
        '1: the configuration is one value where a map belongs; write in it spool, status, log, own, sources, destinations',
      ],
    ],
  ] as [string, (string | RegExp)[]][]) {
    const found = faults(text)
    if (text === 'hello') t.equal(found.length, 1)
    t.match(found.slice(0, expected.length), expected, text)
    t.equal(expected.length === 0, found.length === 0, text)
  }
})

t.test('names that mean something to JavaScript mean nothing here', async (t) => {
  const text = `sources: { constructor: { type: netwrix-alerts }, toString: { type: constructor } }
destinations: { c: { type: console, __proto__: { whenFull: reject }, 'tls.ca': x } }`
  t.match(faults(text), [
    '1 sources.toString.type: "constructor" is not one of netwrix-alerts, netwrix-api',
    '2 destinations.c.__proto__: there is no such option; known are from, whenFull, rate',
    '2 destinations.c.tls.ca: there is no such option; known are from, whenFull, rate',
  ])
})

t.test('where the file is', async (t) => {
  const named = (name: string) => minimal.replace('alerts:', `${name}:`)
  const folder = t.testdir({
    'cefline.yaml': named('here'),
    'system.yaml': named('system'),
    'named.yaml': named('named'),
    'flag.yaml': named('flag'),
    other: {},
    broken: { 'cefline.yaml': {} },
  })
  const found = (options: { path?: string; env?: Record<string, string>; cwd?: string }) => {
    const { origin, sources } = loadConfiguration({
      env: {},
      cwd: folder,
      tables,
      system: join(folder, 'system.yaml'),
      ...options,
    })
    return [origin, sources[0]?.name]
  }
  const env = { CEFLINE_CONFIG: 'named.yaml' }
  t.same(found({ path: 'flag.yaml', env }), ['flag.yaml', 'flag'])
  t.same(found({ env }), ['named.yaml', 'named'])
  t.same(found({ env: { CEFLINE_CONFIG: '' } }), ['cefline.yaml', 'here'])
  t.same(found({ cwd: join(folder, 'other') }), [join(folder, 'system.yaml'), 'system'])
  t.throws(() => found({ path: 'gone.yaml', env }), {
    code: 'config',
    message:
      '--config: "gone.yaml" cannot be read: there is no such file; create it or correct the path',
  })
  t.throws(() => found({ path: '' }), {
    message: '--config: has no value; write the path of a file',
  })
  t.throws(() => found({ env: { CEFLINE_CONFIG: 'other' } }), {
    message: 'CEFLINE_CONFIG: "other" cannot be read: it is a folder',
  })
  t.throws(
    () => found({ cwd: join(folder, 'broken') }),
    {
      message: 'cefline.yaml cannot be read: it is a folder',
    },
    'the next place is not taken instead',
  )
})

t.test('a file that cannot be read', async (t) => {
  const path = join(cwd, 'loop.yaml')
  symlinkSync(path, path)
  const read = () => loadConfiguration({ path, env: {}, cwd, tables })
  t.throws(read, { code: 'config', message: /loop\.yaml" cannot be read: ELOOP$/ })
  await unprivileged(async (folder) => {
    const path = join(folder, 'cefline.yaml')
    writeFileSync(path, minimal, { mode: 0 })
    t.throws(() => loadConfiguration({ path, env: {}, cwd, tables }), {
      code: 'config',
      message: /cannot be read: this user may not read it$/,
    })
  })
})

t.test('variables beside a file fill in what it leaves out', async (t) => {
  const text = `log: { format: json }
status: { token: }
sources: { alerts: { type: netwrix-alerts, folder: '\${env:DROP_FOLDER}' } }
destinations: { siem: { type: syslog, url: udp://h } }
`
  const configuration = load(text, {
    DATA_FOLDER: '/there',
    LOG_LEVEL: 'warn',
    STATUS_LISTEN: '[::1]:1',
    STATUS_TOKEN_FILE: 'secret',
    SYSLOG_URL: 'tcp://other',
    NETWRIX_ULR: 'x',
    DROP_FOLDER: '/drop',
  })
  t.equal(configuration.origin, 'test.yaml')
  t.equal(configuration.spool.folder, '/there')
  t.same(configuration.log, { level: 'warn', format: 'json' })
  t.same(configuration.status, { listen: '[::1]:1', token: 's3cret', tokens: null })
  t.equal(configuration.sources[0]?.options['folder'], '/drop')
  t.same(configuration.warnings, [
    'NETWRIX_ULR is ignored because test.yaml is used',
    'SYSLOG_URL is ignored because test.yaml is used',
  ])
  t.same(faults(text, { DROP_FOLDER: 'x', LOG_LEVEL: 'loud', STATUS_TOKEN_FILE: 'secret' }), [
    'LOG_LEVEL: "loud" is not one of trace, debug, info, warn, error, fatal, silent',
  ])
})

t.test('what a file says wins over variables, and that is said', async (t) => {
  const text = `spool: { folder: ./here }
log: { level: debug }
status: { listen: '127.0.0.1:1', token: '\${file:template}' }
${minimal}`
  const { spool, log, status, warnings } = load(text, {
    DATA_FOLDER: '/there',
    LOG_LEVEL: 'loud',
    STATUS_LISTEN: '[::1]:1',
    STATUS_TOKEN_FILE: 'secret',
  })
  t.equal(spool.folder, './here')
  t.equal(log.level, 'debug')
  t.same(status, { listen: '127.0.0.1:1', token: 'hunter2', tokens: null })
  t.same(warnings, [
    'DATA_FOLDER is ignored because test.yaml sets spool.folder',
    'STATUS_LISTEN is ignored because test.yaml sets status.listen',
    'STATUS_TOKEN_FILE is ignored because test.yaml sets status.token',
    'LOG_LEVEL is ignored because test.yaml sets log.level',
  ])
  const same = { DATA_FOLDER: './here', LOG_LEVEL: 'debug', STATUS_TOKEN_FILE: 'template' }
  t.same(load(text, same).warnings, [], 'nothing is lost where both say the same')
  t.same(
    load(text, { STATUS_TOKEN_FILE: 'nowhere' }).warnings,
    ['STATUS_TOKEN_FILE is ignored because test.yaml sets status.token'],
    'what is ignored need not be readable',
  )
  const asked = `spool: { folder: '\${env:DATA_FOLDER}/spool' }\n${minimal}`
  t.match(load(asked, { DATA_FOLDER: '/there' }), {
    spool: { folder: '/there/spool' },
    warnings: [],
  })
  t.match(
    faults(text.replace('template', 'nowhere'), { STATUS_TOKEN_FILE: 'secret' }),
    [/^3 status\.token: \$\{file:nowhere\}: the file cannot be read/],
    'no variable takes the place of what the file has wrong',
  )
  t.same(faults(`log: hello\n${minimal}`, { LOG_LEVEL: 'warn' }), [
    '1 log: is one value where a map belongs; write below it level, format',
  ])
})

t.test('sizes and times that cannot be meant', async (t) => {
  const text = (spool: string) => `spool: { ${spool} }\n${minimal}`
  t.same(faults(text('maxBytes: 999kB')), [
    '1 spool.maxBytes: "999kB" is too small; write 1MB or more',
  ])
  t.match(load(text('maxBytes: 1MB, reserve: 0, rememberAge: 400d')), {
    spool: { maxBytes: 1e6, reserve: 0, rememberAge: 400 * 86_400_000 },
  })
})

t.test('folders that are one and the same', async (t) => {
  const wired = (sources: string, spool = './data') =>
    `spool: { folder: ${spool} }\nsources:\n${sources}\ndestinations: { c: { type: console } }`
  const source = (name: string, options: string) => `  ${name}: { type: netwrix-alerts${options} }`
  const two = (first: string, second: string) => `${source('a', first)}\n${source('b', second)}`
  for (const [text, expected] of [
    [wired(two('', ', folder: ./other')), []],
    [wired(source('a', ', done: ./done, failed: ./done')), []],
    [
      wired(two(', done: ./done', ', folder: b, failed: ./done')),
      [
        '4 sources.b.failed: "./done" is the same folder as sources.a.done; a file that is written to after its move goes back to the drop folder of its source, give every source folders of its own',
      ],
    ],
    [wired(source('a', ', folder: ./data/drop'), './data'), []],
    [wired(source('a', ', folder: ./drop'), './drop/spool'), []],
    [
      wired(two('', '')),
      [
        '4 sources.b.folder: "./drop" is the same folder as sources.a.folder; give every source a drop folder of its own',
      ],
    ],
    [
      wired(two(', folder: drop/', `, folder: ${join(cwd, 'x', '..', 'drop')}`)),
      [/^4 sources\.b\.folder: ".*" is the same folder as sources\.a\.folder; /],
    ],
    [
      wired(two('', ', folder: ./drop/done')),
      [
        '4 sources.b.folder: "./drop/done" is the same folder as sources.a.done; files that are put there would be read again, name another folder',
      ],
    ],
    [
      wired(two(', folder: a, failed: b', ', folder: b')),
      [/^4 sources\.b\.folder: "b" is the same folder as sources\.a\.failed; /],
    ],
    [
      wired(source('a', ', folder: a, done: ./a')),
      [/^3 sources\.a\.folder: "a" is the same folder as sources\.a\.done; /],
    ],
    [
      wired(source('a', ', folder: data/.')),
      [
        '3 sources.a.folder: "data/." is the same folder as spool.folder; give the spool a folder of its own',
      ],
    ],
    [
      wired(source('a', ''), './drop/failed'),
      [
        '1 spool.folder: "./drop/failed" is the same folder as sources.a.failed; what is put there is removed after a time, give the spool a folder of its own',
      ],
    ],
    [wired(two(', folder: 5', '')), ['3 sources.a.folder: 5 is not a text; put it in quotes']],
  ] as [string, (string | RegExp)[]][]) {
    const found = faults(text)
    t.equal(found.length, expected.length, text)
    t.match(found, expected, text)
  }
})

t.test('a configuration made in the program', async (t) => {
  const value = {
    sources: { alerts: { type: 'netwrix-alerts', folder: '${env:X}' } },
    destinations: { collector: { type: 'syslog', url: 'tcp://127.0.0.1:1514' } },
  }
  const { origin, sources } = resolveConfiguration(value, { origin: 'embedded default', tables })
  t.same([origin, sources[0]?.options['folder']], ['embedded default', '${env:X}'])
  t.throws(() => resolveConfiguration({ sources: {} }, { origin: 'here', tables }), {
    message: /^here sources: there is no source/,
  })
})

t.test('the files it is made of are told, also when something is wrong', async (t) => {
  const path = join(cwd, 'files.yaml')
  const files = new Set<string>()
  const read = (text: string, env: Record<string, string> = {}) => {
    files.clear()
    writeFileSync(path, text)
    return loadConfiguration({ path, env, cwd, tables, files })
  }
  t.throws(() => read(`status: { token: '${'${file:nowhere}'}' }\n${minimal}`))
  t.same([...files], [path, join(cwd, 'nowhere')])
  t.throws(() => read('a: b: c'))
  t.same([...files], [path])
  t.same(read(minimal, { STATUS_TOKEN_FILE: 'secret' }).files, [path, join(cwd, 'secret')])
  t.throws(() => loadConfiguration({ path: 'gone.yaml', env: {}, cwd, tables, files }))
  t.ok(files.has(join(cwd, 'gone.yaml')))
  const missing = join(cwd, 'gone')
  t.throws(() =>
    loadConfiguration({
      env: { ...variables, NETWRIX_PASSWORD_FILE: missing },
      cwd,
      tables,
      system,
      files,
    }),
  )
  t.ok(files.has(missing))
})

const variables = {
  NETWRIX_URL: 'https://auditor:9699',
  NETWRIX_USERNAME: 'siem',
  SYSLOG_URL: 'tls://sensor',
}

t.test('a rate that something gets through', async (t) => {
  const rated = (rate: string) => minimal.replace('udp://h', `udp://h, rate: { ${rate} }`)
  const { destinations } = load(rated('events: 500, bytes: 1MB, burst: 5s'))
  t.same(destinations[0]?.rate, { events: 500, bytes: 1e6, burst: 5000 })
  for (const rate of ['events: 0', 'bytes: 0']) {
    t.match(faults(rated(rate)), [/rate\.(events|bytes): 0 is too small; write 1 or more/], rate)
  }
})

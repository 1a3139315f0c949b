/**
 * `cefline support-bundle`: what is in it, and that no secret, event or record is: secrets of every
 * kind are planted, and the unpacked bundle is searched for each, plain, in base64 and as in a url.
 */
import { execFileSync } from 'node:child_process'
import { existsSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import type { Test } from 'tap'
import { supportBundle } from '../../src/commands/support-bundle.ts'
import type { SupportBundleOptions } from '../../src/commands/support-bundle.ts'
import { scrubber, secretsInEnvironment } from '../../src/commands/support-scrub.ts'
import { error } from '../../src/error.ts'
import { startAppliance } from '../helpers/appliance.ts'
import { needs } from '../helpers/peers.ts'
import { batchOf, openAt, rejectOf } from '../spool/helpers.ts'
import { placeFor, printed } from './helpers.ts'

const key = [
  '-----BEGIN PRIVATE KEY-----',
  'MIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQgplantedplanted01',
  'hRANCAAQplantedplantedplantedplantedplantedplantedplantedplanted',
  '-----END PRIVATE KEY-----',
].join('\n')

/** By where it is planted. */
const secrets = {
  password: 'pa55 "wörd"/+&=?',
  statusToken: 'status-token-planted',
  namedToken: 'named/token+planted',
  pushToken: 'push~token~planted~1234567890',
  urlPassword: 'url-pass-planted',
  signature: 'sv2026sigPlanted%2FAbc',
  environment: 'environment-secret-planted',
  secretKey: 'AKplantedSecretKey/planted+planted',
  hashKey: 'hash-key-planted-hash-key-planted',
  proxyPassword: 'proxy-planted',
  awsKey: 'wJalrXUtnFEMI/K7MDENG+planted',
}
/** Of records and events, and of errors about them. */
const values = ['jane.planted', 'value-in-reason', 'checkpoint-planted', 'record-planted']

const needles = [
  ...Object.values(secrets),
  ...key.split('\n').filter((line) => !line.startsWith('-')),
  ...values,
].flatMap((secret) => [
  secret,
  JSON.stringify(secret).slice(1, -1),
  JSON.stringify(JSON.stringify(secret)).slice(3, -3),
  secret.replaceAll('&', '&amp;').replaceAll('"', '&quot;'),
  encodeURIComponent(secret),
  Buffer.from(secret).toString('base64').replace(/=+$/, ''),
  Buffer.from(secret).toString('base64url'),
])

interface Unpacked {
  code: number
  text: string
  files: Map<string, string>
}

async function bundleOf(t: Test, options: Omit<SupportBundleOptions, 'out'>): Promise<Unpacked> {
  const folder = t.testdir({ unpacked: {} })
  const out = join(folder, 'bundle.tar.gz')
  const { code, text } = await printed(t, () => supportBundle({ out, ...options }))
  const unpacked = join(folder, 'unpacked')
  execFileSync('tar', ['--extract', '--gzip', '--file', out, '--directory', unpacked])
  const inside = join(unpacked, 'cefline-support')
  const files = readdirSync(inside).map((name): [string, string] => {
    return [name, readFileSync(join(inside, name), 'utf8')]
  })
  return { code, text, files: new Map(files) }
}

function json(files: ReadonlyMap<string, string>, name: string): Record<string, unknown> {
  return JSON.parse(files.get(name) ?? 'null') as Record<string, unknown>
}

/** With secrets wherever there may be one, and a spool that has lines, rejects and a checkpoint. */
async function plant(t: Test): Promise<{ config: string; folder: string }> {
  const { config, folder } = await placeFor(t)
  const spool = await openAt(folder, {
    queues: ['activity', 'alerts'],
    destinations: new Map([['siem', ['activity', 'alerts']]]),
  })
  const reject = {
    ...rejectOf('bad'),
    code: 'date' as const,
    origin: 'people.csv',
    row: 7,
    reason: 'people.csv row 7 has "value-in-reason" in When, which is no date',
    record: 'record-planted',
  }
  const events = ['CEF:0|a|b|1|c|jane.planted|5|suser=jane.planted']
  await spool.append('alerts', batchOf(events, { rejects: [reject], checkpoint: values[2]! }))
  await spool.close()
  const root = join(folder, '..')
  mkdirSync(join(root, 'drop'))
  // Nobody's alert file, whose contents an error of the check might quote.
  writeFileSync(join(root, 'drop', 'x.csv'), 'jane.planted\n')
  const { password, statusToken, namedToken, pushToken, hashKey } = secrets
  const configuration = {
    spool: { folder },
    status: { listen: '127.0.0.1:0', token: statusToken, tokens: { alice: namedToken } },
    sources: {
      activity: {
        type: 'netwrix-api',
        url: 'https://127.0.0.1:1',
        username: 'siem',
        password,
        proxy: `http://someone:${secrets.proxyPassword}@127.0.0.1:2`,
      },
      alerts: {
        type: 'netwrix-alerts',
        folder: join(root, 'drop'),
        mapping: { privacy: { key: hashKey, fields: { Who: 'hash' } } },
      },
      push: {
        type: 'netwrix-push',
        listen: '127.0.0.1:1',
        folder: join(root, 'inbox'),
        token: pushToken,
      },
      cado: {
        type: 'cado-api',
        url: `https://127.0.0.1:3`,
        token: `${pushToken}-cado`,
      },
    },
    destinations: {
      siem: { type: 'file', path: join(root, 'out.cef') },
      tls: { type: 'syslog', url: 'tls://127.0.0.1:4', hostname: 'h', tls: { cert: key, key } },
      archive: {
        type: 's3',
        bucket: 'b',
        region: 'eu',
        proxy: `http://AKIA:${encodeURIComponent(secrets.secretKey)}@127.0.0.1:5`,
      },
    },
  }
  writeFileSync(config, JSON.stringify(configuration))
  return { config, folder }
}

function clean(t: Test, { files, text }: Unpacked): void {
  for (const [name, content] of [...files, ['what is printed', text] as const]) {
    for (const needle of needles) t.notOk(content.includes(needle), `${name} has no ${needle}`)
  }
}

t.test('no secret, event or record is in it, and what helps is', needs('tar'), async (t) => {
  const place = await plant(t)
  t.intercept(process, 'env', {
    value: {
      ...process.env,
      MY_API_TOKEN: secrets.environment,
      HOSTNAME: secrets.environment,
      AWS_SECRET_ACCESS_KEY: secrets.awsKey,
    },
  })
  const bundle = await bundleOf(t, { config: place.config })
  t.equal(bundle.code, 0)
  clean(t, bundle)
  const { files } = bundle
  t.match(json(files, 'configuration.json'), {
    status: { token: '****', tokens: '****' },
    spool: { folder: place.folder },
  })
  t.match(json(files, 'about.json'), { version: String, node: { node: process.versions.node } })
  t.match(json(files, 'status.json'), { running: null, spool: { rejects: 1 } })
  t.match(json(files, 'spool.json'), { queues: [{ queue: String }] })
  t.match(json(files, 'rejects.json'), {
    counted: 1,
    kinds: [
      { code: 'date', source: 'alerts', count: 1, reasons: [/row N has "…" in When, which is no/] },
    ],
  })
  t.match(json(files, 'files.json')['files'], [{ path: String, bytes: Number }])
  t.match(json(files, 'volume.json'), { fileSystem: { name: String }, mount: / \/ / })
  t.match(json(files, 'manifest.json'), {
    missing: [{ name: 'history-hour.json', problem: 'no appliance runs' }, {}, {}, {}],
  })
  const named = json(files, 'manifest.json')['files'] as { name: string; bytes: number }[]
  const others = [...files.keys()].filter((name) => name !== 'manifest.json')
  t.same(named.map(({ name }) => name).sort(), others.sort())
  for (const { name, bytes } of named) t.equal(Buffer.byteLength(files.get(name) ?? ''), bytes)
})

t.test('a wrong configuration is told without what stands in it', needs('tar'), async (t) => {
  const { config } = await plant(t)
  const wrong = {
    sources: {
      activity: {
        type: 'netwrix-api',
        url: `https://user:${secrets.urlPassword}@127.0.0.1:1/?sig=${secrets.signature}`,
        passwort: secrets.password,
        password: secrets.password,
        interval: secrets.statusToken,
      },
    },
  }
  writeFileSync(config, JSON.stringify(wrong))
  const bundle = await bundleOf(t, { config })
  clean(t, bundle)
  t.match(bundle.files.get('check.json'), /passwort/)
  t.match(json(bundle.files, 'manifest.json'), {
    missing: [{ name: 'configuration.json', problem: /is wrong: see check\.json/ }],
  })
})

t.test('events only when they are asked for, with a warning', needs('tar'), async (t) => {
  const place = await plant(t)
  const { files, text } = await bundleOf(t, { config: place.config, withEvents: 5 })
  t.match(files.get('events.cef'), /suser=jane\.planted\n$/)
  t.match(text, /it holds the latest events, as you asked/)
  t.match(files.get('manifest.json'), /they hold personal data/)
})

t.test('of a running appliance: log, metrics and plots as well', needs('tar'), async (t) => {
  const { config, folder } = await plant(t)
  const configuration = JSON.parse(readFileSync(config, 'utf8')) as Record<string, object>
  const { alerts } = configuration['sources'] as { alerts: object }
  const { siem } = configuration['destinations'] as { siem: object }
  const { app, started } = startAppliance(
    t,
    {
      ...configuration,
      // A port of its own choice, which the file does not have.
      status: { listen: '127.0.0.1:0', token: secrets.statusToken },
      sources: { alerts },
      destinations: { siem },
    },
    { folder: join(folder, '..') },
  )
  await started
  app.events.warned(`what came was ${secrets.hashKey}`)
  // A server that gives back what it was sent.
  const problem = error('server', `answered 500: ${JSON.stringify({ key: secrets.hashKey })}`)
  app.events.source('alerts').sourceFailed(problem, 1000)
  const bundle = await bundleOf(t, { config })
  clean(t, bundle)
  const { files } = bundle
  t.match(files.get('log.jsonl'), /"msg":"what came was \*\*\*\*"/)
  t.match(files.get('metrics.txt'), /cefline_build_info/)
  t.match(json(files, 'history-hour.json'), { step: 10_000 })
  t.match(json(files, 'status.json'), { running: { pid: process.pid } })
  t.strictSame(json(files, 'manifest.json')['missing'], [])
})

t.test('a file that is there is not written over', async (t) => {
  const { config } = await plant(t)
  const folder = t.testdir({ 'a.tar.gz': 'mine' })
  const out = join(folder, 'a.tar.gz')
  await t.rejects(
    printed(t, () => supportBundle({ config, out })),
    { code: 'write-failed', message: /is there already; remove it/ },
  )
  t.equal(readFileSync(out, 'utf8'), 'mine')
})

t.test(
  'where the working folder takes no file, it goes into that for temporary ones',
  { skip: existsSync('/proc/self') ? false : 'there is no /proc' },
  async (t) => {
    const { config } = await plant(t)
    const temporary = t.testdir({ first: {}, second: {} })
    const made = async (working: string, name: string) => {
      const before = [process.cwd(), process.env['TMPDIR']] as const
      process.chdir(working)
      process.env['TMPDIR'] = join(temporary, name)
      try {
        return await printed(t, () => supportBundle({ config, json: true }))
      } finally {
        process.chdir(before[0])
        if (before[1] === undefined) delete process.env['TMPDIR']
        else process.env['TMPDIR'] = before[1]
      }
    }
    const fileOf = ({ text }: { text: string }) => (JSON.parse(text) as { file: string }).file
    const second = join(temporary, 'second')
    t.match(fileOf(await made(second, 'first')), /^cefline-support-[\dT-]+\.tar\.gz$/)
    t.equal(readdirSync(second).length, 1)
    t.strictSame(readdirSync(join(temporary, 'first')), [])
    const name = fileOf(await made('/proc', 'first'))
    t.match(name, join(temporary, 'first', 'cefline-support-'))
    t.equal(statSync(name).mode & 0o777, 0o600)
    await t.rejects(made('/proc', 'missing'), { code: 'write-failed', message: /missing/ })
  },
)

t.test('secrets are found however they are written, and JSON stays JSON', async (t) => {
  const scrub = scrubber([secrets.password, secrets.secretKey, key])
  for (const prefix of ['', 'a', 'ab', 'siem:']) {
    for (const suffix of ['', '!', ':more']) {
      const encoded = Buffer.from(prefix + secrets.password + suffix).toString('base64')
      const within = Buffer.from(secrets.password).toString('base64').slice(4, 14)
      const left = scrub(`Authorization ${encoded}`)
      t.notOk(prefix.length % 3 === 0 && left.includes(within), `${prefix}…${suffix}`)
      t.match(left, /\*{4}/)
    }
  }
  const object = {
    error: `cannot read ${key}`,
    within: `answered 500: ${JSON.stringify({ said: secrets.password })}`,
    xml: `<A>${secrets.password.replaceAll('&', '&amp;').replaceAll('"', '&quot;')}</A>`,
    cut: key.slice(0, 60),
    url: `https://a:b@host/x?sig=${secrets.signature}&sv=2&x=1`,
    header: 'Bearer abcdefghijklmnop',
    written: `password=${secrets.urlPassword}; token: ${secrets.statusToken}`,
    token: { nested: ['kept'] },
    secret: null,
    nothing: 'tokens are two, and a password is none',
  }
  const text = scrub(JSON.stringify(object, null, 2))
  for (const needle of needles) t.notOk(text.includes(needle), needle)
  const read = JSON.parse(text) as typeof object
  t.strictSame(read.token, { nested: ['kept'] })
  t.equal(read.secret, null)
  t.equal(read.nothing, object.nothing)
})

t.test('what a server echoes is found by its name, also one that nobody knows', async (t) => {
  const scrub = scrubber([])
  const values = ['unknown-123', 'two words', 'a"quote', 'a\nb']
  for (const value of values) {
    for (const name of ['access_token', 'refreshToken', 'X-Api-Key', 'set-cookie', 'pass']) {
      const echo = { [name]: value, kept: 'yes' }
      const told = { said: `answered 401: ${JSON.stringify(echo)}`, echo }
      const text = scrub(JSON.stringify(told))
      const masked = { [name]: '****', kept: 'yes' }
      const read = JSON.parse(text) as typeof told
      t.strictSame(read.echo, masked, text)
      t.equal(read.said, `answered 401: ${JSON.stringify(masked)}`, text)
    }
  }
  for (const header of ['Splunk unknown-123', 'bearer unknown-123', 'unknown-123']) {
    t.equal(scrub(`Authorization: ${header}, and more`), 'Authorization: ****, and more')
  }
  t.equal(scrub('it was eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.c2ln'), 'it was ****')
  t.equal(scrub('Set-Cookie: kept=no; sid=unknown-123\r\nHost: a'), 'Set-Cookie: ****\r\nHost: a')
  const echoed = JSON.stringify({ said: 'Cookie: kept=no; sid=unknown-123\r\nHost: a' })
  t.strictSame(JSON.parse(scrub(echoed)), { said: 'Cookie: ****\r\nHost: a' })
  t.equal(scrub('AccountKey=unknown+123==;Endpoint=a'), 'AccountKey=****;Endpoint=a')
  const bytes = Buffer.from(secrets.password)
  for (const form of [bytes.toString('hex').toUpperCase(), encodeURI(secrets.password)]) {
    t.equal(scrubber([secrets.password])(form), '****')
  }
})

t.test('variables that are secrets are known by their names', async (t) => {
  const env = {
    NETWRIX_PASSWORD: 'one1',
    AWS_SECRET_ACCESS_KEY: 'two2',
    AZURE_SAS: 'three',
    STORE_CONNECTION_STRING: 'four',
    NETWRIX_PASSWORD_FILE: '/run/secrets/x',
    XAUTHORITY: '/root/.x',
    PATH: '/bin',
  }
  t.strictSame(secretsInEnvironment(env), ['one1', 'two2', 'three', 'four'])
})

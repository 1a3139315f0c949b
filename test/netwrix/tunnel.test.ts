import { execFileSync } from 'node:child_process'
import { join } from 'node:path'
import { inspect } from 'node:util'
import t from 'tap'
import type { Test } from 'tap'
import type { CheckStep } from '../../src/core.ts'
import { checkApi } from '../../src/netwrix/api-check.ts'
import { apiAddress } from '../../src/netwrix/client.ts'
import type { ClientOptions } from '../../src/netwrix/client.ts'
import { proxyFor } from '../../src/http/proxy.ts'
import { apiClient, failure } from '../helpers/api-client.ts'
import { startHttpProxy } from '../helpers/http-proxy.ts'
import type { HttpProxyOptions } from '../helpers/http-proxy.ts'
import { startIntegrationApi } from '../helpers/integration-api.ts'
import { startNtlmServer } from '../helpers/ntlm-server.ts'
import { needs } from '../helpers/peers.ts'

const never = new AbortController().signal
const everything = { mode: 'enum' } as const

const apiTls = {
  ...{ ca: null, cert: null, key: null, servername: null, fingerprint: null },
  minVersion: 'TLSv1.2' as const,
  verify: true,
}

async function proxy(t: Test, options: HttpProxyOptions = {}) {
  const made = await startHttpProxy(options)
  t.teardown(() => made.close())
  return made
}

const proxyOf = (target: string, address: string) =>
  proxyFor(new URL(target), address, 'sources.activity', {})

t.test(
  'a key that TLS refuses, through a proxy: an error of the page',
  needs('openssl'),
  async (t) => {
    const folder = t.testdir()
    const [cert, key] = [join(folder, 'cert.pem'), join(folder, 'key.pem')]
    // Too short for OpenSSL's own limit: the handshake throws before it begins.
    const files = ['-keyout', key, '-out', cert, '-subj', '/CN=short']
    execFileSync('openssl', ['req', '-x509', '-nodes', '-newkey', 'rsa:512', ...files], {
      stdio: 'ignore',
    })
    const api = await startIntegrationApi({ records: 1 })
    t.teardown(() => api.close())
    const { url, username, password } = api
    const way = await proxy(t)
    const tls = { ...apiTls, cert, key }
    for (const through of [undefined, proxyOf(url, way.url)]) {
      const client = apiClient(t, { url, username, password, tls, proxy: through, timeout: 3000 })
      t.match(await failure(client.page(everything, 1, never)), { code: /^(tls|network)$/ })
    }
  },
)

t.test('https through CONNECT', needs('openssl'), async (t) => {
  const api = await startIntegrationApi({ records: 3 })
  t.teardown(() => api.close())
  const { url, username, password, ca } = api
  const way = await proxy(t, { login: 'user:s3cret' })
  const withLogin = way.url.replace('//', '//user:s3cret@')
  const common = { url, username, password, ca }
  const client = apiClient(t, { ...common, proxy: proxyOf(url, withLogin) })
  t.equal((await client.page(everything, 2, never)).records.length, 2)
  await client.page(everything, 2, never)
  t.same(way.asked, [`CONNECT ${new URL(url).host}`], 'one tunnel')

  const stranger = apiClient(t, { ...common, proxy: proxyOf(url, way.url) })
  const thrown = await failure(stranger.page(everything, 1, never))
  t.match(thrown, {
    code: 'unauthorized',
    retryAfter: 300_000,
    message:
      /proxy http:\/\/127\.0\.0\.1:\d+ answered 407: it wants Basic; write user and password/,
  })
  const wrong = way.url.replace('//', '//user:wr0ng@')
  const refused = await failure(
    apiClient(t, { ...common, proxy: proxyOf(url, wrong) }).page(everything, 1, never),
  )
  t.match(refused, {
    retryAfter: 2_100_000,
    message: /check user and password in sources\.activity\.proxy.* 35 minutes/,
  })
  t.notMatch(inspect(refused, { depth: Infinity, showHidden: true }), /wr0ng|dXNlcjp3cjBuZw/)

  const barred = await proxy(t, { refuse: 403 })
  const kept = apiClient(t, { ...common, proxy: proxyOf(url, barred.url) })
  t.match(await failure(kept.page(everything, 1, never)), {
    code: 'network',
    message: /answered 403 when asked for 127\.0\.0\.1:\d+: it must allow CONNECT/,
  })
  await barred.close()
  t.match(await failure(kept.page(everything, 1, never)), {
    code: 'network',
    message: /no connection through the proxy .*ECONNREFUSED.*check sources\.activity\.proxy/,
  })
  const untrusted = apiClient(t, { ...common, ca: null, proxy: proxyOf(url, withLogin) })
  t.match(await failure(untrusted.page(everything, 1, never)), { code: 'tls' })
})

t.test('http in absolute form, with the login on one connection', async (t) => {
  const api = await startNtlmServer({ offers: ['NTLM'] })
  t.teardown(() => api.close())
  const way = await proxy(t, { login: 'user:s3cret' })
  const withLogin = way.url.replace('//', '//user:s3cret@')
  const client = apiClient(t, { url: api.url, proxy: proxyOf(api.url, withLogin) })
  await client.page(everything, 2, never)
  await client.page(everything, 2, never)
  t.same(
    api.legs.map(({ leg, connection }) => [leg, connection]),
    [
      [0, 1],
      [1, 1],
      [3, 1],
      [0, 1],
    ],
  )
  t.match(way.asked[0], `GET ${api.url}/netwrix/api/v1/activity_records/enum?`)
  const stranger = apiClient(t, { url: api.url, proxy: proxyOf(api.url, way.url) })
  t.match(await failure(stranger.page(everything, 1, never)), {
    code: 'unauthorized',
    message: /answered 407/,
  })
  t.equal(api.proofs.length, 1)
  await way.close()
  const late = apiClient(t, { url: api.url, proxy: proxyOf(api.url, way.url) })
  t.match(await failure(late.page(everything, 1, never)), {
    code: 'network',
    message: /no connection through the proxy/,
  })
})

t.test('check says which way it takes', needs('openssl'), async (t) => {
  const api = await startIntegrationApi({ records: 3 })
  t.teardown(() => api.close())
  const { url, username, password, ca } = api
  const way = await proxy(t)
  const options: Partial<ClientOptions> = { username, password, proxy: proxyOf(url, way.url) }
  const client = apiClient(t, { ...options, url, ca })
  const tls = { ca, cert: null, key: null, servername: null, fingerprint: null }
  const steps: CheckStep[] = []
  const checked: ClientOptions = {
    ...{ url: apiAddress(url), username, password, auth: 'auto', timeout: 20_000 },
    ...{ tickets: { keytab: null, credentialCache: null }, place: 'sources.activity' },
    proxy: proxyOf(url, way.url),
    tls: { ...tls, minVersion: 'TLSv1.2', verify: true },
  }
  for await (const step of checkApi(client, checked, everything, never)) steps.push(step)
  t.match(steps, [
    { name: 'dns', ok: true },
    { name: 'tcp', ok: true, detail: /: the proxy of sources\.activity\.proxy$/ },
    { name: 'tls', ok: true },
    { name: 'authentication', ok: true, detail: /is let in by .*\/enum \(Basic\); at least one/ },
  ])
})

t.test('a proxy over https whose authority is not known', needs('openssl'), async (t) => {
  // Anything with such a certificate: it is not asked for a tunnel.
  const api = await startIntegrationApi({ records: 1 })
  t.teardown(() => api.close())
  for (const target of ['https://auditor.invalid:9699', 'http://auditor.invalid:9699']) {
    const through = proxyOf(target, api.url)
    const tls = { ...apiTls, ca: api.ca }
    const client = apiClient(t, { url: target, tls, proxy: through, timeout: 3000 })
    t.match(await failure(client.page(everything, 1, never)), {
      code: 'tls',
      message: /certificate of the proxy .*sources\.activity\.proxy.*NODE_EXTRA_CA_CERTS/,
    })
  }
})

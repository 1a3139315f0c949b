/**
 * The way to the platform: TLS, proxies and addresses with a path. The token is its secret, so who gets
 * a request is asked for as well as who answers.
 */
import { once } from 'node:events'
import { connect } from 'node:net'
import type { AddressInfo, Socket } from 'node:net'
import { readFileSync } from 'node:fs'
import { createServer } from 'node:tls'
import { inspect } from 'node:util'
import t from 'tap'
import type { Test } from 'tap'
import { CadoApi } from '../../src/cado/client.ts'
import { readUrl } from '../../src/cado/options.ts'
import { platform as peer } from '../../src/cado/peer.ts'
import { proxyFor } from '../../src/http/proxy.ts'
import type { TlsOptions } from '../../src/io/tls.ts'
import { create } from '../../src/sources/cado-api.ts'
import { startCadoApi } from '../helpers/cado-api.ts'
import type { CadoPlatform } from '../helpers/cado-api.ts'
import { cadoOptions, cadoQueue } from '../helpers/cado-source.ts'
import { fingerprintOf, makeAuthority, makeSelfSigned } from '../helpers/certificates.ts'
import type { Certificate } from '../helpers/certificates.ts'
import { startHttpProxy } from '../helpers/http-proxy.ts'
import { plainTls } from '../helpers/plain-tls.ts'

const never = new AbortController().signal

/** TLS in front of the platform, as a load balancer has it; gives its address. */
async function secured(t: Test, platform: CadoPlatform, { cert, key }: Certificate) {
  const sockets = new Set<Socket>()
  const files = { cert: readFileSync(cert), key: readFileSync(key) }
  const server = createServer(files, (socket) => {
    const onward = connect(Number(new URL(platform.url).port), '127.0.0.1')
    for (const [one, other] of [
      [socket, onward],
      [onward, socket],
    ] as const) {
      // prettier-ignore
      sockets.add(one)
      one.on('error', () => other.destroy())
      one.pipe(other)
    }
  })
  server.on('tlsClientError', () => {})
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  t.teardown(() => {
    for (const socket of sockets) socket.destroy()
    server.close()
  })
  return `https://127.0.0.1:${(server.address() as AddressInfo).port}`
}

interface Reached {
  url: string
  tls?: Partial<TlsOptions>
  proxy?: string
}

/** The names of the projects, or the error. */
async function ask(t: Test, platform: CadoPlatform, { url, tls, proxy = 'none' }: Reached) {
  const address = readUrl(cadoOptions({ url, token: '' }), 'sources.cado')
  const api = new CadoApi({
    url: address,
    token: platform.token,
    timeout: 20_000,
    tls: { ...plainTls, ...tls },
    place: 'sources.cado',
    peer,
    proxy: proxyFor(address, proxy, 'sources.cado'),
  })
  t.teardown(() => api.close())
  const answer = await api.get('projects', {}, never).catch((thrown: unknown) => thrown)
  t.notMatch(inspect(answer, { depth: 9 }), platform.token)
  return answer
}

const projects = { data: [{ details: { name: 'Case 1' } }] }

t.test('TLS: the token goes to the platform that is meant and to no other', async (t) => {
  const platform = await startCadoApi(t)
  platform.add(1, 'web', 3)
  const folder = t.testdir()
  const authority = await makeAuthority(folder)
  const url = await secured(t, platform, await authority.sign('platform'))
  const unknown = await ask(t, platform, { url })
  t.match(unknown, { code: 'tls', message: /certificate on the Cado platform.*tls\.fingerprint/ })
  t.equal(platform.requests.length, 0)
  t.match(await ask(t, platform, { url, tls: { ca: authority.cert } }), projects)
  const servername = { ca: authority.cert, servername: 'other.example.com' }
  t.match(await ask(t, platform, { url, tls: servername }), {
    code: 'tls',
    message: /for another name/,
  })

  const own = await makeSelfSigned(folder, 'cado')
  const pinned = await secured(t, platform, own)
  const fingerprint = fingerprintOf(own)
  t.match(await ask(t, platform, { url: pinned, tls: { fingerprint } }), projects)
  const asked = platform.requests.length
  const another = fingerprint.replaceAll(/[0-9A-F]{2}/g, '00')
  t.match(await ask(t, platform, { url: pinned, tls: { fingerprint: another } }), { code: 'tls' })
  t.equal(platform.requests.length, asked)
})

t.test('TLS that is not verified is said', async (t) => {
  const platform = await startCadoApi(t)
  platform.add(1, 'web', 3)
  const url = await secured(t, platform, await makeSelfSigned(t.testdir(), 'cado'))
  const tls = { ...plainTls, verify: false }
  const context = { name: cadoQueue, remembers: () => false }
  const source = create(cadoOptions({ url, token: `${platform.token}\n` }, { tls }), context)
  t.teardown(() => source.close())
  const ending = new AbortController()
  for await (const { notices } of source.batches(undefined, ending.signal)) {
    t.match(notices, [{ level: 'warn', code: 'tls', message: /gets the token/ }])
    ending.abort()
  }
  const names: string[] = []
  for await (const { name, ok, detail } of source.check(undefined, never, true)) {
    names.push(name)
    t.ok(ok, detail)
  }
  t.same(names, ['url', 'certificates', 'dns', 'tcp', 'tls', 'projects'])
})

t.test('through a proxy: a tunnel for https, whole addresses for http', async (t) => {
  const platform = await startCadoApi(t)
  platform.add(1, 'web', 3)
  const authority = await makeAuthority(t.testdir())
  const url = await secured(t, platform, await authority.sign('platform'))
  const tls = { ca: authority.cert }
  const proxy = await startHttpProxy({ login: 'user:password' })
  t.teardown(() => proxy.close())
  const known = proxy.url.replace('//', '//user:password@')
  t.match(await ask(t, platform, { url, tls, proxy: known }), projects)
  t.match(await ask(t, platform, { url: platform.url, proxy: known }), projects)
  t.same(proxy.asked, [`CONNECT ${new URL(url).host}`, `GET ${platform.url}/api/v3/projects`])
  for (const through of [{ url, tls }, { url: platform.url }]) {
    const refused = await ask(t, platform, { ...through, proxy: proxy.url })
    t.match(refused, { code: 'unauthorized', message: /the proxy .* answered 407/ })
  }
  t.equal(platform.requests.length, 2)
})

t.test('the address: with the API’s path, without, and with one before it', async (t) => {
  const table = [
    ['https://cado.example.com', 'https://cado.example.com/api/v3/'],
    ['https://cado.example.com/', 'https://cado.example.com/api/v3/'],
    ['https://cado.example.com/api/v3', 'https://cado.example.com/api/v3/'],
    ['https://cado.example.com/api/v3/', 'https://cado.example.com/api/v3/'],
    ['https://example.com/tools/cado/', 'https://example.com/tools/cado/api/v3/'],
  ] as const
  for (const [url, base] of table) {
    const address = readUrl(cadoOptions({ url, token: '' }), 'sources.cado')
    t.equal(address.href, base)
  }
})

t.test(
  'a token with a word before it, or a line end in it, is refused and not shown',
  async (t) => {
    for (const token of ['Bearer c2VjcmV0', 'c2Vj\ncmV0', 'c2Vj\r\nx-other: 1', '']) {
      const options = cadoOptions({ url: 'https://cado.example.com', token })
      const make = () => create(options, { name: cadoQueue, remembers: () => false })
      t.throws(make, {
        code: 'config',
        message: /^sources\.cado\.token is no bearer token: copy [^2]*$/,
      })
    }
  },
)

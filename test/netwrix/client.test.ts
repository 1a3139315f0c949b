import { createServer as createHttpServer } from 'node:http'
import { createServer } from 'node:net'
import type { AddressInfo } from 'node:net'
import { inspect } from 'node:util'
import t from 'tap'
import { needs } from '../helpers/peers.ts'
import { plainTls } from '../helpers/plain-tls.ts'
import type { Test } from 'tap'
import type { CeflineError } from '../../src/error.ts'
import type { Checkpoint } from '../../src/netwrix/checkpoint.ts'
import { apiAddress, IntegrationApi } from '../../src/netwrix/client.ts'
import type { ClientOptions } from '../../src/netwrix/client.ts'
import { apiClient } from '../helpers/api-client.ts'
import { startIntegrationApi } from '../helpers/integration-api.ts'
import type {
  IntegrationApi as StandIn,
  IntegrationApiOptions,
  Misbehaviour,
} from '../helpers/integration-api.ts'

/** The stand-in's certificate is made by openssl. */
const test = (name: string, work: (t: Test) => Promise<void>) =>
  t.test(name, needs('openssl'), work)

const everything: Checkpoint = { mode: 'enum' }
const never = new AbortController().signal

async function standIn(t: Test, options: Partial<IntegrationApiOptions> = {}) {
  const server = await startIntegrationApi({ records: 5, ...options })
  t.teardown(() => server.close())
  return server
}

function clientOf(t: Test, server: StandIn, options: Partial<ClientOptions> = {}) {
  const { username, password, ca } = server
  const client = new IntegrationApi({
    url: apiAddress(server.url),
    username,
    password,
    timeout: 20_000,
    tls: { ...plainTls, ca: ca === '' ? null : ca },
    place: 'sources.activity',
    auth: 'auto',
    tickets: { keytab: null, credentialCache: null },
    ...options,
  })
  t.teardown(() => client.close())
  return client
}

async function failure(work: Promise<unknown>): Promise<CeflineError> {
  return work.then(
    () => Promise.reject(new Error('it did not fail')),
    (thrown: CeflineError) => thrown,
  )
}

test('enum: GET, then POST of the mark', async (t) => {
  const server = await standIn(t)
  const client = clientOf(t, server)
  const first = await client.page(everything, 2, never)
  t.same(first.records, server.records.slice(0, 2))
  const second = await client.page({ mode: 'enum', mark: first.mark }, 2, never)
  t.same(second.records, server.records.slice(2, 4))
  t.match(server.requests, [
    { method: 'GET', mode: 'enum', count: 2 },
    { method: 'POST', mode: 'enum', mark: first.mark },
  ])
})

test('search: POST of mark and filter', async (t) => {
  const server = await standIn(t)
  const client = clientOf(t, server)
  const from = server.records[2]?.When
  const first = await client.page({ mode: 'search', from }, 2, never)
  t.same(first.records, server.records.slice(2, 4))
  const second = await client.page({ mode: 'search', from, mark: first.mark }, 2, never)
  t.same(second.records, server.records.slice(4))
  t.match(server.requests, [
    { method: 'POST', mode: 'search', from, mark: undefined },
    { method: 'POST', mode: 'search', from, mark: first.mark },
  ])
  t.same((await client.page({ mode: 'search', from, mark: second.mark }, 2, never)).records, [])
})

const refusals: [kind: Misbehaviour, code: string, wait: number | undefined, text: RegExp][] = [
  ['unauthorized', 'unauthorized', 300_000, /not offer Basic but Negotiate, NTLM.*Global reviewer/],
  ['forbidden', 'forbidden', 300_000, /Global reviewer.*every 5 minutes/],
  ['not-found', 'not-found', undefined, /wrong port, or the Integration API is disabled.*Settings/],
  [
    'bad-request',
    'bad-request',
    Infinity,
    /XMLError 0xC00CE56D End tag is missing.*keeps its mark/,
  ],
  ['busy', 'server', undefined, /503/],
  ['too-many', 'server', 2000, /429/],
  ['error-empty', 'server', undefined, /500 \(it gave no reason\).*licence/],
  ['error-sql', 'server', undefined, /ServerError 0x80040C0A SQL Server cannot be contacted/],
  ['error-echo', 'server', undefined, /502: Bad gateway Basic \*\*\*\* ENTERPRISE\\siem:\*\*\*\*/],
  ['redirect', 'bad-answer', undefined, /302, a redirect to https:\/\/portal.example.com\/login/],
  ['html', 'bad-answer', undefined, /text\/html.*where JSON or XML is due.*Sign in/],
  ['doctype', 'bad-answer', undefined, /not whole XML \(a DOCTYPE, which is not read\)/],
  ['other-json', 'bad-answer', undefined, /no ActivityRecordList: \{"status":"ok"\}/],
  ['no-body', 'bad-answer', undefined, /0 bytes that are not whole JSON: \(nothing\)/],
  ['cut-json', 'bad-answer', undefined, /not whole JSON/],
  ['cut-body', 'bad-answer', undefined, /ended after \d+ of \d+ bytes/],
  ['hangup', 'network', undefined, /the connection failed/],
]

for (const [kind, code, wait, text] of refusals) {
  test(`one clear error: ${kind}`, async (t) => {
    const server = await standIn(t)
    const client = clientOf(t, server)
    server.misbehave(kind)
    const thrown = await failure(client.page(everything, 2, never))
    t.match(thrown, { code, retryAfter: wait, permanent: false, message: text })
    t.equal(server.requests.length, 1, 'asked once')
    noSecret(t, thrown, server)
    const page = await client.page(everything, 2, never)
    t.equal(page.records.length, 2, 'the same client goes on')
  })
}

for (const kind of ['silence', 'drip'] as const) {
  test(`one clear error: ${kind}`, async (t) => {
    const server = await standIn(t)
    const client = clientOf(t, server, { timeout: 400 })
    server.misbehave(kind)
    const thrown = await failure(client.page(everything, 2, never))
    t.match(thrown, { code: 'timeout', message: /no whole answer within 0.4 s/ })
    t.equal(server.requests.length, 1)
    noSecret(t, thrown, server)
  })
}

test('an answer that is too large', async (t) => {
  const server = await standIn(t)
  const client = clientOf(t, server, { maxAnswer: 1500 })
  t.match(await failure(client.page(everything, 5, never)), { code: 'too-large' })
  t.equal((await client.page(everything, 1, never)).records.length, 1)
})

test('one record alone may be larger', async (t) => {
  const What = 'x'.repeat(33 * 1024 * 1024)
  const http = createHttpServer((_request, answer) => {
    answer.writeHead(200, { 'content-type': 'application/json' })
    answer.end(JSON.stringify({ ActivityRecordList: [{ What }] }))
  })
  await new Promise<void>((resolve) => http.listen(0, '127.0.0.1', resolve))
  t.teardown(() => http.close())
  const url = `http://127.0.0.1:${(http.address() as AddressInfo).port}`
  const client = apiClient(t, { url, auth: 'basic' })
  t.match(await failure(client.page(everything, 2, never)), {
    code: 'too-large',
    message: /at most 33554432 are taken/,
  })
  const [record] = (await client.page(everything, 1, never)).records as { What: string }[]
  t.equal(record?.What.length, What.length)
})

test('a wrong password', async (t) => {
  const server = await standIn(t)
  const password = 'not-this-one'
  const thrown = await failure(clientOf(t, server, { password }).page(everything, 1, never))
  t.match(thrown, {
    code: 'unauthorized',
    message: /401 to ENTERPRISE\\siem \(Basic\): check username/,
  })
  noSecret(t, thrown, { ...server, password })
})

test('abort', async (t) => {
  const server = await standIn(t)
  const client = clientOf(t, server)
  const abort = new AbortController()
  server.misbehave('silence')
  const asked = failure(client.page(everything, 1, abort.signal))
  abort.abort(new Error('stopping'))
  t.match(await asked, { message: 'stopping' })
  t.match(await failure(client.page(everything, 1, abort.signal)), { message: 'stopping' })
})

test('close before use, and twice', async (t) => {
  const client = clientOf(t, await standIn(t))
  await client.close()
  await client.close()
})

test('an untrusted certificate', async (t) => {
  const server = await standIn(t)
  const thrown = await failure(clientOf(t, server, { tls: plainTls }).page(everything, 1, never))
  t.match(thrown, { code: 'tls', message: /self-signed \(DEPTH_ZERO_SELF_SIGNED_CERT\)/ })
  t.ok(thrown.message.includes(server.fingerprint), 'shows the fingerprint to compare')
  t.match(thrown.message, /set tls\.ca .* set tls\.fingerprint/, 'both cures')
  t.equal(server.requests.length, 0, 'and the password stays here')
})

test('a pinned certificate, for another name and of no authority', async (t) => {
  const server = await standIn(t, { names: 'DNS:auditor.example.com' })
  const pinned = clientOf(t, server, { tls: { ...plainTls, fingerprint: server.fingerprint } })
  t.equal((await pinned.page(everything, 1, never)).records.length, 1)
  const fingerprint = '00'.repeat(32)
  const other = clientOf(t, server, { tls: { ...plainTls, fingerprint, verify: false } })
  const thrown = await failure(other.page(everything, 1, never))
  t.match(thrown, { code: 'tls', message: /not the pinned/ }, 'verify: false turns no pin off')
  t.equal(server.requests.length, 1)
})

test('a certificate for another name', async (t) => {
  const server = await standIn(t, { names: 'DNS:auditor.example.com,IP:192.0.2.1' })
  const tls = { ...plainTls, ca: server.ca }
  const thrown = await failure(clientOf(t, server, { tls }).page(everything, 1, never))
  t.match(thrown, { code: 'tls', message: /another name.*auditor\.example\.com.*tls\.servername/ })
  for (const servername of ['auditor.example.com', '192.0.2.1']) {
    const named = clientOf(t, server, { tls: { ...tls, servername } })
    t.equal((await named.page(everything, 1, never)).records.length, 1, servername)
  }
})

test('tls.verify: false', async (t) => {
  const server = await standIn(t, { names: 'DNS:auditor.example.com' })
  const client = clientOf(t, server, { tls: { ...plainTls, verify: false } })
  t.equal((await client.page(everything, 1, never)).records.length, 1)
})

test('the wrong protocol, port or name', async (t) => {
  const plain = await standIn(t, { plainHttp: true })
  t.equal((await clientOf(t, plain).page(everything, 1, never)).records.length, 1)
  const toPlain = clientOf(t, plain, { url: apiAddress(plain.url.replace('http:', 'https:')) })
  t.match(await failure(toPlain.page(everything, 1, never)), {
    code: 'tls',
    message: /does not speak TLS/,
  })
  const server = await standIn(t)
  const toTls = clientOf(t, server, { url: apiAddress(server.url.replace('https:', 'http:')) })
  t.match(await failure(toTls.page(everything, 1, never)), { code: /network|bad-answer/ })
  await server.close()
  t.match(await failure(clientOf(t, server).page(everything, 1, never)), {
    code: 'network',
    message: /nothing listens on port \d+.*9699/,
  })
  const url = apiAddress('https://no-such-host.invalid:9699')
  t.match(await failure(clientOf(t, server, { url }).page(everything, 1, never)), {
    code: 'dns',
    message: /no address is found for no-such-host\.invalid/,
  })
})

test('something that is not HTTP', async (t) => {
  const server = createServer((socket) => socket.end('220 mail.example.com ESMTP\r\n'))
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  t.teardown(() => server.close())
  const { port } = server.address() as AddressInfo
  const api = await standIn(t)
  const client = clientOf(t, api, { url: apiAddress(`http://127.0.0.1:${port}`) })
  const thrown = await failure(client.page(everything, 1, never))
  t.match(thrown, { code: 'bad-answer', message: /does not speak HTTP/ })
  noSecret(t, thrown, api)
})

test('addresses', async (t) => {
  for (const [given, address] of [
    ['https://a.example:9699', 'https://a.example:9699/netwrix/api/v1/'],
    ['https://a.example:9699/', 'https://a.example:9699/netwrix/api/v1/'],
    ['https://a.example:9699/netwrix/api/v1', 'https://a.example:9699/netwrix/api/v1/'],
    ['https://proxy.example/auditor/', 'https://proxy.example/auditor/netwrix/api/v1/'],
    ['https://[::1]:9699', 'https://[::1]:9699/netwrix/api/v1/'],
  ] as const) {
    t.equal(apiAddress(given).href, address)
  }
})

/** Neither the password nor the header is anywhere in the error, its causes and hidden fields. */
function noSecret(t: Test, thrown: unknown, { username, password }: StandIn): void {
  const token = Buffer.from(`${username}:${password}`).toString('base64')
  const shown = inspect(thrown, { depth: Infinity, showHidden: true }) + JSON.stringify(thrown)
  t.notOk(shown.includes(password), 'no password in the error')
  t.notOk(shown.includes(token), 'no Authorization header in the error')
}

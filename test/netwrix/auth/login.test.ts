import { X509Certificate } from 'node:crypto'
import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { inspect } from 'node:util'
import t from 'tap'
import type { Test } from 'tap'
import { Lockout, lockoutOf } from '../../../src/netwrix/auth/lockout.ts'
import { ntlmChannelBinding } from '../../../src/netwrix/auth/channel-binding.ts'
import { apiClient, failure } from '../../helpers/api-client.ts'
import { makeAuthority } from '../../helpers/certificates.ts'
import { startNtlmServer } from '../../helpers/ntlm-server.ts'
import type { NtlmServer, NtlmServerOptions, Trouble } from '../../helpers/ntlm-server.ts'
import { needs } from '../../helpers/peers.ts'

const never = new AbortController().signal
const everything = { mode: 'enum' } as const
const withMark = { mode: 'enum', mark: 'a mark' } as const

async function server(t: Test, options: NtlmServerOptions = {}): Promise<NtlmServer> {
  const made = await startNtlmServer(options)
  t.teardown(() => made.close())
  return made
}

const legsOf = ({ legs }: NtlmServer) => legs.map(({ leg, status }) => [leg, status])
const bodies = ({ legs }: NtlmServer) => legs.map(({ body }) => body > 0)
const connections = ({ legs }: NtlmServer) => new Set(legs.map(({ connection }) => connection)).size

t.test('three legs on one connection, which is kept', async (t) => {
  const api = await server(t, { offers: ['NTLM'] })
  const client = apiClient(t, { url: api.url })
  t.equal(client.login, undefined)
  await client.page(withMark, 1, never)
  t.same(legsOf(api), [
    [0, 401],
    [1, 401],
    [3, 200],
  ])
  t.same(bodies(api), [false, false, true], 'the body goes with the last')
  await client.page(withMark, 1, never)
  await client.page(everything, 1, never)
  t.same(legsOf(api).slice(3), [
    [0, 200],
    [0, 200],
  ])
  t.equal(connections(api), 1)
  t.equal(client.login, 'NTLM')
})

t.test('the accounts', async (t) => {
  for (const [username, user, domain] of [
    ['siem', 'siem', ''],
    ['siem@enterprise.local', 'siem@enterprise.local', ''],
    ['OTHER\\Jörg', 'Jörg', 'OTHER'],
  ] as const) {
    const api = await server(t, { user, domain, offers: ['NTLM'] })
    await apiClient(t, { url: api.url, username }).page(everything, 1, never)
    t.same(api.proofs, [true], username)
  }
})

t.test('NTLM where only Negotiate is offered and there is no ticket', async (t) => {
  const api = await server(t, { offers: ['Negotiate'] })
  const tickets = { keytab: '/nowhere/keytab', credentialCache: null }
  const client = apiClient(t, { url: api.url, tickets })
  // The stand-in answers under NTLM, as the messages say what they are.
  await client.page(everything, 1, never)
  t.match(client.login, /^NTLM; .*no Kerberos ticket of siem for HTTP\/127\.0\.0\.1/)
})

t.test('a server that closes the kept connection, or forgets the login', async (t) => {
  const api = await server(t, { offers: ['NTLM'] })
  const client = apiClient(t, { url: api.url })
  await client.page(everything, 1, never)
  api.hangUp()
  await new Promise((resolve) => setTimeout(resolve, 50))
  await client.page(withMark, 1, never)
  t.same(
    legsOf(api).slice(3),
    [
      [1, 401],
      [3, 200],
    ],
    'a handshake at once',
  )
  t.same(bodies(api).slice(3), [false, true])
  api.forget()
  await client.page(everything, 1, never)
  t.same(legsOf(api).slice(5), [
    [0, 401],
    [1, 401],
    [3, 200],
  ])
  await client.page(everything, 1, never)
  t.same(
    legsOf(api).slice(8),
    [
      [1, 401],
      [3, 200],
    ],
    'and then with every request',
  )
})

for (const [trouble, proofs] of [
  ['close-after-challenge', 1],
  ['say-close', 1],
  ['forget-challenge', 1],
  ['close-after-proof', 2],
] as [Trouble, number][]) {
  t.test(`the handshake begins anew: ${trouble}`, async (t) => {
    const api = await server(t, { offers: ['NTLM'] })
    api.troubles.push(trouble)
    await apiClient(t, { url: api.url }).page(withMark, 1, never)
    t.equal(api.proofs.length, proofs)
    t.same(api.troubles, [])
  })
}

for (const trouble of ['close-after-challenge', 'say-close', 'forget-challenge'] as const) {
  t.test(`but not for ever: ${trouble}`, async (t) => {
    const api = await server(t, { offers: ['NTLM'] })
    api.troubles.push(...Array<Trouble>(9).fill(trouble))
    const thrown = await failure(apiClient(t, { url: api.url }).page(everything, 1, never))
    t.match(thrown, {
      code: 'network',
      retryAfter: 300_000,
      message: /NTLM login was cut off 3 times/,
    })
    t.equal(api.troubles.length, 6, 'three handshakes')
    t.equal(api.proofs.length, 0)
    noSecret(t, thrown)
  })
}

t.test('a proof that got no answer may count as a wrong password: twice at most', async (t) => {
  const api = await server(t, { offers: ['NTLM'] })
  api.troubles.push(...Array<Trouble>(9).fill('close-after-proof'))
  const thrown = await failure(apiClient(t, { url: api.url }).page(everything, 1, never))
  t.match(thrown, { code: 'network', message: /cut off 2 times/, retryAfter: 2_100_000 })
  t.equal(api.proofs.length, 2)
})

t.test('a password that was refused before rests for longer, in the next client too', async (t) => {
  const api = await server(t, { offers: ['NTLM'] })
  const lockout = new Lockout()
  const ask = (password: string) =>
    failure(apiClient(t, { url: api.url, lockout, password }).page(everything, 1, never))
  const waits = [300_000, 2_100_000, 2_100_000]
  for (const retryAfter of waits) t.match(await ask('not-this-one'), { retryAfter })
  await apiClient(t, { url: api.url, lockout }).page(everything, 1, never)
  t.match(await ask('not-this-one'), { retryAfter: 300_000, message: /only in 5 minutes/ })
})

t.test('sources with one account count their refusals together', async (t) => {
  const api = await server(t, { offers: ['NTLM'] })
  const source = (password: string) => lockoutOf(api.url, 'ENTERPRISE\\siem', password)
  const locks = [source('not-this-one'), source('not-this-one'), source('not-this-one')]
  const ask = (lockout = new Lockout(), password = 'not-this-one') =>
    apiClient(t, { url: api.url, lockout, password }).page(everything, 1, never)
  const thrown = await Promise.all(locks.map((lockout) => failure(ask(lockout))))
  t.same(api.proofs, [false], 'all at once, and one of them tried')
  for (const one of thrown) {
    t.match(one, { code: 'unauthorized', message: /only in 5 minutes/ })
    t.ok((one.retryAfter ?? 0) > 290_000)
    noSecret(t, one, 'not-this-one')
  }
  t.match(thrown[1]?.message, /refused this username and password to another source/)
  t.match(await failure(ask(locks[1])), { retryAfter: 2_100_000 }, 'it has waited')
  t.match(await failure(ask(locks[0])), { message: /to another source.* 35 minutes/ })
  t.equal(api.proofs.length, 2)
  t.match(await failure(ask(source('not-this-one'))), { retryAfter: 2_100_000 }, 'a changed one')
  t.equal(api.proofs.length, 3)
  await ask(source('p4ss:wörd'), 'p4ss:wörd')
  t.equal(api.proofs.length, 4, 'another password')
})

t.test('who waits for its turn stops when it is told to', async (t) => {
  const [first, second] = [lockoutOf('a', 'b', 'c'), lockoutOf('a', 'B', 'c')]
  const done = await first.turn('a', never)
  const stop = new AbortController()
  const waiting = second.turn('a', stop.signal)
  stop.abort(new Error('stopped'))
  await t.rejects(waiting, { message: 'stopped' })
  const next = second.turn('a', never)
  done()
  const end = await next
  first.accepted()
  await first.turn('a', never)
  end()
})

t.test('two proofs for one request are two', async (t) => {
  const lockout = new Lockout()
  t.equal(lockout.refused(2), 2_100_000)
  const api = await server(t, { offers: ['NTLM'] })
  api.troubles.push('close-after-proof')
  const client = apiClient(t, { url: api.url, password: 'not-this-one' })
  t.match(await failure(client.page(everything, 1, never)), { retryAfter: 2_100_000 })
  t.equal(api.proofs.length, 2)
})

t.test(
  'Digest: a password that ceases to be right goes under two nonces, and both count',
  async (t) => {
    let nonce = 0
    let proofs = 0
    const api = createServer((request, response) => {
      const { authorization } = request.headers
      if (authorization !== undefined) proofs += 1
      const isIn = authorization !== undefined && proofs === 1
      if (!isIn) response.setHeader('www-authenticate', `Digest realm="r", nonce="${(nonce += 1)}"`)
      response.writeHead(isIn ? 200 : 401, { 'content-type': 'application/json' })
      response.end('{"ActivityRecordList":[]}')
    }).listen(0, '127.0.0.1')
    t.teardown(() => api.close())
    await once(api, 'listening')
    const { port } = api.address() as AddressInfo
    const client = apiClient(t, { url: `http://127.0.0.1:${port}` })
    await client.page(everything, 1, never)
    t.match(await failure(client.page(everything, 1, never)), { retryAfter: 2_100_000 })
    t.equal(proofs, 3)
  },
)

t.test('a changed challenge is a refusal, not another try', async (t) => {
  const api = await server(t, { offers: ['NTLM'] })
  api.troubles.push('challenge-again')
  const thrown = await failure(apiClient(t, { url: api.url }).page(everything, 1, never))
  t.match(thrown, { code: 'unauthorized', retryAfter: 300_000 })
  t.equal(api.proofs.length, 1)
})

t.test('a wrong password is tried once', async (t) => {
  const api = await server(t)
  const client = apiClient(t, { url: api.url, password: 'not-this-one' })
  const thrown = await failure(client.page(withMark, 1, never))
  t.match(thrown, {
    code: 'unauthorized',
    retryAfter: 300_000,
    message: /401 to ENTERPRISE\\siem \(NTLM\): check username and password.*in 5 minutes/,
  })
  t.same(api.proofs, [false])
  noSecret(t, thrown, 'not-this-one')
})

t.test('a password that ceases to be right', async (t) => {
  const api = await server(t, { offers: ['NTLM'] })
  const client = apiClient(t, { url: api.url })
  await client.page(everything, 1, never)
  api.forget()
  api.troubles.push('challenge-again')
  t.match(await failure(client.page(everything, 1, never)), { code: 'unauthorized' })
  t.equal(api.proofs.length, 2, 'once more, and no more')
})

t.test('by hand: exactly that one', async (t) => {
  const api = await server(t, { offers: ['Negotiate, NTLM', 'x-Other a="b, Digest"'] })
  for (const auth of ['basic', 'digest'] as const) {
    const thrown = await failure(apiClient(t, { url: api.url, auth }).page(everything, 1, never))
    t.match(thrown, {
      code: 'unauthorized',
      message: /does not offer (Basic|Digest) but Negotiate, NTLM, X-other/,
      retryAfter: 300_000,
    })
    noSecret(t, thrown)
  }
  t.equal(api.proofs.length, 0)
  await apiClient(t, { url: api.url, auth: 'ntlm' }).page(everything, 1, never)
  t.same(api.proofs, [true])
  const nothing = await server(t, { offers: ['X-Own'] })
  t.match(await failure(apiClient(t, { url: nothing.url }).page(everything, 1, never)), {
    message: /offers X-own, and none of it can be used here/,
  })
  const kerberos = apiClient(t, {
    url: api.url,
    auth: 'negotiate',
    tickets: { keytab: '/nowhere/keytab', credentialCache: null },
  })
  t.match(await failure(kerberos.page(everything, 1, never)), {
    code: 'unauthorized',
    message:
      /no Kerberos ticket of siem for HTTP\/127\.0\.0\.1 \(.*\): set keytab or credentialCache/,
  })
})

t.test('channel binding', needs('openssl'), async (t) => {
  const authority = await makeAuthority(t.testdir())
  const { cert, key } = await authority.sign('auditor')
  const [certPem, keyPem] = [readFileSync(cert, 'utf8'), readFileSync(key, 'utf8')]
  const channelBinding = ntlmChannelBinding(new X509Certificate(certPem).raw).toString('hex')
  const tls = { cert: certPem, key: keyPem }
  const api = await server(t, { offers: ['NTLM'], tls, channelBinding })
  await apiClient(t, { url: api.url, ca: authority.cert }).page(everything, 1, never)
  t.same(api.proofs, [true])
  const other = await server(t, { offers: ['NTLM'], tls, channelBinding: '00'.repeat(16) })
  await failure(apiClient(t, { url: other.url, ca: authority.cert }).page(everything, 1, never))
  t.same(other.proofs, [false], 'a proof for another certificate')
})

t.test('Digest and Basic: one probe, then no more', async (t) => {
  const asked: (string | undefined)[] = []
  let nonce = 'one'
  const http = createServer((request, answer) => {
    const { authorization } = request.headers
    asked.push(authorization?.replace(/ .*/, ''))
    const known = authorization?.includes(`nonce="${nonce}"`) || authorization?.startsWith('Basic')
    const stale = authorization === undefined ? '' : ', stale=true'
    const offers = [`Digest realm="r", qop="auth", nonce="${nonce}"${stale}`, 'Basic realm="r"']
    const headers = known ? { 'content-type': 'application/json' } : { 'www-authenticate': offers }
    request.resume().on('end', () => {
      answer.writeHead(known ? 200 : 401, headers).end('{"ActivityRecordList":[]}')
    })
  })
  await new Promise<void>((resolve) => http.listen(0, '127.0.0.1', resolve))
  t.teardown(() => http.closeAllConnections())
  t.teardown(() => http.close())
  const url = `http://127.0.0.1:${(http.address() as AddressInfo).port}`
  const client = apiClient(t, { url })
  await client.page(everything, 1, never)
  await client.page(withMark, 1, never)
  t.same(asked.splice(0), [undefined, 'Digest', 'Digest'])
  nonce = 'two'
  await client.page(withMark, 1, never)
  t.same(asked.splice(0), ['Digest', 'Digest'], 'a stale nonce')
  t.equal(client.login, 'Digest')
  const basic = apiClient(t, { url, auth: 'basic' })
  await basic.page(withMark, 1, never)
  t.same(asked.splice(0), ['Basic'], 'by hand without asking')
  t.match(basic.login, /^Basic; the password crosses the network in clear text/)
})

/** Neither password nor token is anywhere in the error, its causes and hidden fields. */
function noSecret(t: Test, thrown: unknown, password = 'p4ss:wörd'): void {
  const shown = inspect(thrown, { depth: Infinity, showHidden: true }) + JSON.stringify(thrown)
  t.notOk(shown.includes(password), 'no password in the error')
  t.notMatch(shown, /TlRMTVNT|authorization: /i, 'no token in the error')
}

/**
 * Logins at real servers: Apache with mod_auth_gssapi (NTLM by gss-ntlmssp, Kerberos by a KDC of the
 * test's own) and with mod_auth_digest. gss-ntlmssp checks the proof and its MIC; Apache gives it no
 * channel binding to check, so that one is only shown not to be in the way.
 */
import { createHash } from 'node:crypto'
import { existsSync } from 'node:fs'
import { copyFile } from 'node:fs/promises'
import { join } from 'node:path'
import t from 'tap'
import type { Test } from 'tap'
import { hasModule, startApache } from '../helpers/apache.ts'
import type { ApacheOptions } from '../helpers/apache.ts'
import { apiClient, failure } from '../helpers/api-client.ts'
import { makeAuthority } from '../helpers/certificates.ts'
import { makeFolder } from '../helpers/daemon.ts'
import { startKdc } from '../helpers/kdc.ts'
import type { Kdc } from '../helpers/kdc.ts'
import { needs } from '../helpers/peers.ts'

const never = new AbortController().signal
const everything = { mode: 'enum' } as const
const withMark = { mode: 'enum', mark: 'a mark' } as const

/** Options of a test that needs Apache with its modules, and these programs. */
function needsApache(...names: string[]): { skip: string | false } {
  const { skip } = needs('apache2', 'setsid', ...names)
  const module = hasModule('auth_gssapi') ? false : 'mod_auth_gssapi is not installed'
  return { skip: skip || module }
}

const ntlmServer: ApacheOptions = {
  login: () => `AuthType GSSAPI
AuthName x
GssapiAllowedMech ntlmssp
GssapiConnectionBound on`,
  files: { users: 'ENTERPRISE:siem:p4ssword\n' },
  environment: (folder) => ({ NTLM_USER_FILE: `${folder}/users` }),
}
const ntlmAccount = { username: 'ENTERPRISE\\siem', password: 'p4ssword' }
const needsNtlm = existsSync('/etc/gss/mech.d/mech.ntlmssp.conf')
  ? needsApache('openssl')
  : { skip: 'gss-ntlmssp is not installed' }

t.test('NTLM', needsNtlm, async (t) => {
  const apache = await startApache(t, ntlmServer)
  const client = apiClient(t, { url: apache.url, auth: 'ntlm', ...ntlmAccount })
  const { mark } = await client.page(withMark, 1, never)
  t.equal(mark, 'ENTERPRISE/siem 8', 'let in, with the body')
  await client.page(withMark, 1, never)
  await client.page(everything, 1, never)
  t.same(await apache.requests(5), [
    '401 POST 0',
    '401 POST 0',
    '200 POST 8',
    '200 POST 8',
    '200 GET -',
  ])
})

t.test('NTLM over TLS, with the channel binding', needsNtlm, async (t) => {
  const folder = await makeFolder(t, 'apache-tls')
  const authority = await makeAuthority(folder)
  const tls = await authority.sign('auditor', { san: 'DNS:localhost' })
  const apache = await startApache(t, { ...ntlmServer, tls })
  const client = apiClient(t, { url: apache.url, ca: authority.cert, ...ntlmAccount })
  t.equal((await client.page(withMark, 1, never)).mark, 'ENTERPRISE/siem 8')
  t.match(client.login, /^NTLM; .*no Kerberos ticket/, 'what auto finds, as there is no ticket')
})

t.test('NTLM with a wrong password', needsNtlm, async (t) => {
  const apache = await startApache(t, ntlmServer)
  const wrong = { ...ntlmAccount, password: 'wrong' }
  const client = apiClient(t, { url: apache.url, auth: 'ntlm', ...wrong })
  t.match(await failure(client.page(withMark, 1, never)), { code: 'unauthorized', message: /NTLM/ })
  t.same(await apache.requests(3), ['401 POST 0', '401 POST 0', '401 POST 8'], 'tried once')
})

const needsKdc = needsApache('krb5kdc', 'kdb5_util', 'kadmin.local', 'kinit')
const hasKerberos = existsSync(new URL(import.meta.resolve('kerberos')))
const kerberos = hasKerberos ? needsKdc : { skip: 'the package kerberos is not installed' }

async function kerberosServer(t: Test, kdc: Kdc, more = '') {
  const service = await kdc.keytab('HTTP/localhost')
  return startApache(t, {
    login: () => `AuthType GSSAPI
AuthName x
GssapiAllowedMech krb5
GssapiCredStore keytab:${service}
${more}`,
    environment: () => kdc.environment,
  })
}

/** A realm, and this process in it. Tickets outlive it in memory: each test has users of its own. */
async function realm(t: Test): Promise<Kdc> {
  const before = process.env['KRB5_CONFIG']
  const kdc = await startKdc(t)
  process.env['KRB5_CONFIG'] = kdc.environment['KRB5_CONFIG']
  t.teardown(() => {
    if (before === undefined) delete process.env['KRB5_CONFIG']
    else process.env['KRB5_CONFIG'] = before
  })
  return kdc
}

t.test('Kerberos', kerberos, async (t) => {
  const kdc = await realm(t)
  const apache = await kerberosServer(t, kdc)
  const keytab = await kdc.keytab('siem')
  const account = { username: 'siem@enterprise.test', password: null, auth: 'negotiate' as const }
  const by = (tickets: { keytab?: string; credentialCache?: string }) => {
    const places = { keytab: null, credentialCache: null, ...tickets }
    return apiClient(t, { url: apache.url, ...account, tickets: places })
  }

  const client = by({ keytab })
  t.equal((await client.page(withMark, 1, never)).mark, 'siem@ENTERPRISE.TEST 8', 'by a keytab')
  t.equal(client.login, 'Negotiate (Kerberos)')
  await client.page(withMark, 1, never)
  await client.page(withMark, 1, never)
  // This server wants a ticket with every request, which is noticed once.
  const due = ['401 POST 0', '200 POST 8', '401 POST 8', '200 POST 8', '200 POST 8']
  t.same(await apache.requests(5), due)

  const credentialCache = await kdc.ticket('siem', keytab)
  const cached = by({ credentialCache })
  t.equal((await cached.page(everything, 1, never)).mark, 'siem@ENTERPRISE.TEST 0', 'by a cache')

  const other = await kdc.keytab('other')
  const mixed = apiClient(t, {
    ...{ url: apache.url, ...account, username: 'nobody' },
    tickets: { keytab: other, credentialCache: null },
  })
  t.match(
    await failure(mixed.page(everything, 1, never)),
    { code: 'unauthorized', message: /no Kerberos ticket of nobody for HTTP\/localhost/ },
    'a key of somebody else',
  )
  const both = apiClient(t, {
    ...{ url: apache.url, ...account, username: 'other' },
    tickets: { keytab: other, credentialCache: null },
  })
  t.equal((await both.page(everything, 1, never)).mark, 'other@ENTERPRISE.TEST 0')
  t.equal((await client.page(everything, 1, never)).mark, 'siem@ENTERPRISE.TEST 0', 'each its own')
})

t.test('Kerberos on a connection that stays logged in, chosen by auto', kerberos, async (t) => {
  const kdc = await realm(t)
  const apache = await kerberosServer(t, kdc, 'GssapiConnectionBound on')
  const tickets = { keytab: await kdc.keytab('auditor'), credentialCache: null }
  const client = apiClient(t, { url: apache.url, username: 'ENTERPRISE\\auditor', tickets })
  t.equal((await client.page(everything, 1, never)).mark, 'auditor@ENTERPRISE.TEST 0')
  await client.page(withMark, 1, never)
  t.same(await apache.requests(3), ['401 GET -', '200 GET -', '200 POST 8'])
})

t.test('Kerberos for a name that the realm does not know', kerberos, async (t) => {
  const kdc = await realm(t)
  const apache = await kerberosServer(t, kdc)
  const url = apache.url.replace('localhost', '127.0.0.1')
  const tickets = { keytab: await kdc.keytab('stranger'), credentialCache: null }
  const client = apiClient(t, { url, username: 'stranger', tickets, auth: 'negotiate' })
  t.match(await failure(client.page(everything, 1, never)), {
    code: 'unauthorized',
    message: /no Kerberos ticket of stranger for HTTP\/127\.0\.0\.1 \(.*not found/,
  })
})

t.test('a ticket that the server refuses', kerberos, async (t) => {
  const kdc = await realm(t)
  const apache = await startApache(t, {
    files: { users: 'ENTERPRISE:late:p4ssword\n' },
    login: () => `AuthType GSSAPI
AuthName x
GssapiAllowedMech krb5
GssapiAllowedMech ntlmssp
GssapiConnectionBound on`,
    environment: (folder) => ({
      ...kdc.environment,
      ...ntlmServer.environment?.(folder),
      KRB5_KTNAME: `${folder}/other.keytab`,
    }),
    prepare: async (folder) => {
      // The key was changed since: the service's tickets are for another one.
      await copyFile(await kdc.keytab('HTTP/localhost'), join(folder, 'other.keytab'))
      await kdc.keytab('HTTP/localhost')
    },
  })
  const tickets = { keytab: await kdc.keytab('late'), credentialCache: null }
  const byHand = apiClient(t, { url: apache.url, username: 'late', tickets, auth: 'negotiate' })
  t.match(await failure(byHand.page(everything, 1, never)), {
    code: 'unauthorized',
    message:
      /401 to late \(Negotiate: Key version .*\): the Kerberos ticket was refused: check both clocks/,
  })
  const account = { username: 'ENTERPRISE\\late', password: 'p4ssword' }
  const client = apiClient(t, { url: apache.url, ...account, tickets })
  t.equal((await client.page(withMark, 1, never)).mark, 'ENTERPRISE/late 8')
  t.match(
    client.login,
    /^NTLM; .* the server refused the Kerberos ticket \(Key version/,
    'auto goes on',
  )
})

t.test('Digest', needsApache(), async (t) => {
  const hash = createHash('md5').update('siem:audit realm:p4ss:wörd').digest('hex')
  const apache = await startApache(t, {
    login: (folder) => `AuthType Digest
AuthName "audit realm"
AuthDigestProvider file
AuthUserFile ${folder}/users`,
    files: { users: `siem:audit realm:${hash}\n` },
  })
  const client = apiClient(t, { url: apache.url, username: 'siem' })
  t.equal((await client.page(withMark, 1, never)).mark, 'siem 8')
  await client.page(everything, 1, never)
  t.same(await apache.requests(3), ['401 POST 0', '200 POST 8', '200 GET -'])
  t.equal(client.login, 'Digest')
  const wrong = apiClient(t, { url: apache.url, username: 'siem', password: 'wrong' })
  t.match(await failure(wrong.page(everything, 1, never)), { message: /401 to siem \(Digest\)/ })
  t.same((await apache.requests(5)).slice(3), ['401 GET -', '401 GET -'], 'tried once')
})

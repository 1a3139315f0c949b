/**
 * What is said of a server whose certificate is not trusted: whose it is, whom `tls.ca` has, and the
 * cure of what is wrong with this one.
 */
import { once } from 'node:events'
import { createServer } from 'node:tls'
import type { AddressInfo } from 'node:net'
import t from 'tap'
import { connector, openSocket } from '../../src/http/connection.ts'
import type { TlsOptions } from '../../src/io/tls.ts'
import { makeAuthority, makeSelfSigned, pem } from '../helpers/certificates.ts'
import type { Certificate } from '../helpers/certificates.ts'
import { needs } from '../helpers/peers.ts'
import { plainTls } from '../helpers/plain-tls.ts'

const peer = { server: 'the server', port: '', services: 'its services', kept: '' }

/** Why a connection to one with this certificate is not made; '' when it is. */
async function said(shown: Certificate, tls: Partial<TlsOptions>): Promise<string> {
  const server = createServer({ cert: await pem(shown.cert), key: await pem(shown.key) })
  server.on('tlsClientError', () => {}).listen(0, '127.0.0.1')
  await once(server, 'listening')
  const url = new URL(`https://127.0.0.1:${(server.address() as AddressInfo).port}`)
  try {
    const way = { tls: { ...plainTls, ...tls }, place: 'sources.api', peer }
    const socket = await openSocket(await connector(url, way), url)
    socket.destroy()
    return ''
  } catch (thrown) {
    return (thrown as Error).message
  } finally {
    server.close()
  }
}

t.test('each with its cause and its cure', needs('openssl'), async (t) => {
  const right = await makeAuthority(t.testdir(), 'Right CA')
  const wrong = await makeAuthority(t.testdirName, 'Wrong CA')
  const server = await right.sign('server')
  t.equal(await said(server, { ca: right.cert }), '')
  t.match(
    await said(server, { ca: wrong.cert }),
    /: the certificate is of “CN=Right CA”, which is not trusted \(.*\): CN=server .*, SHA-256 \S+ If that is the certificate on the server, correct tls\.ca \(it holds “CN=Wrong CA”\) to its CA file, or set tls\.fingerprint to this fingerprint$/,
  )
  t.match(await said(server, {}), /which is not trusted .* set tls\.ca to its CA file, or set/)
  const bundle = `${await pem(wrong.cert)}\n`.repeat(5)
  t.match(await said(server, { ca: bundle }), /“CN=Wrong CA”, and 2 more\) to its CA file/)
  const own = await makeSelfSigned(t.testdirName, 'own')
  t.match(
    await said(own, {}),
    /not trusted, as it is self-signed \(DEPTH_ZERO_SELF_SIGNED_CERT\): .* set tls\.ca to its CA file/,
  )
  const elsewhere = await right.sign('elsewhere', { san: 'DNS:elsewhere.example' })
  t.match(
    await said(elsewhere, { ca: right.cert }),
    /as it is for another name .*set tls\.servername to that name, or set tls\.fingerprint/,
  )
  const ended = await right.sign('ended', { days: -1 })
  t.match(
    await said(ended, { ca: right.cert }),
    /as it has expired .*renew it there and check this machine’s clock, or set tls\.fingerprint/,
  )
})

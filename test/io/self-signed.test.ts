import { execFileSync } from 'node:child_process'
import { createPrivateKey, X509Certificate } from 'node:crypto'
import { readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { connect, createServer } from 'node:tls'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import t from 'tap'
import {
  findSelfSigned,
  lackedNames,
  makeSelfSigned,
  namesOf,
  selfSigned,
} from '../../src/io/self-signed.ts'
import { needs } from '../helpers/peers.ts'

const names = ['cefline.example.com', '127.0.0.1', '::1', '2001:db8::7:0:1']

t.test('what it says of itself', async (t) => {
  const { cert, key } = await makeSelfSigned(names)
  const certificate = new X509Certificate(cert)
  t.equal(certificate.subject, 'CN=cefline.example.com')
  t.equal(certificate.issuer, certificate.subject)
  t.ok(certificate.verify(certificate.publicKey), 'it signs itself')
  t.ok(certificate.checkPrivateKey(createPrivateKey(key)))
  t.equal(certificate.ca, false)
  for (const address of names.slice(1)) t.ok(certificate.checkIP(address), address)
  t.ok(certificate.checkHost('cefline.example.com'))
  t.notOk(certificate.checkHost('other.example.com'))
  t.strictSame(certificate.keyUsage, ['1.3.6.1.5.5.7.3.1'])
})

t.test('a name longer than a subject may be', async (t) => {
  const long = `${'a'.repeat(60)}.${'b'.repeat(60)}.example.com`
  t.ok(new X509Certificate((await makeSelfSigned([long])).cert).checkHost(long))
})

t.test('openssl reads it', needs('openssl'), async (t) => {
  const folder = t.testdir({ 'c.pem': (await makeSelfSigned(names)).cert })
  const path = join(folder, 'c.pem')
  const verified = execFileSync('openssl', ['verify', '-x509_strict', '-CAfile', path, path])
  t.match(verified.toString(), /: OK/)
  const text = execFileSync('openssl', ['x509', '-in', path, '-noout', '-text']).toString()
  t.match(text, /TLS Web Server Authentication/)
  t.match(text, /IP Address:2001:DB8:0:0:0:7:0:1/)
})

t.test('it is kept, and made anew when it is damaged', async (t) => {
  const folder = join(t.testdir({}), 'new')
  t.equal(await findSelfSigned(folder), undefined)
  const first = await selfSigned(folder, names)
  t.equal(first.made, true)
  t.equal(statSync(folder).mode & 0o777, 0o700)
  t.equal(statSync(join(folder, 'certificate-and-key.pem')).mode & 0o777, 0o600)
  t.notMatch(readFileSync(first.path, 'utf8'), /PRIVATE/)
  const second = await selfSigned(folder, ['another'])
  t.match(second, { made: false, fingerprint: first.fingerprint })
  t.strictSame(readdirSync(folder).sort(), ['certificate-and-key.pem', 'certificate.pem'])
  writeFileSync(join(folder, 'certificate-and-key.pem'), 'torn')
  const third = await selfSigned(folder, names)
  t.equal(third.made, true)
  t.not(third.fingerprint, first.fingerprint)
  t.equal(readFileSync(third.path, 'utf8'), third.cert)
})

t.test('one that cannot be read now is not replaced', async (t) => {
  const folder = t.testdir({ 'certificate-and-key.pem': {} })
  await t.rejects(selfSigned(folder, names), { code: 'EISDIR' })
  t.strictSame(readdirSync(folder), ['certificate-and-key.pem'])
})

t.test('names that it lacks', async (t) => {
  const { cert } = await makeSelfSigned([...names, '*.lab.example.com'])
  t.strictSame(lackedNames(cert, [...names, '*.lab.example.com', 'a.lab.example.com']), [])
  t.strictSame(namesOf(cert).slice(0, 2), ['cefline.example.com', '127.0.0.1'])
  t.strictSame(lackedNames(cert, ['127.0.0.2', 'x.example.com']), ['127.0.0.2', 'x.example.com'])
})

t.test('a client that has it as its only authority', async (t) => {
  const { cert, key } = await makeSelfSigned(names)
  const server = createServer({ cert, key }, (socket) => socket.end('hello'))
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done))
  const { port } = server.address() as AddressInfo
  const socket = connect({ host: '127.0.0.1', port, ca: cert })
  let text = ''
  for await (const chunk of socket) text += String(chunk)
  t.equal(text, 'hello')
  t.equal(socket.authorized, true)
  await new Promise((done) => server.close(done))
})

import { execFileSync } from 'node:child_process'
import { createHash, X509Certificate } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { ntlmChannelBinding, serverEndPoint } from '../../../src/netwrix/auth/channel-binding.ts'
import { needs } from '../../helpers/peers.ts'

t.test('the hash is that of the certificate’s signature', needs('openssl'), async (t) => {
  const folder = t.testdir()
  const ec = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:secp384r1']
  const rsa = ['-newkey', 'rsa:2048']
  const pss = [...rsa, '-sigopt', 'rsa_padding_mode:pss']
  const table: [name: string, key: string[], digest: string, hash: string | undefined][] = [
    ['ECDSA with SHA-256', ec, '-sha256', 'sha256'],
    ['ECDSA with SHA-384', ec, '-sha384', 'sha384'],
    ['ECDSA with SHA-1', ec, '-sha1', 'sha256'],
    ['RSA with SHA-1', rsa, '-sha1', 'sha256'],
    ['RSA with SHA-512', rsa, '-sha512', 'sha512'],
    ['RSASSA-PSS with SHA-256', pss, '-sha256', 'sha256'],
    ['RSASSA-PSS with SHA-384', pss, '-sha384', 'sha384'],
    ['Ed25519', ['-newkey', 'ed25519'], '-sha256', undefined],
  ]
  for (const [name, key, digest, hash] of table) {
    const file = join(folder, 'cert.pem')
    const fixed = ['req', '-x509', '-nodes', '-subj', '/CN=a', '-keyout', join(folder, 'key.pem')]
    execFileSync('openssl', [...fixed, '-out', file, ...key, digest], { stdio: 'ignore' })
    const { raw } = new X509Certificate(readFileSync(file))
    const due = hash === undefined ? undefined : createHash(hash).update(raw).digest()
    t.same(serverEndPoint(raw), due, name)
    const none = Buffer.alloc(16)
    t.equal(ntlmChannelBinding(raw).equals(none), hash === undefined, name)
  }
})

t.test('nothing to bind to', async (t) => {
  t.same(ntlmChannelBinding(undefined), Buffer.alloc(16))
  for (const damaged of ['', '30', '3082', '308201', '30030201']) {
    t.equal(serverEndPoint(Buffer.from(damaged, 'hex')), undefined)
  }
})

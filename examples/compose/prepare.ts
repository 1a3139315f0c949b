/**
 * What docker-compose.yaml wants before its services start: certificates of an authority of its own, a
 * token for the status page, and folders that a container's user and you may both write to.
 *
 *     node prepare.ts CERTIFICATES NAME[,NAME…] [FOLDER…]
 *
 * What is there already stays as it is. It is for trials: the authority's key is thrown away, and the
 * certificates are good for a year.
 */
import { randomBytes, webcrypto } from 'node:crypto'
import { chmodSync, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { isIP } from 'node:net'
import { join } from 'node:path'
import * as x509 from '@peculiar/x509'

const [, , folder = '', names = '', ...shared] = process.argv
const algorithm = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' } as const
const year = 365 * 86_400_000

mkdirSync(folder, { recursive: true })
if (!existsSync(join(folder, 'server.pem'))) await makeCertificates(names.split(','))
const tokenFile = join(folder, 'status-token')
// Readable by Cefline's user: the folder is a volume that only these services have.
if (!existsSync(tokenFile)) writeFileSync(tokenFile, `${randomBytes(16).toString('hex')}\n`)
for (const path of shared) {
  mkdirSync(path, { recursive: true })
  chmodSync(path, 0o777)
}
const token = readFileSync(tokenFile, 'utf8').trim()
console.log(`The status page is http://127.0.0.1:8514/ and its password ${token} (any user name).`)

async function makeCertificates(servers: string[]): Promise<void> {
  const validity = {
    notBefore: new Date(Date.now() - 60_000),
    notAfter: new Date(Date.now() + year),
  }
  const authorityKeys = await newKeys()
  const authority = await x509.X509CertificateGenerator.createSelfSigned({
    ...validity,
    name: 'CN=Cefline trial authority',
    keys: authorityKeys,
    signingAlgorithm: algorithm,
    extensions: [
      new x509.BasicConstraintsExtension(true, 0, true),
      new x509.KeyUsagesExtension(x509.KeyUsageFlags.keyCertSign, true),
    ],
  })
  const keys = await newKeys()
  const server = await x509.X509CertificateGenerator.create({
    ...validity,
    subject: `CN=${servers[0]}`,
    issuer: authority.subject,
    publicKey: keys.publicKey,
    signingKey: authorityKeys.privateKey,
    signingAlgorithm: algorithm,
    extensions: [
      new x509.KeyUsagesExtension(x509.KeyUsageFlags.digitalSignature, true),
      new x509.ExtendedKeyUsageExtension([x509.ExtendedKeyUsage.serverAuth]),
      new x509.SubjectAlternativeNameExtension(
        servers.map((value) => ({ type: isIP(value) === 0 ? 'dns' : 'ip', value })),
      ),
    ],
  })
  const key = await webcrypto.subtle.exportKey('pkcs8', keys.privateKey)
  writeFileSync(join(folder, 'ca.pem'), `${authority.toString('pem')}\n`)
  writeFileSync(join(folder, 'server.key'), `${x509.PemConverter.encode(key, 'PRIVATE KEY')}\n`, {
    mode: 0o600,
  })
  // Last: it says that all are there.
  writeFileSync(join(folder, 'server.pem'), `${server.toString('pem')}\n`)
}

async function newKeys(): Promise<webcrypto.CryptoKeyPair> {
  return webcrypto.subtle.generateKey(algorithm, true, ['sign', 'verify'])
}

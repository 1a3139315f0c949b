/**
 * A server's certificate that it made itself (X.509 v3, RFC 5280; ECDSA on P-256), for one whose
 * clients are told which it is: by its file as their only authority, or by its fingerprint.
 *
 * It is kept, with its key, in one file that is written whole or not at all and that only its owner
 * may read; `certificate.pem` beside it is for the clients. It stays the same until it is within a day
 * of its end, damaged or removed, for everyone who pinned it must be told of another one.
 */
import { createPrivateKey, KeyObject, randomBytes, webcrypto, X509Certificate } from 'node:crypto'
import { readFile, rename, rm, writeFile } from 'node:fs/promises'
import { isIP } from 'node:net'
import { join } from 'node:path'
import { makeFolder } from './make-folder.ts'
import { errnoOf } from './regular-file.ts'

export interface SelfSigned {
  /** PEM. */
  cert: string
  key: string
  /** SHA-256, in hexadecimal with colons. */
  fingerprint: string
  /** ms since 1970. */
  notAfter: number
  /** Path of the certificate alone. */
  path: string
}

/** As long as the one that Netwrix makes for its own API. */
const validFor = 5 * 365 * 86_400_000
const day = 86_400_000

/** The certificate in this folder, or undefined when there is none that can be used. Throws what the
 * file system throws: one that cannot be read now is not to be replaced. */
export async function findSelfSigned(folder: string): Promise<SelfSigned | undefined> {
  const pem = await readFile(join(folder, ownFile), 'utf8').catch((thrown: unknown) => {
    if (['ENOENT', 'ENOTDIR'].includes(errnoOf(thrown))) return ''
    throw thrown
  })
  try {
    const certificate = new X509Certificate(pem)
    const key = createPrivateKey(pem)
    const notAfter = Date.parse(certificate.validTo)
    if (!certificate.checkPrivateKey(key) || !(notAfter > Date.now() + day)) return undefined
    const cert = certificate.toString()
    const keyPem = key.export({ type: 'pkcs8', format: 'pem' }) as string
    return {
      cert,
      key: keyPem,
      fingerprint: certificate.fingerprint256,
      notAfter,
      path: publicPath(folder),
    }
  } catch {
    return undefined
  }
}

/** That certificate, else a new one for these names and addresses, the first of them its subject.
 * Throws what the file system throws. */
export async function selfSigned(
  folder: string,
  names: readonly string[],
): Promise<SelfSigned & { made: boolean }> {
  const before = await findSelfSigned(folder)
  const { cert, key } = before ?? (await makeSelfSigned(names))
  await makeFolder(folder, 0o700)
  if (!before) await replace(join(folder, ownFile), key + cert, 0o600)
  await replace(publicPath(folder), cert, 0o644)
  const certificate = new X509Certificate(cert)
  const { fingerprint256: fingerprint, validTo } = certificate
  return {
    ...{ cert, key, fingerprint, notAfter: Date.parse(validTo) },
    ...{ path: publicPath(folder), made: !before },
  }
}

/** The names and addresses that the certificate is for. */
export function namesOf(cert: string): string[] {
  const { subjectAltName = '' } = new X509Certificate(cert)
  return subjectAltName.split(', ').map((name) => name.replace(/^(?:DNS|IP Address):/, ''))
}

/** Those of the names and addresses that the certificate is not for. */
export function lackedNames(cert: string, names: readonly string[]): string[] {
  const certificate = new X509Certificate(cert)
  return names.filter((name) => {
    if (isIP(name) !== 0) return certificate.checkIP(name) === undefined
    return certificate.checkHost(name.replace(/^\*(?=\.)/, 'any')) === undefined
  })
}

/** A new certificate and its key, as PEM. */
export async function makeSelfSigned(
  names: readonly string[],
  now = Date.now(),
): Promise<{ cert: string; key: string }> {
  // Loaded by the few who make a certificate: it takes longer than the rest of a start.
  const x509 = await import('@peculiar/x509')
  const algorithm = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' }
  const keys = await webcrypto.subtle.generateKey(algorithm, true, ['sign', 'verify'])
  const alternatives = names.map((value) => {
    return { type: isIP(value) === 0 ? ('dns' as const) : ('ip' as const), value }
  })
  const certificate = await x509.X509CertificateGenerator.createSelfSigned({
    // RFC 5280 allows a common name 64 characters.
    name: [{ CN: [(names[0] ?? 'cefline').slice(0, 64)] }],
    // A clock that is somewhat slow must not refuse it.
    notBefore: new Date(now - day),
    notAfter: new Date(now + validFor),
    signingAlgorithm: algorithm,
    keys,
    extensions: [
      // No authority, so what its key signs is worth nothing.
      new x509.BasicConstraintsExtension(false, undefined, true),
      new x509.KeyUsagesExtension(x509.KeyUsageFlags.digitalSignature, true),
      new x509.ExtendedKeyUsageExtension([x509.ExtendedKeyUsage.serverAuth]),
      new x509.SubjectAlternativeNameExtension(alternatives),
    ],
  })
  const key = KeyObject.from(keys.privateKey)
  return {
    cert: `${certificate.toString('pem')}\n`,
    key: key.export({ type: 'pkcs8', format: 'pem' }) as string,
  }
}

const ownFile = 'certificate-and-key.pem'

function publicPath(folder: string): string {
  return join(folder, 'certificate.pem')
}

async function replace(path: string, text: string, mode: number): Promise<void> {
  const written = `${path}.${randomBytes(6).toString('hex')}.tmp`
  try {
    await writeFile(written, text, { mode, flag: 'wx', flush: true })
    await rename(written, path)
  } catch (thrown) {
    await rm(written, { force: true })
    throw thrown
  }
}

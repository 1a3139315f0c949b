/**
 * Channel binding: a login that is tied to the server's certificate, so that one who sits in between
 * cannot pass it on. Windows calls it extended protection and may demand it.
 *
 * Source: RFC 5929 section 4 (`tls-server-end-point`), MS-NLMP section 2.2.2.1 (MsvAvChannelBindings).
 */
import { createHash } from 'node:crypto'

/** Hashes by the object identifier of a signature (RFC 4055, 5758, 8017), in hexadecimal. */
const signatures: Record<string, string> = {
  // RSA, PKCS #1 1.5. RFC 5929 takes SHA-256 where the signature has MD5 or SHA-1.
  '2a864886f70d010104': 'sha256',
  '2a864886f70d010105': 'sha256',
  '2a864886f70d01010b': 'sha256',
  '2a864886f70d01010c': 'sha384',
  '2a864886f70d01010d': 'sha512',
  '2a864886f70d01010e': 'sha224',
  // ECDSA
  '2a8648ce3d0401': 'sha256',
  '2a8648ce3d040301': 'sha224',
  '2a8648ce3d040302': 'sha256',
  '2a8648ce3d040303': 'sha384',
  '2a8648ce3d040304': 'sha512',
}

/** RSASSA-PSS: the hash is among its parameters. */
const pss = '2a864886f70d01010a'
const hashes: Record<string, string> = {
  '2b0e03021a': 'sha256',
  '608648016503040204': 'sha224',
  '608648016503040201': 'sha256',
  '608648016503040202': 'sha384',
  '608648016503040203': 'sha512',
}

/** MD5 of the binding, as NTLM carries it; 16 zeros, "none", without TLS or for a signature that
 * RFC 5929 has no hash for (Ed25519). */
export function ntlmChannelBinding(certificate: Buffer | undefined): Buffer {
  const endPoint = certificate && serverEndPoint(certificate)
  if (!endPoint) return Buffer.alloc(16)
  const data = Buffer.concat([Buffer.from('tls-server-end-point:'), endPoint])
  // gss_channel_bindings_struct: two addresses of type and length 0, then the data with its length.
  const head = Buffer.alloc(20)
  head.writeUInt32LE(data.length, 16)
  return createHash('md5').update(head).update(data).digest()
}

/** The certificate's hash by its own signature's hash. */
export function serverEndPoint(certificate: Buffer): Buffer | undefined {
  const hash = signatureHash(certificate)
  return hash === undefined ? undefined : createHash(hash).update(certificate).digest()
}

/** Certificate ::= SEQUENCE { tbsCertificate, signatureAlgorithm SEQUENCE { OID, … }, … } */
function signatureHash(certificate: Buffer): string | undefined {
  try {
    const whole = element(certificate, 0)
    const signed = element(certificate, whole.start)
    const algorithm = element(certificate, signed.end)
    const identifier = element(certificate, algorithm.start)
    const name = certificate.toString('hex', identifier.start, identifier.end)
    if (name !== pss) return signatures[name]
    // RSASSA-PSS-params ::= SEQUENCE { [0] hashAlgorithm SEQUENCE { OID }, … }, default SHA-1.
    const parameters = element(certificate, identifier.end)
    if (parameters.start === parameters.end) return 'sha256'
    const tagged = element(certificate, parameters.start)
    if (tagged.tag !== 0xa0) return 'sha256'
    const { start, end } = element(certificate, element(certificate, tagged.start).start)
    return hashes[certificate.toString('hex', start, end)]
  } catch {
    return undefined
  }
}

/** One element of DER: where its content is. Throws beyond the end. */
function element(bytes: Buffer, at: number): { tag: number; start: number; end: number } {
  const tag = bytes.readUInt8(at)
  const first = bytes.readUInt8(at + 1)
  const size = first < 0x80 ? 0 : first & 0x7f
  const length = size === 0 ? first : bytes.readUIntBE(at + 2, size)
  const start = at + 2 + size
  return { tag, start, end: start + length }
}

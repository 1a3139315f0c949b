/**
 * The certificates that a TLS connection rests on, for whoever watches when they end.
 */
import type { X509Certificate } from 'node:crypto'
import type { TLSSocket } from 'node:tls'
import type { Certificate } from '../core.ts'
import { certificatesOf, peerCertificate } from './tls.ts'
import type { TlsFiles } from './tls.ts'

/** The peer's, and the one that is shown to it where there is one. */
export function certificatesOn(socket: TLSSocket, files: TlsFiles): Certificate[] {
  const peer = peerCertificate(socket)
  return [...(peer ? [described('peer', peer)] : []), ...ownCertificates(files)]
}

/** The one that is shown; none without. */
export function ownCertificates({ cert }: TlsFiles): Certificate[] {
  const [own] = cert === undefined ? [] : certificatesOf(cert, 'tls.cert')
  return own ? [described('own', own)] : []
}

function described(whose: Certificate['whose'], certificate: X509Certificate): Certificate {
  const { subject, issuer, validTo, fingerprint256: fingerprint } = certificate
  const oneLine = (name: string) => name.replaceAll('\n', ', ')
  return {
    whose,
    subject: oneLine(subject),
    issuer: oneLine(issuer),
    validTo: Date.parse(validTo),
    fingerprint,
  }
}

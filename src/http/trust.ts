/**
 * Whether a server is the one that is meant, decided before a byte of ours is sent: the first request
 * carries the password or token.
 *
 * The connection is made with OpenSSL's and Node's own checks, whose verdict is in
 * `socket.authorized`; it is judged here and not there so that the error can show the fingerprint
 * of a certificate that is not trusted. That is the usual case: products make their own
 * self-signed one at installation and after a migration.
 */
import type { TLSSocket } from 'node:tls'
import type { CeflineError } from '../error.ts'
import { asCefline, error } from '../error.ts'
import { checkFingerprint, peerCertificate } from '../io/tls.ts'
import type { TlsOptions } from '../io/tls.ts'
import { authoritiesIn, authorityCure, isUntrusted, nameOf, ofWhom } from '../io/tls-untrusted.ts'
import { printable, shorten } from '../io/printable.ts'

const reasons: Record<string, string> = {
  DEPTH_ZERO_SELF_SIGNED_CERT: 'it is self-signed',
  CERT_HAS_EXPIRED: 'it has expired',
  CERT_NOT_YET_VALID: 'it is not valid yet (or this machine’s clock is behind)',
  ERR_TLS_CERT_ALTNAME_INVALID: 'it is for another name',
}

/** `ca` is the text of `tls.ca`, `server` the peer's name in messages. Undefined when the peer is to be
 * trusted under these options, else why not and what cures it. */
export function distrust(
  socket: TLSSocket,
  tls: TlsOptions,
  ca: string | undefined,
  place: string,
  server: string,
): CeflineError | undefined {
  const certificate = peerCertificate(socket)
  if (tls.fingerprint !== null) {
    const failure = checkFingerprint(socket, tls.fingerprint)
    return failure && asCefline(failure, 'tls')
  }
  if (socket.authorized || !tls.verify) return undefined
  // Node's types say Error; it is the code of the verdict.
  const code = String(socket.authorizationError)
  const issuer = certificate && nameOf(certificate.issuer)
  const shown = { issuer, trusted: authoritiesIn(ca) }
  const isAuthoritys = isUntrusted(code) && reasons[code] === undefined
  const why = isAuthoritys ? ofWhom(shown) : `not trusted, as ${reasons[code] ?? code}`
  const cures: Record<string, string> = {
    ERR_TLS_CERT_ALTNAME_INVALID:
      'use the computer name as the certificate has it in the url, set tls.servername to that name',
    CERT_HAS_EXPIRED: 'renew it there and check this machine’s clock',
    CERT_NOT_YET_VALID: 'check the clocks of both machines',
  }
  return error(
    'tls',
    `${place}: the certificate is ${why} (${code}): ${describeCertificate(socket)}. If that is ` +
      `the certificate on ${server}, ${cures[code] ?? authorityCure(shown, 'tls.ca')}, or set ` +
      'tls.fingerprint to this fingerprint',
  )
}

/** Subject, names, last day and fingerprint, as text for a message. */
export function describeCertificate(socket: TLSSocket): string {
  const certificate = peerCertificate(socket)
  if (!certificate) return 'no certificate'
  const { subject, subjectAltName, validTo, fingerprint256 } = certificate
  const names = subjectAltName === undefined ? '' : ` (${shorten(subjectAltName, 200)})`
  const shown = `${shorten((subject ?? '').replaceAll('\n', ', '), 200)}${names}, to ${validTo}`
  return `${printable(shown)}, SHA-256 ${fingerprint256}`
}

/** Whole days until the certificate ends; undefined when there is none. */
export function daysLeft(socket: TLSSocket, now = Date.now()): number | undefined {
  const certificate = peerCertificate(socket)
  return certificate && Math.floor((Date.parse(certificate.validTo) - now) / 86_400_000)
}

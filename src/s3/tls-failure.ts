/**
 * A failed TLS handshake with a service of S3's kind, in words with a cure.
 */
import { authorityCure, isUntrusted, ofWhom } from '../io/tls-untrusted.ts'
import type { Untrusted } from '../io/tls-untrusted.ts'

/** Whether Node's code is of a handshake. */
export function isOfTls(code: string): boolean {
  return /^ERR_(TLS|SSL)|CERT|SELF_SIGNED|UNABLE_TO_|EPROTO/.test(code)
}

/** `why` is the code with OpenSSL's text, `place` the component's path in the configuration. */
export function tlsMeaning(code: string, why: string, place: string, known: Untrusted): string {
  if (isUntrusted(code)) {
    const cure = authorityCure(known, `${place}.tls.ca`)
    const aws = 'for AWS’ own, start Cefline with NODE_EXTRA_CA_CERTS'
    return `its certificate is ${ofWhom(known)} (${why}): ${cure}; ${aws}`
  }
  if (/ALTNAME_INVALID/.test(code)) {
    const cure = `correct ${place}.endpoint to a name it carries, or set ${place}.pathStyle: true`
    return `its certificate is for another name (${why}): ${cure}`
  }
  if (code === 'CERT_HAS_EXPIRED' || code === 'CERT_NOT_YET_VALID') {
    const what = code === 'CERT_HAS_EXPIRED' ? 'has expired' : 'is not valid yet'
    return `its certificate ${what} (${why}): renew it there, and check this machine’s clock`
  }
  if (/WRONG_VERSION_NUMBER|PACKET_LENGTH_TOO_LONG|wrong version number/.test(`${code} ${why}`)) {
    const cure = `use its port for TLS, or http:// in ${place}.endpoint`
    return `it does not speak TLS on this port (${why}): ${cure}`
  }
  const cure = `check ${place}.endpoint, and what cuts in on the way; TLS 1.2 is the oldest taken`
  return `the TLS handshake failed (${why}): ${cure}`
}

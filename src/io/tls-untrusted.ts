/**
 * A peer whose certificate is of an authority that is not trusted, said in one way by all that open TLS
 * connections: who issued it, and whom `tls.ca` holds. The usual cause is the CA file of another.
 */
import type { TLSSocket } from 'node:tls'
import { printable, shorten } from './printable.ts'
import { certificatesOf } from './tls.ts'

/** What is known of the certificates when the peer's is not trusted. */
export interface Untrusted {
  /** Who issued the peer's, where it was seen. */
  issuer: string | undefined
  /** Subjects of the authorities in `tls.ca`; empty without one. */
  trusted: readonly string[]
}

/** Authorities that a message names. */
const mostNames = 3

/** Whether it is this that Node's code of a failed handshake says. */
export function isUntrusted(code: string): boolean {
  return /SELF_SIGNED|UNABLE_TO_(GET_ISSUER|VERIFY)|CERT_UNTRUSTED|CERT_SIGNATURE_FAILURE/.test(
    code,
  )
}

/** `of “CN=sensor CA”, which is not trusted`. */
export function ofWhom({ issuer }: Untrusted): string {
  const by = issuer === undefined ? 'an authority that is' : `“${issuer}”, which is`
  return `of ${by} not trusted`
}

/** `set …tls.ca to its CA file`; `option` is that option's path. */
export function authorityCure({ trusted }: Untrusted, option: string): string {
  if (trusted.length === 0) return `set ${option} to its CA file`
  const named = trusted.slice(0, mostNames).map((one) => `“${one}”`)
  const more = trusted.length - named.length
  const all = more > 0 ? [...named, `and ${more} more`] : named
  return `correct ${option} (it holds ${all.join(', ')}) to its CA file`
}

/** The subjects in the text of `tls.ca`. */
export function authoritiesIn(ca: string | undefined): string[] {
  if (ca === undefined) return []
  return certificatesOf(ca, 'tls.ca').map(({ subject }) => nameOf(subject))
}

/** A name of X.509, as Node gives it in lines, in one. */
export function nameOf(name: string): string {
  return shorten(printable(name.replaceAll('\n', ', ')), 200)
}

/** Asks what is known. The certificate is looked at when the handshake is over: one that is not trusted
 * is gone from the connection by the time that the error comes. */
export function watchUntrusted(secure: TLSSocket, ca: string | undefined): () => Untrusted {
  let issuer = ''
  secure.prependOnceListener('secure', () => {
    // Not as `peerCertificate` does, which on Node 20 takes it away from the check of its name.
    const parts = Object.entries(secure.getPeerCertificate().issuer ?? {})
    issuer = parts.map(([key, value]) => `${key}=${[value].flat().join('+')}`).join(', ')
  })
  return () => {
    return { issuer: issuer === '' ? undefined : nameOf(issuer), trusted: authoritiesIn(ca) }
  }
}

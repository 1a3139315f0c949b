/**
 * TLS files and certificates in words, for `cefline check`.
 */
import type { X509Certificate } from 'node:crypto'
import { certificatesOf, readTls } from './tls.ts'
import type { TlsOptions } from './tls.ts'

const day = 86_400_000
/** A certificate that ends within these days is worth a word. */
const soon = 30

/** What the options name, read and proved; throws `config` as `readTls` does. */
export async function describeTlsFiles(tls: TlsOptions, place: string): Promise<string> {
  const files = await readTls(tls, place)
  const seen: string[] = []
  if (files.ca !== undefined) {
    seen.push(`${certificatesOf(files.ca, `${place}.ca`).length} of your authorities`)
  }
  const [client] = files.cert === undefined ? [] : certificatesOf(files.cert, `${place}.cert`)
  if (client) {
    seen.push(`client certificate ${client.subject.replaceAll('\n', ', ')}, ${expiry(client)}`)
  }
  if (tls.fingerprint !== null) seen.push('a pinned fingerprint')
  return seen.join('; ') || 'the system’s authorities, no client certificate'
}

export function expiry(certificate: X509Certificate): string {
  const days = Math.floor((Date.parse(certificate.validTo) - Date.now()) / day)
  if (days < 0) return `EXPIRED ${counted(-days)} ago`
  return `${counted(days)} to its expiry${days < soon ? ': RENEW IT' : ''}`
}

function counted(days: number): string {
  return `${days} day${days === 1 ? '' : 's'}`
}

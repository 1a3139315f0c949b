/**
 * TLS files and certificates in words, for `cefline check`.
 */
import type { X509Certificate } from 'node:crypto'
import type { Seen } from './check-step.ts'
import { certificatesOf, readTls } from './tls.ts'
import type { TlsOptions } from './tls.ts'

const day = 86_400_000
/** A certificate that ends within these days is worth a word. */
export const soon = 30

/** What the options name, read and proved; throws `config` as `readTls` does. */
export async function describeTlsFiles(tls: TlsOptions, place: string): Promise<Seen> {
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
  return {
    detail: seen.join('; ') || 'the system’s authorities, no client certificate',
    ...(client && endsSoon(client) && { warning: true }),
  }
}

/** Whether it has ended, or is to be renewed now. */
export function endsSoon(certificate: X509Certificate): boolean {
  return daysOf(certificate) < soon
}

export function expiry(certificate: X509Certificate): string {
  const days = daysOf(certificate)
  if (days < 0) return `EXPIRED ${counted(-days)} ago`
  return `${counted(days)} to its expiry${days < soon ? ': RENEW IT' : ''}`
}

function daysOf({ validTo }: X509Certificate): number {
  return Math.floor((Date.parse(validTo) - Date.now()) / day)
}

function counted(days: number): string {
  return `${days} day${days === 1 ? '' : 's'}`
}

/** The certificates of a connection on its card: of each side the one that ends first. */
import type { Card } from './card.ts'
import { applianceNow } from './clock.ts'
import { formatNumber } from './format.ts'
import { daysLeft, daysWarned } from './health.ts'
import type { CertificateStatus } from './shapes.ts'
import { visible } from './visible.ts'

export function showCertificates(card: Card, certificates: readonly CertificateStatus[]): void {
  show(card, 'TLS peer', certificates, 'peer')
  show(card, 'Our certificate', certificates, 'own')
}

function show(
  card: Card,
  name: string,
  all: readonly CertificateStatus[],
  whose: CertificateStatus['whose'],
): void {
  const [first] = all
    .filter((certificate) => certificate.whose === whose)
    .sort((one, other) => one.validTo - other.validTo)
  if (!first) return card.optionalFact(name, undefined)
  const days = daysLeft(first.validTo, applianceNow())
  const ends = days < 0 ? 'expired' : `${formatNumber(days)} ${days === 1 ? 'day' : 'days'} left`
  const level = days < 0 ? 'bad' : days < daysWarned ? 'warn' : undefined
  card.optionalFact(name, `${first.subject} · ${ends}`, level)
  card.fact(name).title = visible(`SHA-256 ${first.fingerprint}, from ${first.issuer}`)
}

/**
 * The certificates in files of the configuration: `tls.cert` and `tls.ca` of every component.
 */
import { readFile } from 'node:fs/promises'
import type { X509Certificate } from 'node:crypto'
import type { Configuration } from '../config/load.ts'
import { certificatesOf } from '../io/tls.ts'
import type { Ending } from '../telemetry/certificate-metrics.ts'

export interface CertificateInFile extends Ending {
  /** The option's path, such as `destinations.siem.tls.cert`. */
  place: string
  subject: string
  /** SHA-256, colons between the bytes. */
  fingerprint: string
}

const options = [
  ['cert', 'own'],
  ['ca', 'authority'],
] as const

/** Of each file the one that ends first. Of authorities those that have not ended, as bundles keep old
 * ones; and of those with one subject the one that ends last, as it was renewed beside the other. */
export async function certificatesInFiles({
  sources,
  destinations,
}: Pick<Configuration, 'sources' | 'destinations'>): Promise<CertificateInFile[]> {
  const all = [
    ...sources.map((source) => ({ kind: 'sources', ...source })),
    ...destinations.map((destination) => ({ kind: 'destinations', ...destination })),
  ]
  const found = all.flatMap((component) =>
    options.map(async ([option, whose]): Promise<CertificateInFile[]> => {
      const value = (component.options['tls'] as Record<string, unknown> | undefined)?.[option]
      if (typeof value !== 'string') return []
      const ends = (await certificatesIn(value))
        .map((certificate) => ({ certificate, validTo: Date.parse(certificate.validTo) }))
        .filter(({ validTo }) => whose === 'own' || validTo > Date.now())
      ends.sort((one, other) => one.validTo - other.validTo)
      const [first] = whose === 'own' ? ends : lastOfEachSubject(ends)
      if (!first) return []
      const { certificate, validTo } = first
      const { subject, fingerprint256: fingerprint } = certificate
      const oneLine = subject.replaceAll('\n', ', ')
      const place = `${component.kind}.${component.name}.tls.${option}`
      return [{ component: component.name, whose, place, subject: oneLine, validTo, fingerprint }]
    }),
  )
  return (await Promise.all(found)).flat()
}

/** Sorted by their end as these are, the first one first. */
function lastOfEachSubject<E extends { certificate: X509Certificate }>(ends: E[]): E[] {
  const last = new Map(ends.map((end) => [end.certificate.subject, end]))
  return ends.filter((end) => last.get(end.certificate.subject) === end)
}

/** None where it cannot be read or is none: that is told by the component itself. */
async function certificatesIn(value: string): Promise<X509Certificate[]> {
  try {
    const text = value.includes('-----BEGIN') ? value : await readFile(value, 'utf8')
    return certificatesOf(text, 'tls')
  } catch {
    return []
  }
}

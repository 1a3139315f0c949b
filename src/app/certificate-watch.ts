/**
 * Looks which certificates come to their end: those that connections of destinations rest on, and
 * those in files of the configuration. The SIEM is told of each 30, 14, 7, 3 and 1 days before, and
 * when it has ended; once for each of these steps, and again after a restart.
 */
import { readFile } from 'node:fs/promises'
import type { X509Certificate } from 'node:crypto'
import type { Configuration } from '../config/load.ts'
import { certificatesOf } from '../io/tls.ts'
import type { Events } from '../telemetry/events.ts'

const day = 86_400_000
/** Days. */
const steps = [0, 1, 3, 7, 14, 30]

interface Watched {
  component: string
  /** Such as `the peer's certificate`, or the option's path. */
  what: string
  subject: string
  fingerprint: string
  /** ms since 1970 */
  validTo: number
}

export class CertificateWatch {
  readonly #events: Events
  readonly #now: () => number
  /** The step that was told last, by component and fingerprint. */
  readonly #told = new Map<string, number>()

  constructor(events: Events, now = Date.now) {
    this.#events = events
    this.#now = now
  }

  /** One look at the connections and the files. Never throws. */
  async look(configuration: Pick<Configuration, 'sources' | 'destinations'>): Promise<void> {
    for (const watched of this.#connected()) this.#look(watched)
    for (const watched of await inFiles(configuration)) this.#look(watched)
  }

  #connected(): Watched[] {
    return [...this.#events.destinations].flatMap(([component, { state }]) =>
      state.certificates.map(({ whose, ...certificate }) => {
        const what = whose === 'peer' ? 'the peer’s certificate' : 'the certificate shown to it'
        return { ...certificate, component, what }
      }),
    )
  }

  #look({ component, what, subject, fingerprint, validTo }: Watched): void {
    const left = validTo - this.#now()
    const step = steps.find((days) => left <= days * day)
    const key = `${component} ${fingerprint}`
    if (step === undefined || step >= (this.#told.get(key) ?? Infinity)) return
    this.#told.set(key, step)
    const date = new Date(validTo).toISOString().slice(0, 16)
    const when = left <= 0 ? `ended ${date}Z` : `ends ${date}Z, in ${days(left)}`
    const message = `${what} (${subject}) ${when}; renew it, a changed file is taken over by itself`
    this.#events.telling.tell('certificate-expiring', { message, component })
  }
}

function days(milliseconds: number): string {
  const whole = Math.floor(milliseconds / day)
  if (whole === 0) return 'less than a day'
  return whole === 1 ? 'a day' : `${whole} days`
}

/** Of each file the one that ends first; of authorities those that have not ended, as bundles keep
 * old ones. */
async function inFiles({
  sources,
  destinations,
}: Pick<Configuration, 'sources' | 'destinations'>): Promise<Watched[]> {
  const all = [
    ...sources.map((source) => ({ kind: 'sources', ...source })),
    ...destinations.map((destination) => ({ kind: 'destinations', ...destination })),
  ]
  const found = all.flatMap(({ kind, name, options }) =>
    ['cert', 'ca'].map(async (option): Promise<Watched[]> => {
      const value = (options['tls'] as Record<string, unknown> | undefined)?.[option]
      if (typeof value !== 'string') return []
      const ends = (await certificatesIn(value))
        .map((certificate) => ({ certificate, validTo: Date.parse(certificate.validTo) }))
        .filter(({ validTo }) => option === 'cert' || validTo > Date.now())
      const [first] = ends.sort((one, other) => one.validTo - other.validTo)
      if (!first) return []
      const { certificate, validTo } = first
      const subject = certificate.subject.replaceAll('\n', ', ')
      const what = `the certificate of ${kind}.${name}.tls.${option}`
      return [{ component: name, what, subject, validTo, fingerprint: certificate.fingerprint256 }]
    }),
  )
  return (await Promise.all(found)).flat()
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

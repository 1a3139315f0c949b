/**
 * Looks which certificates come to their end: those that connections rest on, and those in files of
 * the configuration. The SIEM is told of each 30, 14, 7, 3 and 1 days before, and
 * when it has ended; once for each of these steps, and again after a restart.
 */
import type { CertificateInFile } from './certificate-files.ts'
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
  /** Where it is not simply renewed. */
  cure?: string
}

const renewed = 'renew it, a changed file is taken over by itself'
const theirs = 'whoever runs the other side has to renew it'
/** A peer's certificate may be of another one in that file by now. */
const replaced =
  'put its successor beside it, or take it out when nobody’s certificate is of it any more'

export class CertificateWatch {
  readonly #events: Events
  readonly #now: () => number
  /** The step that was told last, by component and fingerprint. */
  readonly #told = new Map<string, number>()

  constructor(events: Events, now = Date.now) {
    this.#events = events
    this.#now = now
  }

  /** One look at these and at the connections; of one that is in both, the file is named. */
  look(files: readonly CertificateInFile[]): void {
    for (const { place, whose, ...file } of files) {
      if (whose !== 'authority') this.#look({ ...file, what: `the certificate of ${place}` })
      else this.#look({ ...file, what: `an authority in ${place}`, cure: replaced })
    }
    for (const watched of this.#connected()) this.#look(watched)
  }

  #connected(): Watched[] {
    const { sources, destinations } = this.#events
    return [...destinations, ...sources].flatMap(([component, { state }]) =>
      state.certificates.map(({ whose, ...certificate }) => {
        if (whose === 'own') return { ...certificate, component, what: 'our own certificate' }
        return { ...certificate, component, what: 'the peer’s certificate', cure: theirs }
      }),
    )
  }

  #look({ component, what, subject, fingerprint, validTo, cure = renewed }: Watched): void {
    const left = validTo - this.#now()
    const step = steps.find((days) => left <= days * day)
    const key = `${component} ${fingerprint}`
    if (step === undefined || step >= (this.#told.get(key) ?? Infinity)) return
    this.#told.set(key, step)
    const date = new Date(validTo).toISOString().slice(0, 16)
    const when = left <= 0 ? `ended ${date}Z` : `ends ${date}Z, in ${days(left)}`
    const message = `${what} (${subject}) ${when}; ${cure}`
    this.#events.telling.tell('certificate-expiring', { message, component })
  }
}

function days(milliseconds: number): string {
  const whole = Math.floor(milliseconds / day)
  if (whole === 0) return 'less than a day'
  return whole === 1 ? 'a day' : `${whole} days`
}

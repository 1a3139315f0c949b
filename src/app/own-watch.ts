/**
 * What Cefline has to look at itself to tell the SIEM of it: heartbeat, how full the spool is, and
 * certificates near their end. While nobody reads its events it looks at no more than the
 * certificates in files, for the metrics.
 */
import { certificatesInFiles } from './certificate-files.ts'
import { CertificateWatch } from './certificate-watch.ts'
import { Heartbeat } from './heartbeat.ts'
import { SpoolWatch } from './spool-watch.ts'
import type { Configuration } from '../config/load.ts'
import type { Spool } from '../core.ts'
import type { Status } from '../status/status.ts'
import type { Events } from '../telemetry/events.ts'

/** ms between two looks. */
const lookEvery = 1000
/** ms between two looks at certificates; the first connections stand before the first one. */
const certificatesEvery = 600_000
const certificatesFirst = 20_000

export interface OwnWatchOptions {
  events: Events
  spool: Pick<Spool, 'usage'>
  configuration: () => Configuration
  status: () => Status
}

export class OwnWatch {
  readonly #options: OwnWatchOptions
  readonly #heartbeat: Heartbeat
  readonly #spool: SpoolWatch
  readonly #certificates: CertificateWatch
  readonly #timers: NodeJS.Timeout[] = []

  constructor(options: OwnWatchOptions) {
    const { events, spool, configuration, status } = options
    const { telling } = events
    this.#options = options
    const every = () => configuration().own.heartbeat
    this.#heartbeat = new Heartbeat({ telling, status, every })
    this.#spool = new SpoolWatch(spool, telling)
    this.#certificates = new CertificateWatch(events)
  }

  start(): void {
    const look = () => void this.lookAtCertificates()
    this.#timers.push(
      setInterval(() => this.look(), lookEvery).unref(),
      setTimeout(look, certificatesFirst).unref(),
      setInterval(look, certificatesEvery).unref(),
    )
  }

  /** One look at the time and the spool. */
  look(): void {
    if (!this.#options.events.own.isRead) return
    try {
      this.#spool.look()
      this.#heartbeat.look()
    } catch {
      // A volume that does not answer, or a spool that is being opened anew: those who write to it
      // say so, and a heartbeat that does not come says the rest.
    }
  }

  async lookAtCertificates(): Promise<void> {
    const { events, configuration } = this.#options
    const files = await certificatesInFiles(configuration())
    events.metrics.certificates.inFiles(files)
    if (events.own.isRead) this.#certificates.look(files)
  }

  /** Safe before use, safe twice. */
  stop(): void {
    for (const timer of this.#timers) clearInterval(timer)
  }
}

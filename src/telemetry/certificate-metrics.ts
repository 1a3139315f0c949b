/**
 * When certificates end, as a metric: those that connections rest on, and those in files of the
 * configuration. It is put together when it is read, so a component that is gone, and a certificate
 * that was renewed, leave nothing behind.
 */
import { Gauge } from 'prom-client'
import type { Registry } from 'prom-client'
import type { Certificate } from '../core.ts'

/** What there is to know of a certificate to see it end. */
export interface Ending {
  /** Name of the source or destination. */
  component: string
  whose: Certificate['whose'] | 'authority'
  /** ms since 1970 */
  validTo: number
}

type Kind = 'source' | 'destination'

export class CertificateMetrics {
  /** By kind and name: of the connection that stands, or of the last one. */
  readonly #connections = new Map<string, Ending[]>()
  #files: readonly Ending[] = []

  constructor(registry: Registry) {
    const endings = () => [...this.#connections.values(), this.#files].flat()
    new Gauge({
      name: 'cefline_certificate_expiry_timestamp_seconds',
      help: 'When a certificate ends that a connection rests on or a file of the configuration holds (files are looked at every ten minutes): the peer’s, our own, or an authority’s; of several the first.',
      labelNames: ['component', 'whose'],
      registers: [registry],
      collect() {
        this.reset()
        // The first is set last.
        for (const { component, whose, validTo } of endings().sort(byEnd).reverse()) {
          this.set({ component, whose }, validTo / 1000)
        }
      },
    })
  }

  /** What the connection that stands now rests on. */
  connected(kind: Kind, component: string, certificates: readonly Certificate[]): void {
    const endings = certificates.map(({ whose, validTo }) => ({ component, whose, validTo }))
    this.#connections.set(`${kind} ${component}`, endings)
  }

  removed(kind: Kind, component: string): void {
    this.#connections.delete(`${kind} ${component}`)
  }

  /** All that the configuration's files hold. */
  inFiles(endings: readonly Ending[]): void {
    this.#files = endings
  }
}

function byEnd(one: Ending, other: Ending): number {
  return one.validTo - other.validTo
}

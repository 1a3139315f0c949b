/**
 * What only the spool knows, asked when Prometheus asks: how full it is, what waits and for how long,
 * and the books. The books are kept since the spool was made: unlike counters they outlive a restart.
 *
 * Only what is configured has series. While the spool is not open, or does not answer, there are none
 * rather than old ones, `cefline_spool_open` is 0, and all else is answered as always.
 */
import { Gauge } from 'prom-client'
import type { Registry } from 'prom-client'
import type { QueueState, Spool } from '../core.ts'
import { destinationDifference, sourceDifference } from './ledger.ts'

type Labels = Record<string, string>
type Values = Iterable<[labels: Labels, value: number]>

export interface SpoolMetricsOptions {
  registry: Registry
  /** Whether a source of this name is configured. */
  isSource: (name: string) => boolean
}

export class SpoolMetrics {
  readonly #options: SpoolMetricsOptions
  #spool: (Spool & { readonly lost?: boolean }) | undefined
  #destinations: readonly string[] = []

  constructor(options: SpoolMetricsOptions) {
    this.#options = options
    this.#addUsage()
    this.#addSources()
    this.#addDestinations()
    this.#addBooks()
  }

  /** From now on; `destinations` may become others. */
  watch(spool: Spool, destinations: readonly string[]): void {
    this.#spool = spool
    this.#destinations = destinations
  }

  #addUsage(): void {
    new Gauge({
      name: 'cefline_spool_open',
      help: '1 while the spool is open and this process has it; 0: nothing is read or sent.',
      registers: [this.#options.registry],
      collect: withGauge((gauge) => gauge.set(Number(this.#isOpen))),
    })
    const single = (name: string, help: string, read: (spool: Spool) => number) =>
      this.#gauge(name, help, [], (spool) => [[{}, read(spool)]])
    single('cefline_spool_bytes', 'Bytes in the spool by its own account.', (spool) => {
      return spool.usage().bytes
    })
    single('cefline_spool_max_bytes', 'Bytes the spool may hold.', (spool) => {
      return spool.usage().maxBytes
    })
    single('cefline_spool_full', '1 while the sources wait for room.', (spool) => {
      return Number(spool.usage().full)
    })
    single(
      'cefline_spool_oldest_block_age_seconds',
      'Seconds since the oldest block that some destination waits for was spooled; 0: none.',
      (spool) => Math.max(0, ...this.#destinations.map((name) => ageOf(spool, name))),
    )
    single('cefline_rejects', 'Records and lines kept in the rejects.', (spool) => {
      return spool.rejects().count
    })
    this.#gauge(
      'cefline_rejects_kept',
      'Records and lines kept in the rejects, by code.',
      ['code'],
      (spool) => Object.entries(spool.rejects().byCode()).map(([code, count]) => [{ code }, count]),
    )
  }

  #addSources(): void {
    const perSource = (name: string, help: string, read: (state: QueueState) => number) =>
      this.#gauge(name, help, ['source'], (spool) =>
        this.#queues(spool).map((state) => [{ source: state.queue }, read(state)]),
      )
    perSource('cefline_source_remembered_ids', 'Ids that are known as given.', (state) => {
      return state.remembered
    })
    perSource('cefline_source_spooled_bytes', 'Bytes of its lines in the spool.', (state) => {
      return state.bytes
    })
  }

  #addDestinations(): void {
    const perDestination = (
      name: string,
      help: string,
      read: (spool: Spool, destination: string) => number,
    ) =>
      this.#gauge(name, help, ['destination'], (spool) =>
        this.#destinations.map((destination) => [{ destination }, read(spool, destination)]),
      )
    perDestination(
      'cefline_destination_waiting_lines',
      'Lines in the spool without a receipt.',
      (spool, name) => spool.waiting(name).lines,
    )
    perDestination(
      'cefline_destination_oldest_waiting_age_seconds',
      'Seconds since the oldest line without a receipt was spooled; 0: none waits.',
      ageOf,
    )
  }

  #addBooks(): void {
    this.#gauge(
      'cefline_source_ledger_records',
      'Books of a source: read = spooled + already_given + rejected + ignored.',
      ['source', 'term'],
      (spool) =>
        this.#queues(spool).flatMap(({ queue, ledger }) =>
          termsOf(ledger).map(([term, value]): [Labels, number] => [
            { source: queue, term },
            value,
          ]),
        ),
    )
    this.#gauge(
      'cefline_destination_ledger_lines',
      'Books of a destination: spooled = received + waiting + refused + damaged.',
      ['destination', 'source', 'term'],
      (spool) =>
        this.#destinations.flatMap((destination) =>
          spool
            .ledger(destination)
            .flatMap(({ queue, ...ledger }) =>
              termsOf(ledger).map(([term, value]): [Labels, number] => [
                { destination, source: queue, term },
                value,
              ]),
            ),
        ),
    )
    this.#gauge(
      'cefline_ledger_difference',
      'What the books of a source or destination do not account for: always 0, else something was lost or counted twice.',
      ['component', 'queue'],
      (spool) => [
        ...this.#queues(spool).map(({ queue, ledger }): [Labels, number] => {
          return [{ component: queue, queue }, sourceDifference(ledger)]
        }),
        ...this.#destinations.flatMap((component) =>
          spool.ledger(component).map((ledger): [Labels, number] => {
            return [{ component, queue: ledger.queue }, destinationDifference(ledger)]
          }),
        ),
      ],
    )
  }

  get #isOpen(): boolean {
    try {
      return (
        this.#spool !== undefined && this.#spool.lost !== true && this.#spool.usage().bytes >= 0
      )
    } catch {
      return false
    }
  }

  /** Of the sources, and the others that a destination reads, such as what it is to be given again;
   * the spool may have more, of sources that are gone. */
  #queues(spool: Spool): QueueState[] {
    const read = new Set(
      this.#destinations.flatMap((name) => spool.ledger(name).map(({ queue }) => queue)),
    )
    return spool.queues().filter(({ queue }) => read.has(queue) || this.#options.isSource(queue))
  }

  #gauge(name: string, help: string, labelNames: string[], read: (spool: Spool) => Values): void {
    new Gauge({
      name,
      help,
      labelNames,
      registers: [this.#options.registry],
      collect: withGauge((gauge) => {
        // Those that are gone, and of a spool that is not there.
        if (labelNames.length === 0) gauge.remove()
        else gauge.reset()
        for (const [labels, value] of this.#ask(read)) gauge.set(labels, value)
      }),
    })
  }

  /** A volume that does not answer, or a spool that is being closed, costs its own numbers alone. */
  #ask(read: (spool: Spool) => Values): Values {
    try {
      return this.#spool === undefined ? [] : [...read(this.#spool)]
    } catch {
      return []
    }
  }
}

/** `collect` is called with the gauge as `this`. */
function withGauge(collect: (gauge: Gauge) => void): (this: Gauge) => void {
  return function (this: Gauge) {
    collect(this)
  }
}

/** Seconds for which its oldest line has waited. */
function ageOf(spool: Spool, destination: string): number {
  const { oldest } = spool.waiting(destination)
  return oldest === undefined ? 0 : Math.max(0, (Date.now() - oldest) / 1000)
}

/** `alreadyGiven` as the label `already_given`. */
function termsOf(ledger: object): [string, number][] {
  return Object.entries(ledger as Record<string, number>).map(([term, value]) => [
    term.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`),
    value,
  ])
}

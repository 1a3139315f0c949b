/**
 * The numbers that Prometheus reads, `cefline_*`, names and units by its conventions. Counters are
 * bumped by `events.ts`; gauges ask the spool when they are read.
 */
import { Counter, Gauge, Registry, collectDefaultMetrics } from 'prom-client'
import type { Spool } from '../core.ts'
import { destinationDifference, sourceDifference } from './ledger.ts'

export class Metrics {
  readonly registry = new Registry()
  readonly records = this.#counter('cefline_source_records_total', 'Records read, by result.', [
    'source',
    'result',
  ])
  readonly errors = this.#counter('cefline_errors_total', 'Errors, by component and code.', [
    'component',
    'code',
  ])
  readonly received = this.#counter(
    'cefline_destination_lines_received_total',
    'Lines the destination has a receipt for.',
    ['destination'],
  )
  readonly refused = this.#counter(
    'cefline_destination_rejects_total',
    'Lines kept in the rejects because the destination could not take them as they are.',
    ['destination', 'code'],
  )
  readonly connects = this.#counter(
    'cefline_destination_connects_total',
    'Connections that stood.',
    ['destination'],
  )
  readonly up = this.#gauge('cefline_destination_up', '1 while the destination takes lines.', [
    'destination',
  ])
  readonly lastReceipt = this.#gauge(
    'cefline_destination_last_receipt_timestamp_seconds',
    'When the last receipt came.',
    ['destination'],
  )
  readonly lastSuccess = this.#gauge(
    'cefline_source_last_success_timestamp_seconds',
    'When the source was last seen to work, whether or not there was anything to read.',
    ['source'],
  )
  readonly lastRecord = this.#gauge(
    'cefline_source_last_record_timestamp_seconds',
    'When the source last gave a record.',
    ['source'],
  )
  readonly silent = this.#gauge(
    'cefline_source_silent',
    '1 while the source has given no record for longer than usual (silentAfter).',
    ['source'],
  )
  readonly reloads = this.#counter(
    'cefline_config_reloads_total',
    'Changed configurations, by what became of them: applied or refused.',
    ['result'],
  )
  readonly configured = this.#gauge(
    'cefline_config_last_success_timestamp_seconds',
    'When the configuration in force was taken over.',
    [],
  )

  constructor(version: string) {
    collectDefaultMetrics({ register: this.registry, prefix: 'cefline_' })
    this.#gauge('cefline_build_info', 'The version that runs.', ['version']).set({ version }, 1)
  }

  /** Adds the gauges that ask the spool; `destinations` may become others. */
  watch(spool: Spool, destinations: readonly string[]): void {
    const usage = (name: string, help: string, read: () => number) =>
      new Gauge({
        name,
        help,
        registers: [this.registry],
        collect() {
          this.set(read())
        },
      })
    usage(
      'cefline_spool_bytes',
      'Bytes in the spool by its own account.',
      () => spool.usage().bytes,
    )
    usage('cefline_spool_max_bytes', 'Bytes the spool may hold.', () => spool.usage().maxBytes)
    usage('cefline_spool_full', '1 while the sources wait for room.', () =>
      Number(spool.usage().full),
    )
    usage('cefline_rejects', 'Records and lines kept in the rejects.', () => spool.rejects().count)
    const perQueue = (name: string, help: string, read: (queue: string) => number) =>
      new Gauge({
        name,
        help,
        labelNames: ['source'],
        registers: [this.registry],
        collect() {
          for (const { queue } of spool.queues()) this.set({ source: queue }, read(queue))
        },
      })
    const remembered = (queue: string) =>
      spool.queues().find((state) => state.queue === queue)?.remembered ?? 0
    perQueue('cefline_source_remembered_ids', 'Ids that are known as given.', remembered)
    this.#watchLedgers(spool, destinations)
    new Gauge({
      name: 'cefline_destination_waiting_lines',
      help: 'Lines in the spool without a receipt.',
      labelNames: ['destination'],
      registers: [this.registry],
      collect() {
        // Those that are gone from the configuration.
        this.reset()
        for (const destination of destinations) {
          this.set({ destination }, spool.waiting(destination).lines)
        }
      },
    })
  }

  /** The books as the spool keeps them, since it was made: unlike the counters they outlive a restart. */
  #watchLedgers(spool: Spool, destinations: readonly string[]): void {
    const difference = this.#gauge(
      'cefline_ledger_difference',
      'What the books of a source or destination do not account for: always 0, else something was lost or counted twice.',
      ['component', 'queue'],
    )
    new Gauge({
      name: 'cefline_source_ledger_records',
      help: 'Books of a source: read = spooled + already_given + rejected + ignored.',
      labelNames: ['source', 'term'],
      registers: [this.registry],
      collect() {
        for (const { queue, ledger } of spool.queues()) {
          for (const [term, value] of termsOf(ledger)) this.set({ source: queue, term }, value)
          difference.set({ component: queue, queue }, sourceDifference(ledger))
        }
      },
    })
    new Gauge({
      name: 'cefline_destination_ledger_lines',
      help: 'Books of a destination: spooled = received + waiting + refused + damaged.',
      labelNames: ['destination', 'source', 'term'],
      registers: [this.registry],
      collect() {
        this.reset()
        for (const destination of destinations) {
          for (const { queue, ...ledger } of spool.ledger(destination)) {
            for (const [term, value] of termsOf(ledger)) {
              this.set({ destination, source: queue, term }, value)
            }
            const left = destinationDifference({ queue, ...ledger })
            difference.set({ component: destination, queue }, left)
          }
        }
      },
    })
  }

  #counter<Label extends string>(name: string, help: string, labelNames: Label[]): Counter<Label> {
    return new Counter({ name, help, labelNames, registers: [this.registry] })
  }

  #gauge<Label extends string>(name: string, help: string, labelNames: Label[]): Gauge<Label> {
    return new Gauge({ name, help, labelNames, registers: [this.registry] })
  }
}

/** `alreadyGiven` as the label `already_given`. */
function termsOf(ledger: object): [string, number][] {
  return Object.entries(ledger as Record<string, number>).map(([term, value]) => [
    term.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`),
    value,
  ])
}

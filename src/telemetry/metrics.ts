/**
 * The numbers that Prometheus reads, `cefline_*`, names and units by its conventions. Counters are
 * bumped by `events.ts`; gauges ask the spool when they are read.
 */
import { Counter, Gauge, Registry, collectDefaultMetrics } from 'prom-client'
import type { Spool } from '../core.ts'

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
  readonly lastRecord = this.#gauge(
    'cefline_source_last_record_timestamp_seconds',
    'When the source last gave a record.',
    ['source'],
  )

  constructor(version: string) {
    collectDefaultMetrics({ register: this.registry, prefix: 'cefline_' })
    this.#gauge('cefline_build_info', 'The version that runs.', ['version']).set({ version }, 1)
  }

  /** Adds the gauges that ask the spool. */
  watch(spool: Spool, destinations: string[]): void {
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
    new Gauge({
      name: 'cefline_destination_waiting_lines',
      help: 'Lines in the spool without a receipt.',
      labelNames: ['destination'],
      registers: [this.registry],
      collect() {
        for (const destination of destinations) {
          this.set({ destination }, spool.waiting(destination).lines)
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

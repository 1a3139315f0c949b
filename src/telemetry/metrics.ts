/**
 * The numbers that Prometheus reads, `cefline_*`, names and units by its conventions
 * (prometheus.io/docs/practices/naming): base units, `_total` for counters alone, and no label whose
 * values could become ever more. Counters are bumped by `events.ts`; what only the spool knows is in
 * `spool-metrics.ts`. A source or destination that is gone from the configuration loses its series.
 *
 * `docs/metrics.md` is made of the registry as it is here.
 */
import { Counter, Gauge, Histogram, Registry, collectDefaultMetrics } from 'prom-client'
import type { Spool } from '../core.ts'
import { CertificateMetrics } from './certificate-metrics.ts'
import { SpoolMetrics } from './spool-metrics.ts'

/** Gauges of prom-client's whose names end as those of counters do. */
const misnamed = ['active_handles', 'active_requests', 'active_resources']

/** s: from a receiver that answers each message to what has waited out an outage. */
const latencyBuckets = [0.01, 0.05, 0.25, 1, 2.5, 5, 10, 30, 60, 300, 900, 3600, 14_400]

const sourceResults = ['spooled', 'already_given', 'rejected', 'ignored']
/** Codes of lines that a destination could not take as they are. */
const refusals = ['cut', 'too-large', 'record', 'when-full']

export class Metrics {
  readonly registry = new Registry()
  /** All below, of which those of a component can be taken away. */
  readonly #series: (Counter | Gauge | Histogram)[] = []
  /** By source: when it last had nothing more to read, by a clock that is never set (ms). */
  readonly #caughtUp = new Map<string, number>()
  readonly #sources = new Set<string>()
  readonly #destinations = new Set<string>()

  readonly records = this.#counter('cefline_source_records_total', 'Records read, by result.', [
    'source',
    'result',
  ])
  readonly rejected = this.#counter(
    'cefline_source_rejects_total',
    'Records of a source that were kept in the rejects, by code.',
    ['source', 'code'],
  )
  readonly sourceRetries = this.#counter(
    'cefline_source_retries_total',
    'Failures of a source after which it is tried again.',
    ['source'],
  )
  readonly sourceUp = this.#gauge(
    'cefline_source_up',
    '0 while the source fails or is parked, else 1, also while it waits for room in the spool.',
    ['source'],
  )
  readonly lastSuccess = this.#gauge(
    'cefline_source_last_success_timestamp_seconds',
    'When the source was last seen to work, whether or not there was anything to read; until then when it first began.',
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
  readonly received = this.#counter(
    'cefline_destination_lines_received_total',
    'Lines the destination has a receipt for.',
    ['destination'],
  )
  readonly receivedBytes = this.#counter(
    'cefline_destination_received_bytes_total',
    'Bytes of those lines as CEF, without header and framing; one that was sent shortened with its whole length.',
    ['destination'],
  )
  readonly receipts = this.#counter(
    'cefline_destination_receipts_total',
    'Receipts, by what they rest on: stored, half-close, relp, synced, written, lived or kernel.',
    ['destination', 'proof'],
  )
  readonly latency = this.#add(
    new Histogram({
      name: 'cefline_destination_latency_seconds',
      help: 'Seconds from when a block of lines was spooled to its receipt.',
      labelNames: ['destination'],
      buckets: latencyBuckets,
      registers: [this.registry],
    }),
  )
  readonly lastReceipt = this.#gauge(
    'cefline_destination_last_receipt_timestamp_seconds',
    'When the last receipt came.',
    ['destination'],
  )
  readonly refused = this.#counter(
    'cefline_destination_rejects_total',
    'Lines kept in the rejects because the destination could not take them as they are (cut: sent shortened).',
    ['destination', 'code'],
  )
  readonly destinationRetries = this.#counter(
    'cefline_destination_retries_total',
    'Failures of a destination after which it is tried again.',
    ['destination'],
  )
  readonly connects = this.#counter(
    'cefline_destination_connects_total',
    'Times that it was connected: first or again, or to another address or certificate; a connection that follows another in good order is not counted.',
    ['destination'],
  )
  readonly up = this.#gauge('cefline_destination_up', '1 while the destination takes lines.', [
    'destination',
  ])
  readonly certificates = new CertificateMetrics(this.registry)
  readonly errors = this.#counter('cefline_errors_total', 'Errors, by component and code.', [
    'component',
    'code',
  ])
  readonly reloads = this.#counter(
    'cefline_config_reloads_total',
    'Changed configurations, by what became of them: applied or refused.',
    ['result'],
  )
  readonly reloadSuccessful = this.#gauge(
    'cefline_config_last_reload_successful',
    '0 while a changed configuration is refused and the one before it runs on, else 1.',
    [],
  )
  readonly configured = this.#gauge(
    'cefline_config_last_success_timestamp_seconds',
    'When the configuration in force was taken over.',
    [],
  )
  readonly ownEvents = this.#counter(
    'cefline_own_events_total',
    'Events of Cefline’s own, by kind; those that could not be kept are among them.',
    ['kind'],
  )
  readonly ownLeftOut = this.#counter(
    'cefline_own_events_left_out_total',
    'Events of Cefline’s own that could not be kept until the spool had room.',
    [],
  )
  readonly statusRefused = this.#counter(
    'cefline_status_refused_total',
    'Requests that the status server refused, by reason: token-missing (as a browser’s first one), token-wrong, token-not-set, host-name (not one of loopback) or other-site.',
    ['reason'],
  )
  readonly #spool = new SpoolMetrics({
    registry: this.registry,
    isSource: (name) => this.#sources.has(name),
  })

  constructor(version: string) {
    collectDefaultMetrics({ register: this.registry, prefix: 'cefline_' })
    for (const name of misnamed) this.registry.removeSingleMetric(`cefline_nodejs_${name}_total`)
    this.#gauge('cefline_build_info', 'The version that runs.', ['version']).set({ version }, 1)
    this.reloadSuccessful.set(1)
    this.#addPollLag()
  }

  /** What the spool knows is asked of this one; `destinations` may become others. */
  watch(spool: Spool, destinations: readonly string[]): void {
    this.#spool.watch(spool, destinations)
  }

  /** Counters are there from the start, as a rise from nothing to one is none. */
  sourceBegins(source: string): void {
    // One that hangs at its first look must be seen to have done nothing since.
    if (!this.#sources.has(source)) this.lastSuccess.set({ source }, Date.now() / 1000)
    this.#sources.add(source)
    this.sourceUp.set({ source }, 1)
    this.sourceRetries.inc({ source }, 0)
    for (const result of sourceResults) this.records.inc({ source, result }, 0)
  }

  sourceRemoved(source: string): void {
    this.#sources.delete(source)
    this.#caughtUp.delete(source)
    this.certificates.removed('source', source)
    void this.#forget(source, 'source')
  }

  /** It has nothing more to read now. */
  caughtUp(source: string): void {
    this.#caughtUp.set(source, performance.now())
  }

  destinationBegins(destination: string): void {
    this.#destinations.add(destination)
    this.up.set({ destination }, 0)
    for (const counter of [this.received, this.receivedBytes, this.connects]) {
      counter.inc({ destination }, 0)
    }
    this.destinationRetries.inc({ destination }, 0)
    for (const code of refusals) this.refused.inc({ destination, code }, 0)
    this.latency.zero({ destination })
  }

  destinationRemoved(destination: string): void {
    this.#destinations.delete(destination)
    this.certificates.removed('destination', destination)
    void this.#forget(destination, 'destination')
  }

  #addPollLag(): void {
    const caughtUp = this.#caughtUp
    new Gauge({
      name: 'cefline_source_poll_lag_seconds',
      help: 'Seconds since the source last had nothing more to read: an empty page of the server, a look into the folder or bucket; of one that is pushed to, since it last waited for more.',
      labelNames: ['source'],
      registers: [this.registry],
      collect() {
        this.reset()
        for (const [source, at] of caughtUp) this.set({ source }, (performance.now() - at) / 1000)
      },
    })
  }

  /** Before the next scrape takes away what is labelled with it; as a component it may be there twice. */
  async #forget(name: string, label: 'source' | 'destination'): Promise<void> {
    const isGone = !this.#sources.has(name) && !this.#destinations.has(name)
    for (const metric of this.#series) {
      for (const { labels } of (await metric.get()).values) {
        const own: Record<string, string | number> = {}
        for (const [key, value = ''] of Object.entries(labels)) own[key] = value
        // A bucket of a histogram, which is one series with the others of it.
        delete own['le']
        if (own[label] === name || (isGone && own['component'] === name)) metric.remove(own)
      }
    }
  }

  #counter<Label extends string>(name: string, help: string, labelNames: Label[]): Counter<Label> {
    return this.#add(new Counter({ name, help, labelNames, registers: [this.registry] }))
  }

  #gauge<Label extends string>(name: string, help: string, labelNames: Label[]): Gauge<Label> {
    return this.#add(new Gauge({ name, help, labelNames, registers: [this.registry] }))
  }

  #add<Metric>(metric: Metric): Metric {
    this.#series.push(metric as Counter | Gauge | Histogram)
    return metric
  }
}

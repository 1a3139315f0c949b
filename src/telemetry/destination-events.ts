/**
 * What happens to a destination, by name; see `events.ts`.
 */
import type { Block, Certificate, DestinationReject, Notice, Proof } from '../core.ts'
import type { CeflineError } from '../error.ts'
import { Digest } from './digest.ts'
import type { Log } from './log.ts'
import type { Metrics } from './metrics.ts'
import { nextTry } from './next-try.ts'
import { Outage } from './outage.ts'
import { Passing } from './passing.ts'
import { span } from './silence.ts'
import { tellable } from './without-values.ts'
import type { Telling } from './telling.ts'
import { Throughput } from './throughput.ts'

/** Places that the log names from one loss to the next. */
const mostSaid = 16

export interface DestinationState {
  state: 'starting' | 'connected' | 'lost' | 'parked'
  /** What it is connected to, or the error's text. */
  detail: string | undefined
  lastReceiptAt: number | undefined
  /** Since the start. */
  received: number
  /** What its receipts rest on; undefined until that was seen. */
  proof: Proof | undefined
  /** Of the connection that stands, or of the last one. */
  certificates: readonly Certificate[]
}

export class DestinationEvents {
  readonly state: DestinationState = {
    state: 'starting',
    detail: undefined,
    lastReceiptAt: undefined,
    received: 0,
    proof: undefined,
    certificates: [],
  }
  /** Lines with a receipt. */
  readonly throughput = new Throughput()
  readonly #name: string
  readonly #log: Log
  readonly #metrics: Metrics
  readonly #telling: Telling | undefined
  readonly #passing: Passing
  /** ms from spool to receipt, the longest since it was taken. */
  #latency: number | null = null
  /** What the SIEM is told while it is lost. */
  readonly #outage = new Outage()
  /** Where it is connected to since it was lost last, as the log has it. */
  readonly #said = new Set<string>()

  readonly #refused = new Digest<Pick<DestinationReject, 'code' | 'reason'>>((rejects) => {
    const [first] = rejects
    if (!first) return
    const more = rejects.length > 1 ? ` (and ${rejects.length - 1} more lines)` : ''
    this.#log.warn({ code: first.code }, `kept in the rejects: ${first.reason}${more}`)
  })

  /** `telling`: how the SIEM hears of it; `passing`: who sees what is handed out. */
  constructor(
    name: string,
    log: Log,
    metrics: Metrics,
    telling?: Telling,
    passing = new Passing(),
  ) {
    this.#name = name
    this.#log = log
    this.#metrics = metrics
    this.#telling = telling
    this.#passing = passing
  }

  begins(): void {
    this.#metrics.destinationBegins(this.#name)
    this.state.state = 'starting'
    this.state.detail = undefined
  }

  removed(): void {
    this.flush()
    this.#metrics.destinationRemoved(this.#name)
  }

  levelChanged(level: string): void {
    this.#log.level = level
  }

  flush(): void {
    this.#refused.flush()
  }

  connected(detail: string, certificates: readonly Certificate[] = []): void {
    this.#metrics.connects.inc({ destination: this.#name })
    this.#metrics.up.set({ destination: this.#name }, 1)
    this.#metrics.certificates.connected('destination', this.#name, certificates)
    this.state.state = 'connected'
    this.state.detail = detail
    this.state.certificates = certificates
    this.#sayConnected(detail)
    this.#tellBack(detail)
  }

  proof(proof: Proof): void {
    if (this.state.proof === proof) return
    this.state.proof = proof
    this.#log.info(`receipts: ${whatProves[proof]}`)
  }

  /** A block, or a part of one, goes to the destination. */
  handedOut(block: Block): void {
    this.#passing.passed(this.#name, block)
  }

  /** It says that it has these; `at`: ms since 1970, when they were spooled. */
  receipt(blocks: readonly { at: number | undefined }[]): void {
    const destination = this.#name
    this.#metrics.receipts.inc({ destination, proof: this.state.proof ?? 'unknown' })
    for (const { at } of blocks) {
      if (at === undefined) continue
      // A clock that was set back makes no time before the event.
      const latency = Math.max(0, Date.now() - at)
      this.#latency = Math.max(this.#latency ?? 0, latency)
      this.#metrics.latency.observe({ destination }, latency / 1000)
    }
  }

  /** Of lines whose receipt is durable. */
  receivedBytes(bytes: number): void {
    this.#metrics.receivedBytes.inc({ destination: this.#name }, Math.max(0, bytes))
  }

  /** Lines whose receipt is durable. */
  received(lines: number): void {
    this.throughput.add(lines)
    this.#metrics.received.inc({ destination: this.#name }, lines)
    this.#metrics.lastReceipt.set({ destination: this.#name }, Date.now() / 1000)
    this.state.received += lines
    this.state.lastReceiptAt = Date.now()
  }

  /** ms from spool to receipt, the longest since this was asked before; null: no receipt came. */
  takeLatency(): number | null {
    const latency = this.#latency
    this.#latency = null
    return latency
  }

  /** Lines that went to the rejects, durably. */
  refused(rejects: DestinationReject[]): void {
    for (const { code } of rejects) {
      this.#metrics.refused.inc({ destination: this.#name, code })
    }
    this.#refused.add(...rejects.map(({ code, reason }) => ({ code, reason })))
  }

  madeRoom(lines: number): void {
    this.#metrics.refused.inc({ destination: this.#name, code: 'when-full' }, lines)
    this.#log.error(
      { code: 'when-full' },
      `the spool is full and whenFull is reject: its ${lines} oldest lines went to the rejects`,
    )
  }

  destinationNotice(notice: Notice): void {
    if (notice.level === 'error') this.#count(notice.code)
    this.#log[notice.level]({ code: notice.code }, notice.message)
  }

  destinationFailed(failure: CeflineError, wait: number): void {
    this.#count(failure.code)
    this.#metrics.up.set({ destination: this.#name }, 0)
    if (wait !== Infinity) this.#metrics.destinationRetries.inc({ destination: this.#name })
    this.state.state = wait === Infinity ? 'parked' : 'lost'
    this.state.detail = failure.message
    this.#said.clear()
    this.#log.error({ code: failure.code }, `${failure.message}; ${nextTry(wait)}`)
    this.#tellLost(failure)
  }

  /** A name of several addresses, or a balancer with a certificate for each of its receivers, leads to
   * another one with each connection: each is said once. */
  #sayConnected(detail: string): void {
    const isNew = !this.#said.has(detail) && this.#said.size < mostSaid
    this.#said.add(detail)
    this.#log[isNew ? 'info' : 'debug'](`connected to ${detail}`)
  }

  #tellLost({ code, message }: CeflineError): void {
    const details = { message: tellable(code, message), code, component: this.#name }
    const what = this.#outage.fails(details.message)
    if (what === undefined) return
    const times = what === 'begins' ? 1 : 0
    this.#telling?.state('destination', 'destination-lost', details, times)
  }

  #tellBack(detail: string): void {
    const lasted = this.#outage.ends()
    if (lasted === undefined) return
    const message = `connected to ${detail}, after ${span(lasted)}`
    this.#telling?.state('destination', 'destination-back', { message, component: this.#name })
  }

  #count(code: string): void {
    this.#metrics.errors.inc({ component: this.#name, code })
  }
}

/** What a receipt of each kind rests on, in words. */
export const whatProves: Record<Proof, string> = {
  stored: 'the service confirms each object (S3)',
  'half-close': 'the receiver proves that it has read every byte (half-close)',
  relp: 'the receiver confirms each message (RELP)',
  synced: 'written and synced to the file',
  written: 'written to standard output',
  lived: 'written to a connection that lived on (receiptAfter); no proof that it was read',
  kernel: 'given to this machine’s kernel; over UDP nothing tells whether it arrives',
}

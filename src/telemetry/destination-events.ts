/**
 * What happens to a destination, by name; see `events.ts`.
 */
import type { Certificate, DestinationReject, Notice, Proof } from '../core.ts'
import type { CeflineError } from '../error.ts'
import { Digest } from './digest.ts'
import type { Log } from './log.ts'
import type { Metrics } from './metrics.ts'
import { nextTry } from './next-try.ts'

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
  readonly #name: string
  readonly #log: Log
  readonly #metrics: Metrics

  readonly #refused = new Digest<Pick<DestinationReject, 'code' | 'reason'>>((rejects) => {
    const [first] = rejects
    if (!first) return
    const more = rejects.length > 1 ? ` (and ${rejects.length - 1} more lines)` : ''
    this.#log.warn({ code: first.code }, `kept in the rejects: ${first.reason}${more}`)
  })

  constructor(name: string, log: Log, metrics: Metrics) {
    this.#name = name
    this.#log = log
    this.#metrics = metrics
  }

  begins(): void {
    this.#metrics.up.set({ destination: this.#name }, 0)
    this.state.state = 'starting'
    this.state.detail = undefined
  }

  removed(): void {
    this.flush()
    this.#metrics.up.remove({ destination: this.#name })
    this.#metrics.lastReceipt.remove({ destination: this.#name })
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
    this.state.state = 'connected'
    this.state.detail = detail
    this.state.certificates = certificates
    this.#log.info(`connected to ${detail}`)
  }

  proof(proof: Proof): void {
    if (this.state.proof === proof) return
    this.state.proof = proof
    this.#log.info(`receipts: ${whatProves[proof]}`)
  }

  received(lines: number): void {
    this.#metrics.received.inc({ destination: this.#name }, lines)
    this.#metrics.lastReceipt.set({ destination: this.#name }, Date.now() / 1000)
    this.state.received += lines
    this.state.lastReceiptAt = Date.now()
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
    this.state.state = wait === Infinity ? 'parked' : 'lost'
    this.state.detail = failure.message
    this.#log.error({ code: failure.code }, `${failure.message}; ${nextTry(wait)}`)
  }

  #count(code: string): void {
    this.#metrics.errors.inc({ component: this.#name, code })
  }
}

const whatProves: Record<Proof, string> = {
  stored: 'the service confirms each object (S3)',
  'half-close': 'the receiver proves that it has read every byte (half-close)',
  relp: 'the receiver confirms each message (RELP)',
  synced: 'written and synced to the file',
  written: 'written to standard output',
  lived: 'written to a connection that lived on (receiptAfter); no proof that it was read',
  kernel: 'given to this machine’s kernel; over UDP nothing tells whether it arrives',
}

/**
 * What happens, by name. One event, one method: it writes the log line, bumps the counter and
 * updates the state that the status page shows. There is no log line per record; states are logged:
 * connected, lost, full, drained.
 */
import type { Appended, Batch, DestinationReject, Notice, Proof, Reject } from '../core.ts'
import type { CeflineError } from '../error.ts'
import { Digest } from './digest.ts'
import type { Log } from './log.ts'
import type { Metrics } from './metrics.ts'

/** Rows of a batch that a log line names beside the first. */
const rowsNamed = 20

/** Of a reject, what the log names. */
type Place = Pick<Reject, 'code' | 'reason' | 'origin' | 'row'>

export interface SourceState {
  state: 'starting' | 'reading' | 'failed' | 'parked' | 'full'
  /** The last error's text while the state is failed, parked or full. */
  problem: string | undefined
  /** ms since 1970. */
  lastRecordAt: number | undefined
}

export interface DestinationState {
  state: 'starting' | 'connected' | 'lost' | 'parked'
  /** What it is connected to, or the error's text. */
  detail: string | undefined
  lastReceiptAt: number | undefined
  /** Since the start. */
  received: number
  /** What its receipts rest on; undefined until it was connected once. */
  proof: Proof | undefined
}

export class Events {
  readonly sources = new Map<string, SourceEvents>()
  readonly destinations = new Map<string, DestinationEvents>()
  readonly log: Log
  readonly metrics: Metrics
  /** Why the spool cannot be opened, while it cannot. */
  spoolProblem: string | undefined

  constructor(log: Log, metrics: Metrics) {
    this.log = log
    this.metrics = metrics
  }

  /** One that begins, anew where it was there before. */
  source(name: string): SourceEvents {
    const log = this.log.child({ component: name })
    const events = this.sources.get(name) ?? new SourceEvents(name, log, this.metrics)
    this.sources.set(name, events)
    events.begins()
    return events
  }

  destination(name: string): DestinationEvents {
    const log = this.log.child({ component: name })
    const events = this.destinations.get(name) ?? new DestinationEvents(name, log, this.metrics)
    this.destinations.set(name, events)
    events.begins()
    return events
  }

  /** It is gone from the configuration. */
  sourceRemoved(name: string): void {
    this.sources.get(name)?.removed()
    this.sources.delete(name)
  }

  destinationRemoved(name: string): void {
    this.destinations.get(name)?.removed()
    this.destinations.delete(name)
  }

  levelChanged(level: string): void {
    this.log.level = level
    for (const events of this.sources.values()) events.levelChanged(level)
    for (const events of this.destinations.values()) events.levelChanged(level)
  }

  /** This configuration is in force from now on. */
  configured(): void {
    this.metrics.configured.set(Date.now() / 1000)
  }

  reloaded(changes: string[]): void {
    this.metrics.reloads.inc({ result: 'applied' })
    this.configured()
    this.log.info(`the changed configuration was taken over: ${changes.join(', ')}`)
  }

  /** Somebody asked for a reload, or took back what was refused. */
  unchanged(): void {
    this.log.info('the configuration is the one that runs')
  }

  reloadRefused({ code, message }: CeflineError): void {
    this.metrics.reloads.inc({ result: 'refused' })
    const what = 'the changed configuration is not taken over, and all goes on as before'
    this.log.error({ code }, `${what}: ${message.replaceAll('\n', '; ')}`)
  }

  /** The spool cannot be opened now: counted each time, said when it is another reason. */
  spoolWaits({ code, message }: CeflineError): void {
    this.metrics.errors.inc({ component: 'spool', code })
    if (this.spoolProblem === message) return
    this.spoolProblem = message
    this.log.error({ component: 'spool', code }, `waits, nothing is read or sent: ${message}`)
  }

  spoolOpened(): void {
    if (this.spoolProblem !== undefined) this.log.info({ component: 'spool' }, 'is open now')
    this.spoolProblem = undefined
  }

  /** The status page cannot be had while the spool is awaited; at the start that would end it. */
  statusWaits({ code, message }: CeflineError): void {
    this.log.debug({ code }, message)
  }

  started(lines: string[]): void {
    for (const line of lines) this.log.info(line)
  }

  warned(message: string): void {
    this.log.warn(message)
  }

  spoolNotice({ level, code, message }: Notice): void {
    if (level === 'error') this.metrics.errors.inc({ component: 'spool', code })
    this.log[level]({ component: 'spool', code }, message)
  }

  stopping(reason: string): void {
    this.log.info(`stopping: ${reason}`)
  }

  stopped(): void {
    for (const source of this.sources.values()) source.flush()
    for (const destination of this.destinations.values()) destination.flush()
    this.log.info('stopped')
  }
}

export class SourceEvents {
  readonly state: SourceState = { state: 'starting', problem: undefined, lastRecordAt: undefined }
  readonly #name: string
  readonly #log: Log
  readonly #metrics: Metrics

  readonly #rejects = new Digest<Place>((rejects) => this.#setAside(rejects))
  readonly #repeats = new Digest<{ left: number; read: number }>((batches) => {
    const left = batches.reduce((sum, batch) => sum + batch.left, 0)
    const read = batches.reduce((sum, batch) => sum + batch.read, 0)
    this.#log.info(`${left} of ${read} records left out: given before`)
  })

  constructor(name: string, log: Log, metrics: Metrics) {
    this.#name = name
    this.#log = log
    this.#metrics = metrics
  }

  begins(): void {
    this.state.state = 'starting'
    this.state.problem = undefined
  }

  removed(): void {
    this.flush()
    this.#metrics.lastRecord.remove({ source: this.#name })
  }

  levelChanged(level: string): void {
    this.#log.level = level
  }

  /** Says what was held back to be said in sum. */
  flush(): void {
    this.#rejects.flush()
    this.#repeats.flush()
  }

  collected(batch: Batch, appended: Appended): void {
    const source = this.#name
    this.#metrics.records.inc({ source, result: 'spooled' }, appended.spooled)
    this.#metrics.records.inc({ source, result: 'already_given' }, appended.alreadyGiven)
    this.#metrics.records.inc({ source, result: 'rejected' }, appended.rejected)
    this.#metrics.records.inc({ source, result: 'ignored' }, batch.ignored)
    this.#metrics.lastSuccess.set({ source }, Date.now() / 1000)
    if (batch.read > 0) {
      this.state.lastRecordAt = Date.now()
      this.#metrics.lastRecord.set({ source }, Date.now() / 1000)
    }
    if (this.state.problem !== undefined) this.#log.info('reads again')
    this.state.state = 'reading'
    this.state.problem = undefined
    if (appended.rejected > 0) {
      this.#rejects.add(
        ...batch.rejects.map(({ code, reason, origin, row }) => ({ code, reason, origin, row })),
      )
    }
    if (appended.alreadyGiven > 0) {
      this.#repeats.add({ left: appended.alreadyGiven, read: batch.read })
    }
  }

  sourceNotice(notice: Notice): void {
    if (notice.level === 'error') this.#count(notice.code)
    this.#log[notice.level]({ code: notice.code }, notice.message)
  }

  sourceFailed(failure: CeflineError, wait: number): void {
    this.#count(failure.code)
    this.state.state = wait === Infinity ? 'parked' : 'failed'
    this.state.problem = failure.message
    this.#log.error({ code: failure.code }, `${failure.message}; ${nextTry(wait)}`)
  }

  /** The spool has no room: said once, loudly, until a batch goes in again. */
  spoolFull(failure: CeflineError): void {
    if (this.state.state === 'full') return
    this.#count(failure.code)
    this.state.state = 'full'
    this.state.problem = failure.message
    this.#log.error({ code: failure.code }, `waits: ${failure.message}`)
  }

  /** One line for each kind of fault: the first of its reasons, and where the others are. */
  #setAside(rejects: Place[]): void {
    for (const code of new Set(rejects.map((reject) => reject.code))) {
      const [first, ...others] = rejects.filter((reject) => reject.code === code)
      if (!first) continue
      const rows = others.slice(0, rowsNamed).map(({ origin, row }) => {
        return origin === first.origin ? `row ${row}` : `${origin} row ${row}`
      })
      const left = others.length > rowsNamed ? ` and ${others.length - rowsNamed} more` : ''
      const more = rows.length > 0 ? ` (the same kind in ${rows.join(', ')}${left})` : ''
      this.#log.warn({ code }, `set aside in the rejects: ${first.reason}${more}`)
    }
  }

  #count(code: string): void {
    this.#metrics.errors.inc({ component: this.#name, code })
  }
}

export class DestinationEvents {
  readonly state: DestinationState = {
    state: 'starting',
    detail: undefined,
    lastReceiptAt: undefined,
    received: 0,
    proof: undefined,
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

  connected(detail: string): void {
    this.#metrics.connects.inc({ destination: this.#name })
    this.#metrics.up.set({ destination: this.#name }, 1)
    this.state.state = 'connected'
    this.state.detail = detail
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
  'half-close': 'the receiver proves that it has read every byte (half-close)',
  relp: 'the receiver confirms each message (RELP)',
  synced: 'written and synced to the file',
  written: 'written to standard output',
  lived: 'written to a connection that lived on (receiptAfter); no proof that it was read',
  kernel: 'given to this machine’s kernel; over UDP nothing tells whether it arrives',
}

function nextTry(wait: number): string {
  if (wait === Infinity) return 'waits for a changed configuration'
  return wait < 1000 ? 'tries again at once' : `tries again in ${Math.round(wait / 1000)} s`
}

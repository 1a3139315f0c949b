/**
 * What happens to a source, by name; see `events.ts`.
 */
import type { Appended, Batch, Notice, Reject } from '../core.ts'
import type { CeflineError } from '../error.ts'
import { Digest } from './digest.ts'
import type { Log } from './log.ts'
import type { Metrics } from './metrics.ts'
import { nextTry } from './next-try.ts'

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

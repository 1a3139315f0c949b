/**
 * What happens to a source, by name; see `events.ts`.
 */
import type { Appended, Batch, Certificate, Notice, Reject } from '../core.ts'
import type { CeflineError } from '../error.ts'
import type { OwnKind } from '../own-event.ts'
import { Digest } from './digest.ts'
import type { Log } from './log.ts'
import type { Metrics } from './metrics.ts'
import { nextTry } from './next-try.ts'
import { Outage } from './outage.ts'
import { Silence, span } from './silence.ts'
import type { Telling } from './telling.ts'
import { Throughput } from './throughput.ts'
import { tellable, withoutValues } from './without-values.ts'

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
  /** ms since 1970: since when it has given no record, when that is longer than usual. */
  silentSince?: number | undefined
  /** Of the connection that stands, or of the last one. */
  certificates: readonly Certificate[]
}

export class SourceEvents {
  readonly state: SourceState
  readonly silence: Silence
  /** Records read. */
  readonly throughput = new Throughput()
  readonly #name: string
  readonly #log: Log
  readonly #metrics: Metrics
  readonly #telling: Telling | undefined
  /** What the SIEM is told while it fails. */
  readonly #outage = new Outage()

  readonly #rejects = new Digest<Place>((rejects) => this.#setAside(rejects))
  readonly #repeats = new Digest<{ left: number; read: number }>((batches) => {
    const left = batches.reduce((sum, batch) => sum + batch.left, 0)
    const read = batches.reduce((sum, batch) => sum + batch.read, 0)
    this.#log.info(`${left} of ${read} records left out: given before`)
  })

  /** `telling`: how the SIEM hears of it. */
  constructor(
    name: string,
    log: Log,
    metrics: Metrics,
    silence = new Silence(),
    telling?: Telling,
  ) {
    this.#name = name
    this.#log = log
    this.#metrics = metrics
    this.#telling = telling
    this.silence = silence
    const { lastRecordAt } = silence.memory
    this.state = { state: 'starting', problem: undefined, lastRecordAt, certificates: [] }
    if (lastRecordAt !== undefined) metrics.lastRecord.set({ source: name }, lastRecordAt / 1000)
    this.#showSilence()
  }

  begins(): void {
    this.#metrics.sourceBegins(this.#name)
    this.state.state = 'starting'
    this.state.problem = undefined
    this.connected([])
  }

  removed(): void {
    this.flush()
    this.#metrics.sourceRemoved(this.#name)
  }

  levelChanged(level: string): void {
    this.#log.level = level
  }

  /** Says what was held back to be said in sum. */
  flush(): void {
    this.#rejects.flush()
    this.#repeats.flush()
  }

  /** Its connection stands, and rests on these. */
  connected(certificates: readonly Certificate[]): void {
    this.state.certificates = certificates
    this.#metrics.certificates.connected('source', this.#name, certificates)
  }

  collected(batch: Batch, appended: Appended): void {
    const source = this.#name
    this.throughput.add(batch.read)
    this.#metrics.records.inc({ source, result: 'spooled' }, appended.spooled)
    this.#metrics.records.inc({ source, result: 'already_given' }, appended.alreadyGiven)
    this.#metrics.records.inc({ source, result: 'rejected' }, appended.rejected)
    this.#metrics.records.inc({ source, result: 'ignored' }, batch.ignored)
    this.#countRejects(batch, appended)
    this.#metrics.lastSuccess.set({ source }, Date.now() / 1000)
    this.#metrics.sourceUp.set({ source }, 1)
    if (batch.read > 0) this.#heard()
    else this.#metrics.caughtUp(source)
    if (this.state.problem !== undefined) this.#log.info('reads again')
    this.#tellBack()
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

  /** Says once that it has fallen silent. One that fails has been said to, and is not silent. */
  look(silentAfter: number | 'auto'): void {
    if (this.state.problem !== undefined) return
    const fallen = this.silence.look(silentAfter)
    if (fallen) {
      this.#log.warn({ code: 'silent' }, `is silent: ${fallen.message}`)
      this.#tell('silence', 'source-silent', fallen.message)
    }
    this.#showSilence()
  }

  sourceNotice(notice: Notice): void {
    if (notice.level === 'error') this.#count(notice.code)
    const { level, code, message } = notice
    // A file without a header has a record's values where it belongs.
    this.#log[level]({ code }, code === 'header' ? withoutValues(message) : message)
  }

  sourceFailed(failure: CeflineError, wait: number): void {
    this.silence.disturbed()
    this.#count(failure.code)
    this.#metrics.sourceUp.set({ source: this.#name }, 0)
    if (wait !== Infinity) this.#metrics.sourceRetries.inc({ source: this.#name })
    this.state.state = wait === Infinity ? 'parked' : 'failed'
    this.state.problem = failure.message
    this.#log.error({ code: failure.code }, `${failure.message}; ${nextTry(wait)}`)
    this.#tellFailed(failure)
  }

  /** The spool has no room: said once, loudly, until a batch goes in again. */
  spoolFull(failure: CeflineError): void {
    if (this.state.state === 'full') return
    this.silence.disturbed()
    this.#count(failure.code)
    this.state.state = 'full'
    this.state.problem = failure.message
    this.#log.error({ code: failure.code }, `waits: ${failure.message}`)
  }

  /** Those that are new: what was given before comes first, as when a file is read again. */
  #countRejects({ rejects }: Batch, { rejected }: Appended): void {
    for (const { code } of rejects.slice(Math.max(0, rejects.length - rejected))) {
      this.#metrics.rejected.inc({ source: this.#name, code })
    }
  }

  #heard(): void {
    const silentFor = this.silence.heard()
    const { lastRecordAt } = this.silence.memory
    this.state.lastRecordAt = lastRecordAt
    this.#metrics.lastRecord.set({ source: this.#name }, (lastRecordAt ?? 0) / 1000)
    if (silentFor === undefined) return
    const message = `gives records again, after ${span(silentFor)}`
    this.#log.info({ code: 'silent' }, message)
    this.#tell('silence', 'source-heard', message)
    this.#showSilence()
  }

  #tellFailed({ code, message }: CeflineError): void {
    const details = { message: tellable(code, message), code, component: this.#name }
    const what = this.#outage.fails(details.message)
    if (what === undefined) return
    this.#telling?.state('failure', 'source-failed', details, what === 'begins' ? 1 : 0)
  }

  #tellBack(): void {
    const lasted = this.#outage.ends()
    if (lasted === undefined) return
    this.#tell('failure', 'source-back', `reads again, after ${span(lasted)}`)
  }

  #tell(pair: string, kind: OwnKind, message: string): void {
    this.#telling?.state(pair, kind, { message, component: this.#name })
  }

  #showSilence(): void {
    this.state.silentSince = this.silence.since
    this.#metrics.silent.set({ source: this.#name }, this.silence.since === undefined ? 0 : 1)
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
      const reason = withoutValues(first.reason)
      this.#log.warn({ code }, `set aside in the rejects: ${reason}${more}`)
    }
  }

  #count(code: string): void {
    this.#metrics.errors.inc({ component: this.#name, code })
  }
}

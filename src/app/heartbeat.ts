/**
 * The heartbeat: an event every few minutes that says that Cefline runs and how it stands, so that the
 * SIEM can raise an alarm when none comes. It goes the way of all events, so that it tells of the whole
 * way and not of the process alone.
 */
import { counted } from '../io/counted.ts'
import type { Status } from '../status/status.ts'
import { span } from '../telemetry/silence.ts'
import type { Telling } from '../telemetry/telling.ts'

export interface HeartbeatOptions {
  telling: Telling
  status: () => Status
  /** ms between two; 0: none. It may become another. */
  every: () => number
  /** ms of a clock that is never set. */
  now?: () => number
}

export class Heartbeat {
  readonly #options: HeartbeatOptions
  readonly #now: () => number
  #last: number

  constructor(options: HeartbeatOptions) {
    this.#options = options
    this.#now = options.now ?? (() => performance.now())
    this.#last = this.#now()
  }

  /** Beats when it is time. */
  look(): void {
    const { telling, status, every } = this.#options
    const now = this.#now()
    if (every() === 0 || now - this.#last < every()) return
    this.#last = now
    telling.tell('heartbeat', vitalSigns(status()))
  }
}

/** In this order they are in `cn1` to `cn3` and `cfp1` to `cfp3`. */
export function vitalSigns({ spool, sources, destinations }: Status) {
  const waiting = destinations.reduce((sum, { waiting }) => sum + waiting, 0)
  const oldest = Math.min(...destinations.map(({ oldestWaitingAt = Infinity }) => oldestWaitingAt))
  const age = oldest === Infinity ? 0 : Math.max(0, Date.now() - oldest)
  const percent = spool.maxBytes === 0 ? 0 : (spool.bytes / spool.maxBytes) * 100
  const failing = sources.filter(({ state }) => state === 'failed' || state === 'parked')
  const down = destinations.filter(({ state }) => state === 'lost' || state === 'parked')
  const names = (list: readonly { name: string }[]) =>
    list.map(({ name }) => name).join(', ') || 'none'
  const message = [
    `${counted(waiting, 'line')} wait${waiting === 1 ? 's' : ''}${waiting === 0 ? '' : `, the oldest for ${span(age)}`}`,
    `spool ${percent.toFixed(1)} % full, ${counted(spool.rejects, 'reject')}`,
    `sources failing: ${names(failing)}`,
    `destinations down: ${names(down)}`,
  ].join('; ')
  return {
    message,
    counts: {
      waitingLines: waiting,
      oldestWaitingSeconds: Math.round(age / 1000),
      rejects: spool.rejects,
      spoolPercent: Math.round(percent * 10) / 10,
      sourcesFailing: failing.length,
      destinationsDown: down.length,
    },
  }
}

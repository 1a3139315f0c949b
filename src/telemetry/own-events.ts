/**
 * What Cefline itself tells the SIEM: collected here until the source `cefline` has it in the spool,
 * also before the spool is open and while it is full. Bounded: the oldest heartbeats go first, as the
 * next one says the same, then the oldest of all; how many went is counted, and the next event that is
 * kept says so. While nobody reads them nothing is kept.
 *
 * What was given stays until `next` is asked again: by then it is durable. `rest` lets nothing go.
 */
import { randomBytes } from 'node:crypto'
import type { OwnEvent, OwnFeed, OwnKind } from '../core.ts'

export type OwnDetails = Omit<OwnEvent, 'id' | 'kind' | 'at'>

export interface OwnEventsOptions {
  /** Told of each that is kept. */
  added?: (kind: OwnKind) => void
  /** Told of each that could not be kept. */
  leftOut?: () => void
  /** ms since 1970 */
  now?: () => number
  /** Events that are kept at most. */
  most?: number
}

export class OwnEvents implements OwnFeed {
  readonly #options: Required<OwnEventsOptions>
  #events: OwnEvent[] = []
  /** That many of the first of them have been given. */
  #given = 0
  /** Left out since the last event that says so. */
  #unsaid = 0
  #isRead = true
  #wake = () => {}

  constructor(options: OwnEventsOptions = {}) {
    this.#options = { added: () => {}, leftOut: () => {}, now: Date.now, most: 1000, ...options }
  }

  /** Whether somebody reads them; what there is already stays. */
  set isRead(isRead: boolean) {
    this.#isRead = isRead
  }

  get isRead(): boolean {
    return this.#isRead
  }

  /** Returns the event, to find it again by its id. */
  add(kind: OwnKind, details: OwnDetails): OwnEvent {
    const { added, now, most } = this.#options
    const id = randomBytes(16).toString('hex')
    const event = { id, kind, at: now(), ...details }
    if (!this.#isRead) return event
    while (this.#events.length >= most) this.#leaveOut()
    const kept = { ...event, message: event.message + this.#takeUnsaid() }
    this.#events.push(kept)
    added(kind)
    this.#wake()
    return kept
  }

  async next(signal: AbortSignal): Promise<readonly OwnEvent[]> {
    this.#events.splice(0, this.#given)
    this.#given = 0
    while (this.#events.length === 0) await this.#added(signal)
    signal.throwIfAborted()
    return this.rest()
  }

  rest(): readonly OwnEvent[] {
    this.#given = this.#events.length
    return [...this.#events]
  }

  /** What was given may be in the spool already, or be written this moment: it goes last. */
  #leaveOut(): void {
    const heartbeat = this.#events.findIndex(({ kind }, index) => {
      return kind === 'heartbeat' && index >= this.#given
    })
    const at = heartbeat >= 0 ? heartbeat : Math.min(this.#given, this.#events.length - 1)
    this.#events.splice(at, 1)
    this.#given = Math.min(this.#given, this.#events.length)
    this.#unsaid += 1
    this.#options.leftOut()
  }

  #takeUnsaid(): string {
    const unsaid = this.#unsaid
    this.#unsaid = 0
    if (unsaid === 0) return ''
    return ` (before this ${unsaid} ${unsaid === 1 ? 'event' : 'events'} of Cefline's own could not be kept)`
  }

  #added(signal: AbortSignal): Promise<void> {
    return new Promise((resolve, reject) => {
      const stop = () => reject(signal.reason as Error)
      if (signal.aborted) return stop()
      signal.addEventListener('abort', stop, { once: true })
      this.#wake = () => {
        signal.removeEventListener('abort', stop)
        resolve()
      }
    })
  }
}

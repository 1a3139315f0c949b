/**
 * What Cefline itself tells the SIEM: collected here until the source `cefline` has it in the spool,
 * also before the spool is open and while it is full. Bounded: the oldest heartbeats go first, as the
 * next one says the same, then the oldest of all; how many went is counted, and the next event that is
 * kept says so. While nobody reads them nothing is kept.
 *
 * What was given stays until `next` is asked again: by then it is durable. `rest` lets nothing go.
 */
import { randomBytes } from 'node:crypto'
import { counted } from '../io/counted.ts'
import type { OwnEvent, OwnFeed, OwnKind } from '../own-event.ts'

export interface OwnDetails extends Omit<OwnEvent, 'id' | 'kind' | 'at'> {
  /** ms since 1970: when it happened, where that is not now. */
  at?: number
}

export interface OwnEventsOptions {
  /** Told of each that is kept. */
  added?: (kind: OwnKind) => void
  /** Told of each that could not be kept. */
  leftOut?: (kind: OwnKind) => void
  /** ms since 1970 */
  now?: () => number
  /** Events that are kept at most. */
  most?: number
}

interface Kept {
  event: OwnEvent
  /** That many before it could not be kept, which it says. */
  leftOut: number
}

export class OwnEvents implements OwnFeed {
  readonly #options: Required<OwnEventsOptions>
  #events: Kept[] = []
  /** That many of the first of them have been given. */
  #given = 0
  /** Left out after the last that is kept. */
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
    this.#events.push({ event, leftOut: this.#unsaid })
    this.#unsaid = 0
    added(kind)
    this.#wake()
    return event
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
    return this.#events.map(told)
  }

  /** What was given may be in the spool already, or be written this moment: it goes last. */
  #leaveOut(): void {
    const heartbeat = this.#events.findIndex(({ event }, index) => {
      return event.kind === 'heartbeat' && index >= this.#given
    })
    const at = heartbeat >= 0 ? heartbeat : Math.min(this.#given, this.#events.length - 1)
    const [gone] = this.#events.splice(at, 1)
    this.#given = Math.min(this.#given, this.#events.length)
    if (!gone) return
    // The one after it says what this one would have said, too.
    const count = gone.leftOut + 1
    const next = this.#events[at]
    if (next) next.leftOut += count
    else this.#unsaid += count
    this.#options.leftOut(gone.event.kind)
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

function told({ event, leftOut }: Kept): OwnEvent {
  if (leftOut === 0) return event
  const note = ` (before this ${counted(leftOut, 'event')} of Cefline's own could not be kept)`
  return { ...event, message: event.message + note }
}

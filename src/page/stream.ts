/**
 * What the appliance tells by itself: its status each second and the events that pass. The stream
 * comes back on its own after a break. Lost is said when it breaks, or when nothing was heard for a
 * while, as a cut cable breaks nothing; known again with the next status.
 */
import { address } from './api.ts'
import type { Overview, PassedEvent } from './shapes.ts'

export interface Listener {
  status(overview: Overview): void
  /** Oldest first or newest first, as the appliance has them; and how many passed unseen. */
  events(events: PassedEvent[], skipped: number): void
  /** `since`: ms since 1970, when it was last heard. */
  lost(since: number): void
  /** After a loss; not at the beginning. */
  back(): void
}

/** ms without a word that are a loss. */
const patience = 6000
/** ms between two tries. */
const pause = 2000

export class Stream {
  readonly #listener: Listener
  #source: EventSource | undefined
  #heardAt = Date.now()
  #openedAt = 0
  #lost = false

  constructor(listener: Listener) {
    this.#listener = listener
    this.#open()
    setInterval(() => this.#look(), 1000)
  }

  #open(): void {
    this.#source?.close()
    const source = new EventSource(address('api/stream'))
    this.#source = source
    this.#openedAt = Date.now()
    source.addEventListener('status', ({ data }: MessageEvent<string>) => {
      const wasLost = this.#lost
      this.#heardAt = Date.now()
      this.#lost = false
      this.#listener.status(JSON.parse(data) as Overview)
      if (wasLost) this.#listener.back()
    })
    source.addEventListener('events', ({ data }: MessageEvent<string>) => {
      const { events, skipped } = JSON.parse(data) as { events: PassedEvent[]; skipped: number }
      this.#listener.events(events, skipped)
    })
    source.addEventListener('error', () => this.#lose())
  }

  #look(): void {
    const now = Date.now()
    // A clock that was set, back as well, looks like a loss until the next word: the other way round a
    // loss would go unseen.
    if (Math.abs(now - this.#heardAt) > patience) this.#lose()
    // The browser's own tries end for good at an answer that is no stream, such as a proxy's 502; and
    // one that hangs is not given up by it.
    const closed = this.#source?.readyState === EventSource.CLOSED
    if (this.#lost && Math.abs(now - this.#openedAt) > (closed ? pause : 2 * patience)) this.#open()
  }

  #lose(): void {
    if (this.#lost) return
    this.#lost = true
    this.#listener.lost(this.#heardAt)
  }
}

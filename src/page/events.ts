/**
 * The latest events, as they are handed to the destinations. The table holds a bounded number of
 * rows however long the page is open; it stands still while it is paused or an event is open.
 */
import { readEvents } from './api.ts'
import { byId, setText } from './dom.ts'
import { EventFilter } from './event-filter.ts'
import { EventRow } from './event-row.ts'
import { formatNumber } from './format.ts'
import type { Overview, PassedEvent } from './shapes.ts'

/** Rows that are kept. */
const limit = 200
/** ms after a release within which its click comes. */
const clickAfter = 300

export class Events {
  readonly #body = byId('event-rows')
  readonly #note = byId('event-note')
  readonly #empty = byId('event-empty')
  readonly #pause = byId<HTMLButtonElement>('pause')
  readonly #filter = new EventFilter(() => void this.load())
  /** The newest first. */
  #rows: EventRow[] = []
  /** Came while the table stood still, the newest first. */
  #held: PassedEvent[] = []
  #heldCount = 0
  #skipped = 0
  #paused = false
  #pressed = false
  /** Passed while an answer is waited for, which may not have them. */
  #meanwhile: PassedEvent[] = []
  /** Of the question that was asked last: an older one's answer is not shown. */
  #asked = 0
  /** Asks it again, when it was not answered, as while the spool is being opened. */
  #again: (() => Promise<void>) | undefined

  constructor() {
    this.#pause.addEventListener('click', () => {
      this.#paused = !this.#paused
      this.#pause.setAttribute('aria-pressed', String(this.#paused))
      setText(this.#pause, this.#paused ? 'Resume' : 'Pause')
      this.#settle()
    })
    this.#standWhilePressed()
  }

  update(overview: Overview): void {
    this.#filter.update(overview)
    void this.#again?.()
  }

  /** Asks for the latest that match, and shows these only. One of them that was opened stays open. */
  async load(): Promise<void> {
    await this.#ask(
      () => this.load(),
      (events) => this.#replace(events),
    )
  }

  /** The same after a break; what stands still by the time of the answer is left standing. */
  async catchUp(): Promise<void> {
    await this.#ask(
      () => this.catchUp(),
      (events) => {
        if (!this.#stands) return this.#replace(events)
        const known = new Set([...this.#rows.map(({ event }) => event), ...this.#held].map(keyOf))
        this.#hold(events.filter((event) => !known.has(keyOf(event))))
      },
    )
  }

  async #ask(again: () => Promise<void>, take: (events: PassedEvent[]) => void): Promise<void> {
    const asked = (this.#asked += 1)
    this.#meanwhile = []
    this.#again = undefined
    try {
      const events = await readEvents(this.#filter.query, limit)
      if (asked === this.#asked) take(events)
    } catch (thrown) {
      if (asked !== this.#asked) return
      this.#again = again
      setText(this.#note, `Not loaded: ${(thrown as Error).message}`)
    }
  }

  /** Takes what passed. */
  add(events: readonly PassedEvent[], skipped: number): void {
    this.#skipped += skipped
    this.#meanwhile = [...events, ...this.#meanwhile].slice(0, limit)
    const matching = events.filter((event) => this.#filter.matches(event)).sort(newestFirst)
    if (this.#stands) this.#hold(matching)
    else this.#show(matching)
  }

  get #stands(): boolean {
    return this.#paused || this.#pressed || this.#isOpen
  }

  get #isOpen(): boolean {
    return this.#rows.some(({ isOpen }) => isOpen)
  }

  /** A row that moves between the press and the release of a pointer would lose the click. */
  #standWhilePressed(): void {
    let timer = 0
    this.#body.addEventListener('pointerdown', () => {
      clearTimeout(timer)
      this.#pressed = true
    })
    const released = () => {
      if (!this.#pressed) return
      clearTimeout(timer)
      timer = setTimeout(() => {
        this.#pressed = false
        this.#settle()
      }, clickAfter)
    }
    for (const end of ['pointerup', 'pointercancel', 'contextmenu', 'blur']) {
      window.addEventListener(end, released)
    }
  }

  #settle(): void {
    if (this.#stands) return this.#say()
    const held = this.#held
    this.#held = []
    this.#heldCount = 0
    this.#show(held)
  }

  #hold(events: readonly PassedEvent[]): void {
    this.#heldCount += events.length
    this.#held = [...events, ...this.#held].sort(newestFirst).slice(0, limit)
    this.#say()
  }

  /** What passed while they were waited for comes with them. */
  #replace(events: readonly PassedEvent[]): void {
    const open = this.#rows.filter(({ isOpen }) => isOpen).map(({ event }) => event)
    const all = [...this.#meanwhile, ...events, ...open]
    this.#meanwhile = []
    this.#held = []
    this.#heldCount = 0
    this.#skipped = 0
    const matching = all.filter((event) => this.#filter.matches(event))
    this.#arrange(matching.sort(newestFirst))
  }

  #show(events: readonly PassedEvent[]): void {
    this.#arrange([...events, ...this.#rows.map(({ event }) => event)])
  }

  /** Has the rows be these. One that stays is not touched: it keeps the focus, and stays open. */
  #arrange(events: readonly PassedEvent[]): void {
    const there = new Map(this.#rows.map((row) => [keyOf(row.event), row]))
    const wanted = new Map(events.map((event) => [keyOf(event), event]))
    this.#rows = [...wanted]
      .filter(([key], index) => index < limit || there.get(key)?.isOpen)
      .map(([key, event]) => there.get(key) ?? new EventRow(event, () => this.#settle()))
    const stay = new Set(this.#rows)
    for (const row of there.values()) if (!stay.has(row)) row.remove()
    let next: Element | null = null
    for (const row of this.#rows.toReversed()) {
      if (!row.root.isConnected) this.#body.insertBefore(row.root, next)
      next = row.root
    }
    this.#say()
  }

  #say(): void {
    // A note that comes or goes moves the rows, too.
    if (this.#pressed) return
    const parts: string[] = []
    if (this.#stands) {
      const why = this.#paused ? 'Paused' : 'Standing still while an event is open'
      parts.push(this.#heldCount > 0 ? `${why}, ${formatNumber(this.#heldCount)} new` : why)
    }
    if (this.#skipped > 0) {
      parts.push(`${formatNumber(this.#skipped)} passed too fast to be shown`)
    }
    setText(this.#note, parts.join(' · '))
    this.#empty.hidden = this.#rows.length > 0
  }
}

/** One event to one destination; it comes again when it is handed out again. */
function keyOf({ destination, queue, sequence, line, at }: PassedEvent): string {
  return [destination, queue, sequence, line, at].join(' ')
}

function newestFirst(one: PassedEvent, other: PassedEvent): number {
  return other.at - one.at
}

/**
 * The pages of ids of every queue: written with an append, read again at the next start, and removed
 * when they leave the window (by age, or when there are more ids than may be remembered). Removal
 * goes page by page with the appends, a few more pages each time than the append has added, so that
 * no append waits for a large clean-up.
 *
 * Rebuilding the tables reads the ids only, about five million a second, and nothing of the backlog.
 */
import { setImmediate as turn } from 'node:timers/promises'
import { countIds, decodeIds, encodeIds } from './ids.ts'
import { weight } from './weight.ts'
import type { QueueRecord, Records } from './records.ts'
import { Remembered } from './remembered.ts'
import type { Store } from './store.ts'

/** Pages removed in one append beyond as many as it adds. */
const removedAtOnce = 4
/** Pages read between two turns of the event loop at start. */
const pagesAtOnce = 200

export interface Remember {
  /** ms for which an id is remembered. */
  age: number
  /** Ids of one queue that are remembered at most. */
  count: number
}

/** What a write has done to the pages, for the table once it is durable. */
export interface WindowChange {
  added: { page: number; ids: Uint8Array }[]
  dropped: { page: number; ids: Uint8Array }[]
}

export class Window {
  readonly #store: Store
  readonly #records: Records
  readonly #settings: { readonly remember: Remember }
  readonly #now: () => number
  readonly #queues = new Map<string, Remembered>()

  constructor(
    store: Store,
    records: Records,
    settings: { readonly remember: Remember },
    now: () => number,
  ) {
    this.#store = store
    this.#records = records
    this.#settings = settings
    this.#now = now
  }

  /** Rebuilds the tables; in turns, so that the rest of the process lives meanwhile. */
  async load(): Promise<void> {
    for (const queue of this.#records.queues()) {
      const { oldest, newest, count } = this.#records.queue(queue).ids
      const { age, count: most } = this.#settings.remember
      const since = this.#now() - age
      const remembered = this.#make(queue, Math.min(count, most))
      let beyond = count - most
      for (let page = oldest; page <= newest; page += 1) {
        const bytes = this.#store.ids.getBinary([queue, page])
        const read = decodeIds(bytes)
        // A smaller window since the last start: what is beyond it takes no memory any more.
        if (read && beyond <= 0 && read.at >= since) remembered.add(page, read.ids)
        beyond -= bytes ? countIds(bytes) : 0
        if (page % pagesAtOnce === 0) await turn()
      }
    }
  }

  /** The window's beginning in ms since 1970. */
  get since(): number {
    return this.#now() - this.#settings.remember.age
  }

  of(queue: string): Remembered {
    return this.#queues.get(queue) ?? this.#make(queue, 0)
  }

  /** True when the id was given within the window; `aged` is called when that was long ago, more
   * than half of the window. */
  remembers(queue: string, id: Uint8Array, aged: () => void): boolean {
    const at = this.of(queue).writtenAt(id, 0, this.since)
    if (at === undefined) return false
    if (at < this.#now() - this.#settings.remember.age / 2) aged()
    return true
  }

  /** Writes ids that are remembered as the queue's newest. To be called in the queue's turn. */
  async renew(queue: string, ids: Buffer): Promise<void> {
    const change = await this.#store.write(() => {
      const record = this.#records.queue(queue)
      const account = this.#records.account()
      const change = this.change(queue, record, [ids])
      this.#records.putQueue(queue, record)
      this.#records.putAccount({ ...account, bytes: account.bytes + change.bytes })
      return change
    })
    this.changed(queue, change)
  }

  /** Inside a write: stores the new pages, removes old ones, and puts both into the record. */
  change(
    queue: string,
    record: QueueRecord,
    pages: Uint8Array[],
  ): WindowChange & { bytes: number } {
    const now = this.#now()
    const change = { added: [] as WindowChange['added'], dropped: [] as WindowChange['dropped'] }
    let bytes = 0
    const window = record.ids
    for (const ids of pages) {
      const page = encodeIds(now, ids)
      if (window.oldest > window.newest) window.since = now
      window.newest += 1
      window.count += countIds(page)
      bytes += weight(page.length)
      this.#store.ids.putSync([queue, window.newest], page)
      change.added.push({ page: window.newest, ids })
    }
    for (
      let left = pages.length + removedAtOnce;
      left > 0 && this.#beyond(window, now);
      left -= 1
    ) {
      const page = this.#store.ids.getBinary([queue, window.oldest])
      if (page) {
        const ids = decodeIds(page)?.ids
        if (ids) change.dropped.push({ page: window.oldest, ids })
        window.count -= countIds(page)
        bytes -= weight(page.length)
        this.#store.ids.removeSync([queue, window.oldest])
      }
      window.oldest += 1
      window.since = decodeIds(this.#store.ids.getBinary([queue, window.oldest]))?.at ?? 0
    }
    return { ...change, bytes }
  }

  /** To be called when the write is durable. */
  changed(queue: string, { added, dropped }: WindowChange): void {
    const remembered = this.of(queue)
    for (const { page, ids } of added) remembered.add(page, ids)
    for (const { page, ids } of dropped) remembered.drop(page, ids)
  }

  #beyond(window: QueueRecord['ids'], now: number): boolean {
    if (window.oldest > window.newest) return false
    return (
      window.since < now - this.#settings.remember.age ||
      window.count > this.#settings.remember.count
    )
  }

  #make(queue: string, expected: number): Remembered {
    const read = (page: number) => this.#store.ids.getBinary([queue, page])
    const remembered = new Remembered(read, expected)
    this.#queues.set(queue, remembered)
    return remembered
  }
}

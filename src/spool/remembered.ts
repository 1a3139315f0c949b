/**
 * The ids that one queue remembers: a table of fingerprints in memory (`seen.ts`) in front of the
 * pages of ids in the spool (`ids.ts`). An id counts as remembered only when a page that is still
 * within the window has its 16 bytes.
 *
 * Ids that come again come in the order in which they came first (a file dropped twice, a page
 * fetched again). So the last few pages are kept, and each is searched from where it was last hit.
 */
import { idBytes } from '../io/lines.ts'
import { decodeIds, sameId } from './ids.ts'
import { SeenTable, fingerprint } from './seen.ts'

/** Pages kept in memory, of 80 kB at most. */
const keptPages = 8

interface Page {
  at: number
  ids: Buffer
  /** Offset at which the next search begins. */
  hint: number
}

export class Remembered {
  readonly #read: (page: number) => Buffer | undefined
  readonly #table: SeenTable
  readonly #kept = new Map<number, Page>()
  #newest = 0

  /** `read` gives a page's bytes as they are stored; `expected` is how many ids there may be. */
  constructor(read: (page: number) => Buffer | undefined, expected = 0) {
    this.#read = read
    this.#table = new SeenTable(expected)
  }

  get size(): number {
    return this.#table.size
  }

  /** True when a page from `since` (ms since 1970) or later has the id at this offset. */
  has(ids: Uint8Array, at: number, since: number): boolean {
    return this.#table.find(fingerprint(ids, at), (stored) => {
      const page = this.#page(this.#newest - ((this.#newest - stored) >>> 0))
      return page !== undefined && page.at >= since && search(page, ids, at)
    })
  }

  /** When the id at this offset was written last, in ms since 1970; undefined when it is not
   * remembered since then. */
  writtenAt(ids: Uint8Array, at: number, since: number): number | undefined {
    let newest: number | undefined
    this.#table.find(fingerprint(ids, at), (stored) => {
      const page = this.#page(this.#newest - ((this.#newest - stored) >>> 0))
      if (page && page.at >= (newest ?? since) && search(page, ids, at)) newest = page.at
      return false
    })
    return newest
  }

  /** To be called when the page is durable. */
  add(page: number, ids: Uint8Array): void {
    this.#newest = Math.max(this.#newest, page)
    for (let at = 0; at < ids.length; at += idBytes) this.#table.add(fingerprint(ids, at), page)
  }

  /** To be called when the page's removal is durable. */
  drop(page: number, ids: Uint8Array): void {
    this.#kept.delete(page)
    for (let at = 0; at < ids.length; at += idBytes) this.#table.remove(fingerprint(ids, at), page)
  }

  #page(number: number): Page | undefined {
    const kept = this.#kept.get(number)
    if (kept) return kept
    const read = decodeIds(this.#read(number))
    if (!read) return undefined
    const page = { ...read, hint: 0 }
    this.#kept.set(number, page)
    if (this.#kept.size > keptPages) {
      for (const oldest of this.#kept.keys()) {
        this.#kept.delete(oldest)
        break
      }
    }
    return page
  }
}

function search(page: Page, ids: Uint8Array, at: number): boolean {
  const { length } = page.ids
  const start = page.hint
  for (let passed = 0; passed < length; passed += idBytes) {
    const offset = (start + passed) % length
    if (!sameId(page.ids, offset, ids, at)) continue
    page.hint = (offset + idBytes) % length
    return true
  }
  return false
}

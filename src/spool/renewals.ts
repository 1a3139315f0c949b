/**
 * Ids that are asked for again and again are kept beyond the window. A file that stays in its folder
 * (`after: keep`) is known by an id; its age counts from when it was read, so one day the id would
 * expire and the file would be sent again. So an id that is asked for and older than half of the
 * window is written anew, as the newest, a little later and many at once.
 *
 * What cannot be written now is asked for again long before it expires.
 */
import { idBytes } from '../io/lines.ts'
import { pageIds } from './ids.ts'

/** ms from the first question to the write. */
const delay = 50

export class Renewals {
  readonly #write: (queue: string, ids: Buffer) => Promise<void>
  readonly #asked = new Map<string, Set<string>>()
  #timer: NodeJS.Timeout | undefined

  /** `write` stores ids (16 bytes each, packed; a page at most) as the queue's newest. */
  constructor(write: (queue: string, ids: Buffer) => Promise<void>) {
    this.#write = write
  }

  /** Notes an id; more than a page of them wait for the next time. */
  add(queue: string, id: Uint8Array): void {
    const asked = this.#asked.get(queue) ?? new Set<string>()
    this.#asked.set(queue, asked)
    if (asked.size >= pageIds) return
    asked.add(Buffer.from(id.subarray(0, idBytes)).toString('latin1'))
    this.#timer ??= setTimeout(() => void this.#flush(), delay).unref()
  }

  close(): void {
    clearTimeout(this.#timer)
    this.#asked.clear()
  }

  async #flush(): Promise<void> {
    this.#timer = undefined
    const all = [...this.#asked]
    this.#asked.clear()
    for (const [queue, ids] of all) {
      const packed = Buffer.from([...ids].join(''), 'latin1')
      await this.#write(queue, packed).catch(() => {})
    }
  }
}

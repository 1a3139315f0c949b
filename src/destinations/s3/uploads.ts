/**
 * Closed drafts on their way into the bucket: one after the other in the order of their names, so that
 * nobody who reads by name finds an older one later; beside the reading of blocks, which waits while
 * too many are closed. The first failure ends it all, for the loop to begin anew.
 */
import type { Closed } from './shelf.ts'

/** Closed drafts that wait at most: what the disk holds for a bucket that does not answer. */
const mostWaiting = 4

export class Uploads {
  readonly #upload: (closed: Closed) => Promise<void>
  readonly #failure = new AbortController()
  #last: Promise<void> = Promise.resolve()
  #waiting = 0
  #wake = () => {}

  /** `upload` resolves when its objects are in the bucket and what follows from that is done. */
  constructor(upload: (closed: Closed) => Promise<void>) {
    this.#upload = upload
  }

  /** Aborted by the first failure, which is its reason. */
  get failed(): AbortSignal {
    return this.#failure.signal
  }

  /** Resolves when there is room for another one, and rejects when that will never be. */
  async add(closed: Closed): Promise<void> {
    this.#waiting += 1
    this.#last = this.#last.then(async () => this.#next(closed))
    while (this.#waiting >= mostWaiting && !this.failed.aborted) {
      await new Promise<void>((resolve) => (this.#wake = resolve))
    }
    this.failed.throwIfAborted()
  }

  /** Resolves when all are in the bucket; rejects with the first failure. */
  async all(): Promise<void> {
    await this.#last
    this.failed.throwIfAborted()
  }

  /** Resolves when nothing is under way any more. */
  async settled(): Promise<void> {
    await this.#last
  }

  async #next(closed: Closed): Promise<void> {
    if (this.failed.aborted) return
    try {
      await this.#upload(closed)
    } catch (thrown) {
      this.#failure.abort(thrown)
    }
    this.#waiting -= 1
    this.#wake()
  }
}

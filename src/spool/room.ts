/**
 * Whether the spool may grow. It is full when its own account (blocks and ids) has reached
 * `maxBytes`, or when the volume has less than `reserve` left. LMDB's own limit is none, and its file
 * never shrinks: room inside the file counts as free. The reserve is what receipts, rejects and
 * deletions are written to when nothing else may be; `ballast.ts` has what is left of it when others
 * take the rest.
 */
import { statfsSync } from 'node:fs'
import { asCefline, error } from '../error.ts'
import type { CeflineError } from '../error.ts'
import { Ballast } from './ballast.ts'
import { Bell } from './bell.ts'
import type { Records } from './records.ts'
import type { Store } from './store.ts'

/** ms between two looks at the volume while somebody waits for room. */
const look = 250
/** A commit that failed with less than this left has failed for want of room. */
const little = 4 * 1024 * 1024

/** The part of the settings that is about room. */
interface Limits {
  readonly maxBytes: number
  readonly reserve: number
}

export class Room {
  readonly #store: Store
  readonly #records: Records
  readonly #limits: Limits
  readonly #freeOf: (folder: string) => number
  readonly #bell = new Bell()
  readonly #ballast: Ballast
  /** A commit found no room, whatever the figures say (a quota): room is when time has passed. */
  #refused = false

  /** `free`: bytes free on the volume of a folder, for tests. */
  constructor(store: Store, records: Records, limits: Limits, free = freeOf) {
    this.#store = store
    this.#records = records
    this.#limits = limits
    this.#freeOf = free
    this.#ballast = new Ballast(store.folder)
    this.changed()
  }

  /** To be called when the limits have changed, which they have by then: it throws nothing. */
  changed(): void {
    try {
      if (!this.full) this.#takeBallast()
    } catch {
      // LMDB is being opened anew, or the volume does not answer. The limits are in force all the
      // same, and `wait` takes the ballast.
    }
    this.freed()
  }

  get bytes(): number {
    return this.#records.account().bytes
  }

  get full(): boolean {
    return this.#refused || this.#shortage() !== undefined
  }

  /** Throws `spool-full` when nothing more may be taken in. */
  check(): void {
    const shortage = this.#shortage()
    if (shortage !== undefined) throw full(this.#store.folder, shortage)
  }

  /** Runs a write; its error is `spool-full` when that is the reason. */
  async judged<T>(work: () => Promise<T>): Promise<T> {
    try {
      return await work()
    } catch (thrown) {
      throw this.#judge(asCefline(thrown))
    }
  }

  /** To be called when something was deleted. */
  freed(): void {
    this.#refused = false
    this.#bell.ring()
  }

  /** Resolves when there may be room, or when it is time to ask again whether somebody can make
   * some; rejects with the signal's reason. */
  async wait(signal: AbortSignal): Promise<void> {
    signal.throwIfAborted()
    if (this.full) {
      this.#store.clearReaders()
      await this.#bell.wait(signal, look)
      this.#refused = false
    }
    if (this.#volumeFree() >= this.#limits.reserve + little) this.#takeBallast()
  }

  #takeBallast(): void {
    this.#ballast.take(Math.min(little, Math.floor(this.#limits.reserve / 2)))
  }

  /** lmdb's code for a full disk is 5 or 28 by chance, so the volume decides. */
  #judge(failed: CeflineError): CeflineError {
    if (failed.code !== 'spool-failed' || this.#store.closed) return failed
    const { code } = (failed.cause ?? {}) as { code?: unknown }
    // EROFS: no room helps.
    if (code === 30) return failed
    // Room inside the file does not count here: it may be in pieces too small for a block.
    const short = this.#volumeFree() < Math.max(this.#limits.reserve, little)
    if (!short && code !== 28 && code !== 'ENOSPC') return failed
    this.#refused = true
    this.#ballast.drop()
    return full(this.#store.folder, 'the volume had no room for a commit', failed)
  }

  #shortage(): string | undefined {
    const { maxBytes, reserve } = this.#limits
    const { bytes } = this
    if (bytes >= maxBytes) return `it holds ${bytes} bytes of spool.maxBytes ${maxBytes}`
    const free = this.#free()
    if (free < reserve) {
      return `its volume has ${free} bytes left, less than spool.reserve ${reserve}`
    }
    return undefined
  }

  #free(): number {
    const { bytes, rejectBytes = 0 } = this.#records.account()
    // A tenth of what is held is allowed for LMDB's own pages. Rejects are in the file as well.
    const held = Math.ceil((bytes + rejectBytes) * 1.1)
    const reusable = Math.max(0, this.#store.fileBytes - held)
    return this.#volumeFree() + reusable
  }

  #volumeFree(): number {
    return this.#freeOf(this.#store.folder)
  }
}

function freeOf(folder: string): number {
  const { bavail, bsize } = statfsSync(folder)
  return bavail * bsize
}

function full(folder: string, why: string, cause?: unknown): CeflineError {
  return error(
    'spool-full',
    `spool ${folder} is full: ${why}; the sources wait until a destination takes lines or there is more room`,
    cause === undefined ? {} : { cause },
  )
}

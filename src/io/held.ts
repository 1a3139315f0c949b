/**
 * Files that something could not be done with, each with a wait of its own that grows, so that one
 * of them is not tried in a hot loop and the others do not wait for it.
 */
import type { SeenFile } from './settled.ts'
import { isSame } from './regular-file.ts'

interface Entry {
  file: SeenFile
  tries: number
  /** ms of a monotonic clock. */
  until: number
  wasRead: boolean
  why: string
}

const firstWait = 1_000
const longestWait = 300_000
/** Entries kept at most; the oldest one goes first, and its file is then tried as a new one. */
const mostEntries = 50_000

export class Held {
  readonly #entries = new Map<string, Entry>()

  /** Holds the file as it is now. `wasRead`: all its rows are durable and only the move is missing;
   * `why`: what could not be read of it. */
  hold(file: SeenFile, wasRead: boolean, now: number, why = ''): void {
    const tries = (this.#find(file)?.tries ?? 0) + 1
    const wait = Math.min(longestWait, firstWait * 2 ** (tries - 1))
    const key = keyOf(file)
    this.#entries.delete(key)
    this.#entries.set(key, { file, tries, until: now + wait, wasRead, why })
    const [oldest] = this.#entries.keys()
    if (this.#entries.size > mostEntries && oldest !== undefined) this.#entries.delete(oldest)
  }

  /** It was held before, as it is now. */
  knows(file: SeenFile): boolean {
    return this.#find(file) !== undefined
  }

  /** How often it was held, as it is now. */
  tries(file: SeenFile): number {
    return this.#find(file)?.tries ?? 0
  }

  /** Why it was held the last time, as it is now. */
  why(file: SeenFile): string | undefined {
    return this.#find(file)?.why
  }

  isHeld(file: SeenFile, now: number): boolean {
    return (this.#find(file)?.until ?? -Infinity) > now
  }

  /** Nothing of the file is missing in the spool, only its move. */
  wasRead(file: SeenFile): boolean {
    return this.#find(file)?.wasRead ?? false
  }

  release(file: SeenFile): void {
    this.#entries.delete(keyOf(file))
  }

  /** The entry, when the file is still the one that it was made for. */
  #find(file: SeenFile): Entry | undefined {
    const entry = this.#entries.get(keyOf(file))
    return entry && isSame(entry.file.identity, file.identity) ? entry : undefined
  }
}

function keyOf({ name }: SeenFile): string {
  return name.toString('latin1')
}

/**
 * The connection that comes next, opened while the one before it is still in use, or still closing.
 * A receiver may refuse it, or take it and close it at once, when it has connections enough: that is
 * tried again at growing distances, until nothing else stands any more. Then the failure is thrown.
 */
import { setTimeout as sleep } from 'node:timers/promises'
import type { Changes } from './changes.ts'
import { openConnection } from './open-connection.ts'
import type { Connection } from './connection.ts'
import type { Target } from './target.ts'

/** ms from one try to the next: doubled each time. */
const retry = { first: 1000, most: 30_000 }

export interface Wanted {
  /** It is time to open one. */
  isWanted(): boolean
  /** No other connection stands, and nothing is out. */
  isAlone(): boolean
}

export class Successor {
  readonly #target: Target
  readonly #changes: Changes
  readonly #wanted: Wanted
  #connection: Connection | undefined
  #tries = 0
  #retryAt = 0

  constructor(target: Target, changes: Changes, wanted: Wanted) {
    this.#target = target
    this.#changes = changes
    this.#wanted = wanted
  }

  /** One that stands and has nothing on it. */
  get isReady(): boolean {
    return this.#connection !== undefined
  }

  take(): Connection | undefined {
    const connection = this.#connection
    this.#connection = undefined
    if (connection) this.#tries = 0
    return connection
  }

  /** Opens one whenever it is wanted, until aborted; throws when none can be had and nothing stands. */
  async run(signal: AbortSignal): Promise<void> {
    try {
      for (;;) {
        await this.#changes.until(() => this.#isTime() || undefined, signal)
        const isAlone = this.#wanted.isAlone()
        const wait = Math.min(retry.most, retry.first * 2 ** this.#tries)
        this.#retryAt = performance.now() + wait
        this.#tries += 1
        await this.#open(signal).catch((thrown: unknown) => {
          if (isAlone) throw thrown
        })
      }
    } catch (thrown) {
      if (!signal.aborted) throw thrown
    } finally {
      this.#connection?.destroy()
    }
  }

  #isTime(): boolean {
    if (this.#connection || !this.#wanted.isWanted()) return false
    return this.#wanted.isAlone() || this.#tries === 0 || this.#changes.isTime(this.#retryAt)
  }

  async #open(signal: AbortSignal): Promise<void> {
    const connection = await openConnection(this.#target, signal)
    // Not AbortSignal.any: each leaves something behind on a signal that lives as long as the run,
    // and a run has a connection for every window (Node 20).
    const over = () => connection.destroy()
    signal.addEventListener('abort', over, { once: true })
    if (signal.aborted) over()
    // It must stand for a while before it is relied on, unless there is nothing else.
    const wait = this.#wanted.isAlone() ? 0 : connection.quiet
    await sleep(wait, undefined, { signal: connection.failed }).catch(() => {})
    signal.removeEventListener('abort', over)
    connection.failed.throwIfAborted()
    this.#connection = connection
    connection.failed.addEventListener('abort', () => this.#lost(connection), { once: true })
    this.#changes.changed()
  }

  #lost(connection: Connection): void {
    if (this.#connection !== connection) return
    this.#connection = undefined
    this.#changes.changed()
  }
}

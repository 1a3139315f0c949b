/**
 * Says that something may have happened in a folder, and nothing about what: chokidar with every entry
 * ignored holds one watch and no list of files (measured with 10,000: +20 MB against +68). Whoever
 * hears it looks for himself. At each event chokidar still lists the folder once, so a folder with
 * many files is better not watched while they are moved away one by one.
 */
import { watch } from 'chokidar'
import type { FSWatcher } from 'chokidar'

export class Doorbell {
  #rung = false
  #wake: (() => void) | undefined
  #watcher: FSWatcher | undefined

  get isWatching(): boolean {
    return this.#watcher !== undefined
  }

  /** Rings when it watches, and from then on at what happens in the folder. `failed` is called when the system can give no
   * such events, as when its watches are used up. */
  watch(folder: string, failed: (cause: unknown) => void): void {
    this.#watcher = watch(folder, {
      depth: 0,
      ignoreInitial: true,
      ignored: (path) => path !== folder,
    })
    for (const event of ['ready', 'raw'] as const) this.#watcher.on(event, () => this.ring())
    this.#watcher.on('error', failed)
  }

  ring(): void {
    this.#rung = true
    this.#wake?.()
  }

  /** Resolves when it has rung since the last time, after `milliseconds`, or at the abort. */
  async wait(milliseconds: number, signal: AbortSignal): Promise<void> {
    if (!this.#rung && !signal.aborted) {
      const { promise, resolve } = withResolvers()
      const timer = setTimeout(resolve, milliseconds)
      signal.addEventListener('abort', resolve)
      this.#wake = resolve
      await promise
      this.#wake = undefined
      signal.removeEventListener('abort', resolve)
      clearTimeout(timer)
    }
    this.#rung = false
  }

  async close(): Promise<void> {
    const watcher = this.#watcher
    this.#watcher = undefined
    await watcher?.close()
  }
}

function withResolvers(): { promise: Promise<void>; resolve: () => void } {
  let resolve = (): void => undefined
  const promise = new Promise<void>((resolved) => (resolve = resolved))
  return { promise, resolve }
}

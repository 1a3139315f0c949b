/**
 * When a changed configuration is taken over: on SIGHUP, and when a file that it was made of has
 * another content. What is wrong with one is said once; it is tried again when a file changes again.
 */
import type { App } from '../app.ts'
import { filesOf } from './plan.ts'
import type { Configuration } from '../config/load.ts'
import { FileWatch } from '../config/watch.ts'
import { asCefline } from '../error.ts'

export interface ReloadOptions {
  app: App
  /** The one that the app was started with. */
  configuration: Configuration
  /** Reads it again; adds the files that it looks at, also when it throws `config`. */
  read: (files: Set<string>) => Configuration
  /** Ends it. */
  signal: AbortSignal
  /** ms between two looks at the files. */
  interval?: number
}

export class Reload {
  readonly #options: ReloadOptions
  readonly #watch: FileWatch
  #files: readonly string[]
  /** What the last one was refused for. */
  #refused: string | undefined
  /** One at a time. */
  #turn: Promise<void> = Promise.resolve()

  constructor(options: ReloadOptions) {
    this.#options = options
    this.#files = filesOf(options.configuration)
    this.#watch = new FileWatch(() => this.#files, options.interval)
  }

  /** Watches the files until aborted. */
  async watch(): Promise<void> {
    await this.#watch.run(() => this.#inTurn(false), this.#options.signal)
  }

  /** Somebody asks for it, and is told also that nothing has changed. Never throws. */
  async now(): Promise<void> {
    await this.#inTurn(true)
  }

  #inTurn(asked: boolean): Promise<void> {
    this.#turn = this.#turn.then(() => this.#reload(asked))
    return this.#turn
  }

  async #reload(asked: boolean): Promise<void> {
    const { app, read, signal } = this.#options
    const files = new Set<string>()
    try {
      const configuration = read(files)
      for (const file of filesOf(configuration)) files.add(file)
      const changes = await app.apply(configuration)
      this.#files = [...files]
      if (changes.length > 0) app.events.reloaded(changes)
      else if (asked || this.#refused !== undefined) app.events.unchanged()
      this.#refused = undefined
    } catch (thrown) {
      // A stop refuses nothing.
      if (signal.aborted || app.isEnding) return
      // What runs is made of the one, and what would run of the other.
      this.#files = [...new Set([...this.#files, ...files])]
      const failure = asCefline(thrown)
      if (asked || failure.message !== this.#refused) app.events.reloadRefused(failure)
      this.#refused = failure.message
    }
  }
}

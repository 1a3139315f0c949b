/**
 * What stands around the loops while the spool is open: the control socket with what it and the status
 * page can ask for, and those who look at the sources, the throughput, and what the SIEM is to be told.
 * It begins before the loops, as what it remembers of them must be known by then, and ends after them.
 */
import { HistoryWatch } from './history-watch.ts'
import { live } from './live.ts'
import type { LiveOptions } from './live.ts'
import { OwnWatch } from './own-watch.ts'
import { SilenceWatch } from './silence-watch.ts'
import { startControl } from '../control/server.ts'
import type { ControlServer } from '../control/server.ts'
import type { Operations } from '../operations.ts'
import type { Asked } from '../status/asked.ts'

export class Around {
  /** What the status page asks. */
  readonly asked: Asked
  readonly #options: Omit<LiveOptions, 'history'>
  readonly #operations: Operations
  readonly #silence: SilenceWatch
  readonly #history: HistoryWatch
  readonly #own: OwnWatch
  #control: ControlServer | undefined

  constructor(options: Omit<LiveOptions, 'history'>) {
    const { events, spool, configuration, status } = options
    const { folder } = configuration().spool
    this.#options = options
    this.#history = new HistoryWatch({ events, spool, folder })
    this.#silence = new SilenceWatch({ events, folder, sources: () => configuration().sources })
    this.#own = new OwnWatch({ events, spool, configuration, status })
    const { operations, asked } = live({ ...options, history: this.#history })
    this.#operations = operations
    this.asked = asked
  }

  async start(): Promise<void> {
    const { events, configuration } = this.#options
    await this.#history.start()
    this.#control = await startControl({
      folder: configuration().spool.folder,
      operations: this.#operations,
      notice: (message) => events.warned(message),
    })
    await this.#silence.start()
    this.#own.start()
  }

  /** Nothing is changed by a command any more; while its sources run the SIEM can yet be told of it. */
  async idle(): Promise<void> {
    await this.#operations.idle()
  }

  /** Its ends, to be called one after the other; each safe before `start`. */
  get ends(): (() => Promise<void> | undefined)[] {
    return [
      () => this.#silence.stop(),
      () => this.#history.stop(),
      async () => this.#own.stop(),
      () => this.#control?.close(),
    ]
  }
}

/**
 * Takes a sample of the throughput, backlog and latency every ten seconds (`telemetry/history.ts`),
 * and keeps them in `history.json` beside the spool, so that the plots go on after a restart. The
 * file is no part of the books: one that is missing or cannot be read means beginning anew, and one
 * that cannot be written is said once and holds nothing up.
 */
import { rename, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { readKept } from './kept-file.ts'
import type { Spool } from '../core.ts'
import { asCefline } from '../error.ts'
import type { Events } from '../telemetry/events.ts'
import { Recorder } from '../telemetry/history.ts'
import type { History, Range, Sample } from '../telemetry/history.ts'

/** ms between two samples. */
const sampleEvery = 10_000
/** Samples from one writing of the file to the next. */
const samplesUntilKept = 6

export interface HistoryWatchOptions {
  events: Events
  spool: Pick<Spool, 'waiting'>
  /** The spool's. */
  folder: string
  /** ms since 1970 */
  now?: () => number
}

export class HistoryWatch {
  readonly #events: Events
  readonly #spool: HistoryWatchOptions['spool']
  readonly #file: string
  readonly #now: () => number
  readonly #recorder: Recorder
  #timer: NodeJS.Timeout | undefined
  #samples = 0
  #complained = false
  /** One writing at a time. */
  #turn: Promise<void> = Promise.resolve()

  constructor({ events, spool, folder, now = Date.now }: HistoryWatchOptions) {
    this.#events = events
    this.#spool = spool
    this.#file = join(folder, 'history.json')
    this.#now = now
    this.#recorder = new Recorder(now())
  }

  /** Reads what was kept, and takes samples from now on. */
  async start(): Promise<void> {
    const { text, fault } = await readKept(this.#file)
    if (fault !== undefined) {
      this.#events.warned(
        `${this.#file} ${fault}: it is not read, and the plots begin anew; see what wrote it`,
      )
    }
    if (text !== undefined && !this.#recorder.restore(text, this.#now())) {
      this.#events.historyLost(this.#file)
    }
    this.#wait()
  }

  read(range: Range): History {
    return this.#recorder.read(range, this.#now())
  }

  /** Takes one. Never throws. */
  sample(): void {
    try {
      this.#recorder.add(this.#look())
    } catch {
      // The spool does not answer, and those who write to it say so: a gap in the plot.
    }
    this.#samples += 1
    if (this.#samples % samplesUntilKept === 0) void this.keep()
  }

  /** Writes the file. Never throws. */
  keep(): Promise<void> {
    this.#turn = this.#turn.then(() => this.#keep())
    return this.#turn
  }

  /** Safe before use, safe twice. */
  async stop(): Promise<void> {
    clearTimeout(this.#timer)
    if (this.#timer) await this.keep()
    this.#timer = undefined
  }

  /** In the middle of each step, so that a late timer leaves none of them out. */
  #wait(): void {
    const since = (this.#now() + sampleEvery / 2) % sampleEvery
    this.#timer = setTimeout(() => {
      this.sample()
      this.#wait()
    }, sampleEvery - since).unref()
  }

  #look(): Sample {
    const { sources, destinations } = this.#events
    const read = [...sources].map(([name, { throughput }]) => {
      return [name, { read: throughput.total }] as const
    })
    const received = [...destinations].map(([name, events]) => {
      const { lines: waiting } = this.#spool.waiting(name)
      const latency = events.takeLatency()
      return [name, { received: events.throughput.total, waiting, latency }] as const
    })
    return {
      at: this.#now(),
      sources: Object.fromEntries(read),
      destinations: Object.fromEntries(received),
    }
  }

  async #keep(): Promise<void> {
    const unfinished = `${this.#file}.new`
    try {
      await writeFile(unfinished, this.#recorder.store(), { mode: 0o600 })
      await rename(unfinished, this.#file)
    } catch (thrown) {
      if (this.#complained) return
      this.#complained = true
      const why = asCefline(thrown).message
      this.#events.warned(`what the plots show cannot be kept in ${this.#file}: ${why}`)
    }
  }
}

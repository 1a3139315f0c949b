/**
 * What happens, as server-sent events (HTML Living Standard section 9.2): `status` each second,
 * `events` when something has passed. All who look get the same text, which is made once; while
 * nobody looks nothing is made. One that reads too slowly misses some and is told of events that it
 * missed; one that reads nothing for long is ended, and one whose token is taken away.
 */
import { PassThrough } from 'node:stream'
import type { Readable } from 'node:stream'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Asked, Seen } from './asked.ts'
import { shownEvents } from './shown-event.ts'

/** Who may look at once. */
export const mostReaders = 10
/** ms between two of a kind. */
const every = 1000
/** Of `events` at once: that many a second. */
const mostEvents = 50
/** ms after which a browser that lost the connection asks again. */
const retry = 3000
/** Comments keep alive what lies between: one in so many seconds. */
const commentEvery = 15
/** Bytes that may wait for a reader, and ms for which they may. */
const mostWaiting = 1024 * 1024
const longestBehind = 30_000

interface Reader {
  stream: PassThrough
  /** Whether it still may: its token may be one no more. */
  mayLook: () => boolean
  /** Events that it was not sent. */
  missed: number
  /** ms of a clock that never goes back: since when it does not read. */
  behindSince?: number
}

export interface StreamOptions {
  /** As `/api/status` has it. */
  status(): Promise<object>
  asked(): Asked | undefined
  /** ms between two of a kind. */
  every?: number
}

export class Stream {
  readonly #options: Required<StreamOptions>
  readonly #readers = new Set<Reader>()
  #over = new AbortController()

  constructor(options: StreamOptions) {
    this.#options = { every, ...options }
  }

  /** Who looks now. */
  get readers(): number {
    return this.#readers.size
  }

  /** One more reader; undefined when there are too many. */
  open(mayLook: () => boolean = () => true): Readable | undefined {
    if (this.#readers.size >= mostReaders) return undefined
    const reader: Reader = { stream: new PassThrough(), mayLook, missed: 0 }
    reader.stream.once('close', () => this.#left(reader))
    reader.stream.write(`retry: ${retry}\n\n`)
    this.#readers.add(reader)
    if (this.#readers.size === 1) this.#begin()
    else void this.#tellStatus([reader])
    return reader.stream
  }

  /** Ends all. */
  close(): void {
    this.#over.abort()
    for (const { stream } of this.#readers) stream.end()
  }

  #begin(): void {
    this.#over = new AbortController()
    const { signal } = this.#over
    void this.#tellStatuses(signal)
    void this.#tellEvents(signal)
  }

  #left(reader: Reader): void {
    this.#readers.delete(reader)
    if (this.#readers.size === 0) this.#over.abort()
  }

  async #tellStatuses(signal: AbortSignal): Promise<void> {
    for (let second = 1; !signal.aborted; second += 1) {
      for (const { stream, mayLook } of this.#readers) if (!mayLook()) stream.destroy()
      await this.#tellStatus(this.#readers)
      if (second % commentEvery === 0) for (const one of this.#readers) send(one, ':\n\n')
      await this.#pause(signal)
    }
  }

  async #tellStatus(readers: Iterable<Reader>): Promise<void> {
    try {
      const text = message('status', await this.#options.status())
      for (const reader of readers) send(reader, text)
    } catch {
      // The spool does not answer: the page shows how old its figures are.
    }
  }

  async #tellEvents(signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      try {
        for await (const seen of this.#options.asked()?.watch(mostEvents, signal) ?? []) {
          this.#tellSeen(seen)
          await this.#pause(signal)
        }
      } catch {
        // What cannot be shown is no reason to stop the appliance: the page goes on with what comes.
      }
      await this.#pause(signal)
    }
  }

  #tellSeen(seen: Seen): void {
    const { skipped } = seen
    const events = shownEvents(seen)
    const text = message('events', { events, skipped })
    for (const reader of this.#readers) {
      const { missed } = reader
      const own = missed === 0 ? text : message('events', { events, skipped: skipped + missed })
      if (send(reader, own)) reader.missed = 0
      else reader.missed += events.length + skipped
    }
  }

  async #pause(signal: AbortSignal): Promise<void> {
    await sleep(this.#options.every, undefined, { signal, ref: false }).catch(() => {})
  }
}

/** False when the reader has to read first. */
function send(reader: Reader, text: string): boolean {
  const { stream } = reader
  if (stream.destroyed || stream.writableEnded) return false
  if (stream.writableLength + stream.readableLength > mostWaiting) {
    reader.behindSince ??= performance.now()
    if (performance.now() - reader.behindSince > longestBehind) stream.destroy()
    return false
  }
  delete reader.behindSince
  stream.write(text)
  return true
}

/** JSON has no line feed outside of its texts, and none in them. */
function message(event: string, data: object): string {
  return `event: ${event}\ndata: ${JSON.stringify(data)}\n\n`
}

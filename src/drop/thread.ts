/**
 * The main thread's side of a worker that reads dropped files (its own is `worker.ts`). Reading begins
 * when it is asked for, so the next files are being parsed while the last batch of these is committed.
 * A worker that dies fails what it was asked for and is started anew at the next reading.
 */
import type { Worker } from 'node:worker_threads'
import type { Batch } from '../core.ts'
import { startWorker } from '../io/start-worker.ts'
import { asError } from './portion.ts'
import type { DropFile, Portion } from './portion.ts'
import type { FromWorker, ToWorker } from './worker.ts'

export interface ReadingThreadOptions {
  /** The worker's module, which calls `serve`: relative to `from`, without its extension. */
  worker: string
  /** `import.meta.url` of who names it. */
  from: string
  /** What it reads, for messages: `alert files`. */
  what: string
  /** What the worker makes its reader of; posted once, first. */
  data: unknown
}

export class ReadingThread {
  readonly #options: ReadingThreadOptions
  readonly #readings = new Map<number, Reading>()
  /** Those whose last message was not taken yet. */
  readonly #untaken = new Set<Reading>()
  #worker: Worker | undefined
  #last = 0

  constructor(options: ReadingThreadOptions) {
    this.#options = options
  }

  /** Begins to read at once. The portions are those of the worker's reader, their buffers good until
   * the next one is asked for; throws when the thread ended. */
  read(files: DropFile[]): AsyncIterable<Portion> {
    const worker = (this.#worker ??= this.#start())
    const number = (this.#last += 1)
    const reading = new Reading(
      (buffer) => this.#post(worker, { kind: 'grant', buffer }, buffer ? [buffer] : []),
      () => this.#untaken.delete(reading),
    )
    this.#readings.set(number, reading)
    this.#untaken.add(reading)
    // Somebody waits for it, and nothing else may keep the process running.
    worker.ref()
    this.#post(worker, { kind: 'read', reading: number, files })
    return reading
  }

  /** Ends what is under way. Safe before use and twice; `read` may be called again after it. */
  async stop(): Promise<void> {
    const worker = this.#worker
    this.#worker = undefined
    this.#untaken.clear()
    this.#failAll('the reading was ended')
    await worker?.terminate()
  }

  /** Ends the worker only when it has done or will do something that nobody will take. */
  async abandon(): Promise<void> {
    if (this.#untaken.size > 0) await this.stop()
  }

  #start(): Worker {
    const { worker: module, from, data } = this.#options
    const worker = startWorker(module, from)
    worker.unref()
    this.#post(worker, { kind: 'data', data })
    worker.on('message', (message: FromWorker) => {
      // One that is being ended must keep the process running until it has.
      if (this.#worker !== worker) return
      const reading = this.#readings.get(message.reading)
      if (message.kind !== 'portion') this.#readings.delete(message.reading)
      if (this.#readings.size === 0) worker.unref()
      reading?.receive(message)
    })
    worker.on('error', (cause) => {
      this.#died(worker, cause)
    })
    worker.on('exit', (code) => {
      this.#died(worker, new Error(`exit code ${code}`))
    })
    return worker
  }

  #died(worker: Worker, cause: Error): void {
    if (this.#worker !== worker) return
    this.#worker = undefined
    const { what } = this.#options
    this.#failAll(`the thread that reads ${what} ended: ${cause.message}; it is started anew`)
  }

  #failAll(message: string): void {
    for (const [reading, waiting] of this.#readings) {
      const failure = { code: 'internal', message, permanent: false } as const
      waiting.receive({ kind: 'failed', reading, failure })
    }
    this.#readings.clear()
  }

  #post(worker: Worker, message: ToWorker, transfer: ArrayBuffer[] = []): void {
    worker.postMessage(message, transfer)
  }
}

/** The messages of one reading, in a queue of their own. */
class Reading {
  readonly #taken: (buffer: ArrayBuffer | undefined) => void
  readonly #over: () => void
  readonly #messages: FromWorker[] = []
  #wake: (() => void) | undefined

  constructor(taken: (buffer: ArrayBuffer | undefined) => void, over: () => void) {
    this.#taken = taken
    this.#over = over
  }

  receive(message: FromWorker): void {
    this.#messages.push(message)
    this.#wake?.()
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<Portion> {
    for (;;) {
      const message = this.#messages.shift()
      if (!message) {
        await new Promise<void>((resolve) => (this.#wake = resolve))
      } else if (message.kind === 'portion') {
        const batch = withBuffers(message.portion.batch)
        yield { ...message.portion, batch }
        // The batch is durable: its buffer goes back to be filled again.
        const { buffer } = batch.lines.bytes
        this.#taken(buffer.byteLength > 0 ? (buffer as ArrayBuffer) : undefined)
      } else if (message.kind === 'end') {
        this.#over()
        return
      } else {
        this.#over()
        throw asError(message.failure)
      }
    }
  }
}

/** A Buffer comes out of a thread's message as a bare Uint8Array. */
function withBuffers(batch: Batch): Batch {
  const { count, bytes, ids } = batch.lines
  return { ...batch, lines: { count, bytes: asBuffer(bytes), ids: asBuffer(ids) } }
}

function asBuffer(bytes: Uint8Array): Buffer {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)
}

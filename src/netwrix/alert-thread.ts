/**
 * The main thread's side of the worker that reads alert files. A file's reading begins when it is
 * asked for, so the next file is being parsed while this one's last batch is committed. A worker that
 * dies fails what it was asked for and is started anew at the next file.
 */
import type { Worker } from 'node:worker_threads'
import type { Batch } from '../core.ts'
import { error } from '../error.ts'
import { startWorker } from '../io/start-worker.ts'
import type { AlertFile, AlertReading } from './alert-reader.ts'
import type { FromWorker, ToWorker } from './alert-worker.ts'

export class AlertThread {
  readonly #options: AlertReading
  readonly #readings = new Map<number, Reading>()
  /** Those whose last message was not taken yet. */
  readonly #untaken = new Set<Reading>()
  #worker: Worker | undefined
  #last = 0

  constructor(options: AlertReading) {
    this.#options = options
  }

  /** Begins to read at once. The batches are those of `readAlerts`, as are the errors. */
  read(file: AlertFile): AsyncIterable<Batch> {
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
    this.#post(worker, { kind: 'read', reading: number, file, options: this.#options })
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
    const worker = startWorker('./alert-worker', import.meta.url)
    worker.unref()
    worker.on('message', (message: FromWorker) => {
      const reading = this.#readings.get(message.reading)
      if (message.kind !== 'batch') this.#readings.delete(message.reading)
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
    this.#failAll(`the thread that reads alert files ended: ${cause.message}; it is started anew`)
  }

  #failAll(message: string): void {
    for (const [reading, waiting] of this.#readings) {
      waiting.receive({ kind: 'failed', reading, code: 'internal', message, permanent: false })
    }
    this.#readings.clear()
  }

  #post(worker: Worker, message: ToWorker, transfer: ArrayBuffer[] = []): void {
    worker.postMessage(message, transfer)
  }
}

/** One file's messages, in a queue of their own. */
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

  async *[Symbol.asyncIterator](): AsyncGenerator<Batch> {
    for (;;) {
      const message = this.#messages.shift()
      if (!message) {
        await new Promise<void>((resolve) => (this.#wake = resolve))
      } else if (message.kind === 'batch') {
        const batch = withBuffers(message.batch)
        yield batch
        // The batch is durable: its buffer goes back to be filled again.
        const { buffer } = batch.lines.bytes
        this.#taken(buffer.byteLength > 0 ? (buffer as ArrayBuffer) : undefined)
      } else if (message.kind === 'end') {
        this.#over()
        return
      } else {
        this.#over()
        throw error(message.code, message.message, { permanent: message.permanent })
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

/**
 * The worker thread's side: reads the files it is asked for, one after the other, and posts their
 * batches. It is never more than the granted number of batches ahead of the one who takes them.
 */
import { parentPort } from 'node:worker_threads'
import type { Batch } from '../core.ts'
import type { Code } from '../error.ts'
import { asCefline } from '../error.ts'
import type { AlertFile, AlertReading } from './alert-reader.ts'
import { alertPacker } from './alert-batch.ts'
import { readAlerts } from './alert-reader.ts'

export type ToWorker =
  | { kind: 'read'; reading: number; file: AlertFile; options: AlertReading }
  /** A batch was taken, so one more may be posted; with the buffer that its lines were in. */
  | { kind: 'grant'; buffer: ArrayBuffer | undefined }

export type FromWorker =
  | { kind: 'batch'; reading: number; batch: Batch }
  | { kind: 'end'; reading: number }
  /** An error in parts, as a thread's boundary keeps of an Error only its text. */
  | { kind: 'failed'; reading: number; code: Code; message: string; permanent: boolean }

/** Batches that may be under way at once. */
export const batchesAhead = 4

if (parentPort) {
  const port = parentPort
  const packer = alertPacker()
  let granted = batchesAhead
  let wake: (() => void) | undefined
  let work = Promise.resolve()

  const post = (message: FromWorker, transfer: ArrayBuffer[] = []): void => {
    port.postMessage(message, transfer)
  }

  const read = async ({ reading, file, options }: ToWorker & { kind: 'read' }): Promise<void> => {
    try {
      for await (const batch of readAlerts(file, options, packer)) {
        while (granted === 0) await new Promise<void>((resolve) => (wake = resolve))
        granted -= 1
        const { bytes, ids } = batch.lines
        const transfer = [bytes.buffer, ids.buffer].filter((buffer) => buffer.byteLength > 0)
        post({ kind: 'batch', reading, batch }, transfer as ArrayBuffer[])
      }
      post({ kind: 'end', reading })
    } catch (thrown) {
      const { code, message, permanent } = asCefline(thrown)
      post({ kind: 'failed', reading, code, message, permanent })
    }
  }

  port.on('message', (message: ToWorker) => {
    if (message.kind === 'read') {
      work = work.then(() => read(message))
    } else {
      if (message.buffer) packer.giveBack(message.buffer)
      granted += 1
      wake?.()
    }
  })
}

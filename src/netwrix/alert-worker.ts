/**
 * The worker thread's side: reads the lists of files it is asked for, one after the other, and posts
 * their batches. It is never more than the granted number of batches ahead of the one who takes them.
 */
import { parentPort } from 'node:worker_threads'
import { asCefline } from '../error.ts'
import type { AlertFailure, AlertPortion } from './alert-batch.ts'
import { alertPacker } from './alert-batch.ts'
import type { AlertFile, AlertReading } from './alert-reader.ts'
import { AlertReader } from './alert-reader.ts'

export type ToWorker =
  /** Comes first, once. */
  | { kind: 'options'; options: AlertReading }
  | { kind: 'read'; reading: number; files: AlertFile[] }
  /** A batch was taken, so one more may be posted; with the buffer that its lines were in. */
  | { kind: 'grant'; buffer: ArrayBuffer | undefined }

export type FromWorker =
  | { kind: 'portion'; reading: number; portion: AlertPortion }
  | { kind: 'end'; reading: number }
  /** Not one file's fault, but ours. */
  | { kind: 'failed'; reading: number; failure: AlertFailure }

/** Batches that may be under way at once. */
export const batchesAhead = 2

if (parentPort) {
  const port = parentPort
  const packer = alertPacker()
  let reader: AlertReader | undefined
  let granted = batchesAhead
  let wake: (() => void) | undefined
  let work = Promise.resolve()

  const post = (message: FromWorker, transfer: ArrayBuffer[] = []): void => {
    port.postMessage(message, transfer)
  }

  const read = async ({ reading, files }: ToWorker & { kind: 'read' }): Promise<void> => {
    try {
      for (const portion of reader?.read(files) ?? []) {
        while (granted === 0) await new Promise<void>((resolve) => (wake = resolve))
        granted -= 1
        const { bytes, ids } = portion.batch.lines
        const transfer = [bytes.buffer, ids.buffer].filter((buffer) => buffer.byteLength > 0)
        post({ kind: 'portion', reading, portion }, transfer as ArrayBuffer[])
      }
      post({ kind: 'end', reading })
    } catch (thrown) {
      const { code, message, permanent } = asCefline(thrown)
      post({ kind: 'failed', reading, failure: { code, message, permanent } })
    }
  }

  port.on('message', (message: ToWorker) => {
    if (message.kind === 'options') {
      reader = new AlertReader(message.options, packer)
    } else if (message.kind === 'read') {
      work = work.then(() => read(message))
    } else {
      if (message.buffer) packer.giveBack(message.buffer)
      granted += 1
      wake?.()
    }
  })
}

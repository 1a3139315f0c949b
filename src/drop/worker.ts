/**
 * The worker thread's side: has the lists of files read that it is asked for, one after the other, and
 * posts their batches. It is never more than the granted number of batches ahead of the one who takes
 * them.
 */
import type { MessagePort } from 'node:worker_threads'
import { asCefline } from '../error.ts'
import type { DropFile, FileFailure, Portion } from './portion.ts'

/** Reads files of one kind. */
export interface Reader {
  /** One list at a time. What is wrong with a file ends that file; it throws only for faults of ours.
   * A portion's lines are in buffers of their own (as `LinePacker.take` gives them), which go to the
   * other thread. */
  read(files: DropFile[]): Iterable<Portion> | AsyncIterable<Portion>
  /** A buffer that lines were in, to be filled again; also comes amid the reading of a list. */
  giveBack(buffer: ArrayBuffer): void
}

export type ToWorker =
  /** Comes first, once. */
  | { kind: 'data'; data: unknown }
  | { kind: 'read'; reading: number; files: DropFile[] }
  /** A batch was taken, so one more may be posted; with the buffer that its lines were in. */
  | { kind: 'grant'; buffer: ArrayBuffer | undefined }

export type FromWorker =
  | { kind: 'portion'; reading: number; portion: Portion }
  | { kind: 'end'; reading: number }
  /** Not one file's fault, but ours. */
  | { kind: 'failed'; reading: number; failure: FileFailure }

/** Batches that may be under way at once. */
const batchesAhead = 2

/** Does what `port` (a worker's `parentPort`) asks for; `data` is what `ReadingThread` was given. */
export function serve(port: MessagePort, makeReader: (data: unknown) => Reader): void {
  let reader: Reader | undefined
  let granted = batchesAhead
  let wake: (() => void) | undefined
  let work = Promise.resolve()

  const post = (message: FromWorker, transfer: ArrayBuffer[] = []): void => {
    port.postMessage(message, transfer)
  }

  const read = async ({ reading, files }: ToWorker & { kind: 'read' }): Promise<void> => {
    try {
      for await (const portion of reader?.read(files) ?? []) {
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
    if (message.kind === 'data') {
      reader = makeReader(message.data)
    } else if (message.kind === 'read') {
      work = work.then(() => read(message))
    } else {
      if (message.buffer) reader?.giveBack(message.buffer)
      granted += 1
      wake?.()
    }
  })
}

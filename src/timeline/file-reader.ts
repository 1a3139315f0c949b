/**
 * Reads files of timelines, one after the other, as batches of CEF lines. It moves nothing and keeps
 * nothing: the worker thread runs it for the drop folder.
 *
 * A file is looked at before each batch. When it has changed, what is in hand of it is thrown away, as
 * a row of it may be half of each content; what was given of it is left out when it is read again.
 *
 * A file ends with a failure for `file-unreadable` (permission, gone; permanent when it is no regular
 * file), `file-changed`, `header` (permanent: its format cannot be told), and with the code of its
 * first reject (permanent) when no row of it could be read.
 */
import { basename } from 'node:path'
import type { Scratch } from '../core.ts'
import type { DropFile, FileFailure, Portion } from '../drop/portion.ts'
import type { Reader } from '../drop/worker.ts'
import { asCefline } from '../error.ts'
import { FileBytes } from '../io/file-bytes.ts'
import { printableName } from '../io/file-name.ts'
import { RowBatch, rowPacker } from '../drop/batch.ts'
import { evidenceName } from './origin.ts'
import type { TimelineReading } from './reader.ts'
import { readTimeline } from './reader.ts'

export interface FileReading extends TimelineReading {
  /** The evidence's name where the rows have none; null: the file's name without its endings. */
  evidence: string | null
}

export class TimelineFiles implements Reader {
  readonly #reading: FileReading
  readonly #packer = rowPacker()
  readonly #scratch: Scratch = {}

  constructor(reading: FileReading) {
    this.#reading = reading
  }

  async *read(files: DropFile[]): AsyncGenerator<Portion, void> {
    const batch = new RowBatch(this.#packer)
    for (const [index, file] of files.entries()) yield* this.#readOne(file, index, batch)
    if (!batch.isEmpty) yield batch.take()
  }

  giveBack(buffer: ArrayBuffer): void {
    this.#packer.giveBack(buffer)
  }

  async *#readOne(file: DropFile, index: number, batch: RowBatch): AsyncGenerator<Portion, void> {
    const path = Buffer.from(file.path)
    const name = printableName(Buffer.from(basename(path.toString('latin1')), 'latin1'))
    let bytes: FileBytes | undefined
    let failure: FileFailure | undefined
    try {
      bytes = new FileBytes(path, name, this.#scratch, file.identity)
      if (!bytes.isWhole && !batch.isEmpty) yield batch.take()
      const receivedAt = Number(bytes.identity.mtimeNs / 1_000_000n)
      const origin = { name, receivedAt, evidence: fileEvidence(name, this.#reading.evidence) }
      const pauses = readTimeline(chunksOf(bytes), origin, this.#reading, batch)
      while ((await pauses.next()).done !== true) {
        bytes.checkUnchanged()
        yield batch.take()
      }
      bytes.checkUnchanged()
    } catch (thrown) {
      const { code, message, permanent } = asCefline(thrown)
      if (bytes?.isWhole === false && !permanent) batch.clear()
      failure = { code, message, permanent }
    } finally {
      bytes?.close()
    }
    batch.end(failure ? { index, failure } : { index })
  }
}

/** `given` is the option's; there is no id but in rows. */
export function fileEvidence(name: string, given: string | null) {
  return { id: undefined, name: given ?? evidenceName(name) }
}

/** Each chunk for good: a decoder may keep a part of it. */
async function* chunksOf(bytes: FileBytes): AsyncGenerator<Buffer> {
  for (const chunk of bytes.chunks()) yield Buffer.from(chunk)
}

/**
 * Collects what becomes of rows until it is enough for a batch: big enough to make a commit worth its
 * sync, small enough for a few of them to be in memory at once. A batch may have rows of many files; it
 * says which ones end with it.
 */
import type { Batch, Notice, Reject } from '../core.ts'
import type { FileEnd, Portion } from './portion.ts'
import { LinePacker } from '../io/lines.ts'

const batchRows = 3_000
const batchBytes = 704 * 1024

/** A packer whose buffers a batch fits into. */
export function rowPacker(): LinePacker {
  return new LinePacker(batchBytes + 64 * 1024)
}

export class RowBatch {
  readonly #packer: LinePacker
  #rejects: Reject[] = []
  #rejectLength = 0
  #ignored = 0
  #notices: Notice[] = []
  #ended: FileEnd[] = []

  /** The packer may have been used before. */
  constructor(packer: LinePacker) {
    this.#packer = packer
    packer.clear()
  }

  get isFull(): boolean {
    return (
      this.#packer.count + this.#rejects.length >= batchRows ||
      this.#packer.size >= batchBytes ||
      this.#rejectLength >= batchBytes
    )
  }

  /** Nothing in it that anyone should hear of. */
  get isEmpty(): boolean {
    const counted = this.#packer.count + this.#rejects.length + this.#ignored
    return counted + this.#notices.length + this.#ended.length === 0
  }

  /** `time` in ms since 1970; `key` (16 bytes) is copied. */
  add(cef: string, time: number, severity: number, key: Uint8Array): void {
    this.#packer.add(cef, time, severity, key)
  }

  refuse(reject: Reject): void {
    this.#rejects.push(reject)
    this.#rejectLength += reject.record.length
  }

  ignore(): void {
    this.#ignored += 1
  }

  notice(notice: Notice): void {
    this.#notices.push(notice)
  }

  end(end: FileEnd): void {
    this.#ended.push(end)
  }

  /** Forgets what was added since the last `take`. */
  clear(): void {
    this.#packer.clear()
    this.#reset()
  }

  take(): Portion {
    const lines = this.#packer.take()
    const batch: Batch = {
      read: lines.count + this.#rejects.length + this.#ignored,
      lines,
      rejects: this.#rejects,
      ignored: this.#ignored,
    }
    if (this.#notices.length > 0) batch.notices = this.#notices
    const ended = this.#ended
    this.#reset()
    return { batch, ended }
  }

  #reset(): void {
    this.#rejects = []
    this.#rejectLength = 0
    this.#ignored = 0
    this.#notices = []
    this.#ended = []
  }
}

/**
 * Collects what becomes of the rows of alert files until it is enough for a batch: big enough to make
 * a commit worth its sync, small enough for a few of them to be in memory at once. A batch may have
 * rows of many files; it says which ones end with it.
 */
import { encode } from '../cef/encode.ts'
import type { Batch, Notice, Reject } from '../core.ts'
import type { FileEnd, Portion } from '../drop/portion.ts'
import type { Code } from '../error.ts'
import { LinePacker } from '../io/lines.ts'
import type { Mapper } from '../mappings/compile.ts'
import type { Profile } from '../mappings/netwrix.ts'
import type { AlertIds } from './alert-ids.ts'
import { keptRecord } from './alert-record.ts'
import type { ActivityRecord } from './record.ts'
import { recordId } from './record.ts'

const batchRows = 3_000
const batchBytes = 704 * 1024

/** A file whose rows come now. */
export interface AlertOrigin {
  /** The file's name, printable. */
  name: string
  ids: AlertIds
  profile: Profile
  map: Mapper
  /** ms since 1970: the time of rows that have none. */
  receivedAt: number
}

/** A packer whose buffers a batch fits into. */
export function alertPacker(): LinePacker {
  return new LinePacker(batchBytes + 64 * 1024)
}

export class AlertBatch {
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

  add(record: ActivityRecord, row: number, { ids, profile, map, receivedAt }: AlertOrigin): void {
    const hasRid = record.rid !== ''
    const id = hasRid ? '' : ids.textOf(row)
    const event = map(record, { kind: 'alert', profile, receivedAt, id })
    const key = hasRid ? recordId(record.rid) : ids.of(row)
    this.#packer.add(encode(event), event.time, event.severity, key)
  }

  /** `reason` goes on after the place: `has …`. `header` and `text` are rows as the file has them. */
  refuse(
    row: number,
    { code, reason, header, text }: { code: Code; reason: string; header: string; text: string },
    { name, ids }: AlertOrigin,
  ): void {
    const record = keptRecord(header, text)
    const id = ids.ofRefused(row)
    this.#rejects.push({
      code,
      reason: `${name} row ${row} ${reason}`,
      origin: name,
      row,
      record,
      id,
    })
    this.#rejectLength += record.length
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

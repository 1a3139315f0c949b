/**
 * Collects what becomes of a file's rows until it is enough for a batch: big enough to make a
 * commit worth its sync, small enough for a few of them to be in memory at once.
 */
import { encode } from '../cef/encode.ts'
import type { Batch, Notice, Reject } from '../core.ts'
import { idBytes, LinePacker } from '../io/lines.ts'
import type { MappingOptions } from '../mappings/netwrix.ts'
import { mapRecord } from '../mappings/netwrix.ts'
import type { ActivityRecord } from './record.ts'
import { recordId } from './record.ts'

const batchRows = 2_000
const batchBytes = 512 * 1024

/** Bit of the row's number in an id that makes it a reject's: a row that is refused today must not
 * be taken for known when the configuration has been put right and the file is dropped again. */
const refusedBit = 0x80000000

/** What a reject's text is cut to, in characters; the file itself is kept in `done`. */
const recordLength = 1024 * 1024

export interface AlertOrigin {
  /** The file's name, printable. */
  name: string
  /** SHA-256 of all its bytes. */
  digest: Buffer
  profile: MappingOptions['profile']
  /** ms since 1970: the time of rows that have none. */
  receivedAt: number
}

/** A packer whose buffers a batch fits into. */
export function alertPacker(): LinePacker {
  return new LinePacker(batchBytes + 64 * 1024)
}

export class AlertBatch {
  readonly #origin: AlertOrigin
  readonly #packer: LinePacker
  /** The id of a row without RID: 12 bytes of the file's digest and the row's number. */
  readonly #rowId = Buffer.alloc(idBytes)
  readonly #digestText: string
  #rejects: Reject[] = []
  #rejectLength = 0
  #ignored = 0
  #notices: Notice[] = []

  /** The packer may have been used for another file. */
  constructor(origin: AlertOrigin, packer: LinePacker) {
    this.#origin = origin
    this.#packer = packer
    packer.clear()
    origin.digest.copy(this.#rowId, 0, 0, idBytes - 4)
    this.#digestText = origin.digest.toString('hex', 0, idBytes - 4)
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
    return counted === 0 && this.#notices.length === 0
  }

  add(record: ActivityRecord, row: number): void {
    const { profile, receivedAt } = this.#origin
    const id = record.rid === '' ? this.#idOf(row) : recordId(record.rid)
    const idText = record.rid === '' ? this.#digestText + hexOf(row) : ''
    const event = mapRecord(record, { kind: 'alert', profile, receivedAt, id: idText })
    this.#packer.add(encode(event), event.time, event.severity, id)
  }

  /** `reason` goes on after the place: `has …`. */
  refuse(row: number, code: Reject['code'], reason: string, text: string): void {
    const { name } = this.#origin
    const left = text.length - recordLength
    this.#rejects.push({
      code,
      reason: `${name} row ${row} ${reason}`,
      origin: name,
      row,
      record: left > 0 ? `${text.slice(0, recordLength)}… (and ${left} characters)` : text,
      id: Buffer.from(this.#idOf(row | refusedBit)),
    })
    this.#rejectLength += Math.min(text.length, recordLength)
  }

  ignore(): void {
    this.#ignored += 1
  }

  notice(notice: Notice): void {
    this.#notices.push(notice)
  }

  take(): Batch {
    const lines = this.#packer.take()
    const batch: Batch = {
      read: lines.count + this.#rejects.length + this.#ignored,
      lines,
      rejects: this.#rejects,
      ignored: this.#ignored,
    }
    if (this.#notices.length > 0) batch.notices = this.#notices
    this.#rejects = []
    this.#rejectLength = 0
    this.#ignored = 0
    this.#notices = []
    return batch
  }

  #idOf(row: number): Buffer {
    this.#rowId.writeUInt32BE(row >>> 0, idBytes - 4)
    return this.#rowId
  }
}

function hexOf(row: number): string {
  return row.toString(16).padStart(8, '0')
}

/**
 * What becomes of the rows of alert files, as a batch: a record as its CEF line under the row's id, a
 * row that is none as a reject that can be read again by itself.
 */
import { encode } from '../cef/encode.ts'
import { RowBatch } from '../drop/batch.ts'
import type { Code } from '../error.ts'
import type { Mapper } from '../mappings/compile.ts'
import type { Profile } from '../mappings/netwrix.ts'
import type { AlertIds } from './alert-ids.ts'
import { keptRecord } from './alert-record.ts'
import type { ActivityRecord } from './record.ts'
import { recordId } from './record.ts'

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

export class AlertBatch extends RowBatch {
  addRecord(
    record: ActivityRecord,
    row: number,
    { ids, profile, map, receivedAt }: AlertOrigin,
  ): void {
    const hasRid = record.rid !== ''
    const id = hasRid ? '' : ids.textOf(row)
    const event = map(record, { kind: 'alert', profile, receivedAt, id })
    const key = hasRid ? recordId(record.rid) : ids.of(row)
    this.add(encode(event), event.time, event.severity, key)
  }

  /** `reason` goes on after the place: `has …`. `header` and `text` are rows as the file has them. */
  refuseRow(
    row: number,
    { code, reason, header, text }: { code: Code; reason: string; header: string; text: string },
    { name, ids }: AlertOrigin,
  ): void {
    const record = keptRecord(header, text)
    const id = ids.ofRefused(row)
    this.refuse({
      code,
      reason: `${name} row ${row} ${reason}`,
      origin: name,
      row,
      record,
      id,
    })
  }
}

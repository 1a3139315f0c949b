/**
 * A page's records as lines for the spool. No record stops its page: one that cannot be mapped is
 * set aside whole, with the reason.
 *
 * A record's id is its RID's. One without RID has a digest of what was read, so that a page fetched
 * again adds nothing, in JSON or XML; two such records that are alike to the last letter are
 * therefore one. A reject's id is the digest of what came, as its RID is not to be trusted.
 *
 * A record of a data source that is to be left out is counted as ignored.
 */
import { createHash } from 'node:crypto'
import { encode } from '../cef/encode.ts'
import type { Batch, Reject, StoredReject } from '../core.ts'
import { asCefline, error } from '../error.ts'
import { idBytes, LinePacker } from '../io/lines.ts'
import type { Lines } from '../io/lines.ts'
import type { Mapper } from '../mappings/compile.ts'
import { mapRecord } from '../mappings/netwrix.ts'
import type { Profile } from '../mappings/netwrix.ts'
import { noneLeftOut } from './leave-out.ts'
import type { LeaveOut } from './leave-out.ts'
import { fromJson, recordId } from './record.ts'
import type { ActivityRecord } from './record.ts'

export interface ActivityBatchOptions {
  profile: Profile
  /** The profile’s alone when not given. */
  map?: Mapper
  /** ms since 1970: the time of records that have none. */
  receivedAt: number
  /** The endpoint's path, for rejects. */
  origin: string
  leaveOut?: LeaveOut
}

export function activityBatch(
  records: unknown[],
  { profile, map = mapRecord, receivedAt, origin, leaveOut = noneLeftOut }: ActivityBatchOptions,
): Batch {
  const packer = new LinePacker(64 * 1024 + records.length * 768)
  const rejects: Reject[] = []
  let ignored = 0
  for (const [index, value] of records.entries()) {
    try {
      const record = fromJson(value)
      if (leaveOut(record.dataSource)) ignored += 1
      else addRecord(packer, record, { profile, map, receivedAt })
    } catch (thrown) {
      const { code, message } = asCefline(thrown)
      rejects.push({
        code,
        reason: `${origin} record ${index + 1}: ${message}`,
        origin,
        row: index + 1,
        record: JSON.stringify(value),
        id: contentId(value),
      })
    }
  }
  return { read: records.length, lines: packer.take(), rejects, ignored }
}

/**
 * The line of a record that was set aside, as its page would have made it today. Throws the reason
 * when it still cannot be mapped.
 */
export function activityLine(
  reject: StoredReject,
  { profile, map = mapRecord }: Pick<ActivityBatchOptions, 'profile' | 'map'>,
): Lines {
  const { record, origin, row, at } = reject
  const packer = new LinePacker(64 * 1024)
  try {
    addRecord(packer, fromJson(JSON.parse(record)), { profile, map, receivedAt: at })
  } catch (thrown) {
    const { code, message } = asCefline(thrown, 'record')
    throw error(code, `${origin} record ${row}: ${message}`, { cause: thrown, permanent: true })
  }
  return packer.take()
}

function addRecord(
  packer: LinePacker,
  record: ActivityRecord,
  { profile, map, receivedAt }: { profile: Profile; map: Mapper; receivedAt: number },
): void {
  const id = record.rid === '' ? recordContentId(record) : recordId(record.rid)
  const text = Buffer.from(id).toString('hex')
  const event = map(record, { kind: 'activity', profile, receivedAt, id: text })
  packer.add(encode(event), event.time, event.severity, id)
}

/** Whatever the order in which unknown fields came. */
function recordContentId(record: ActivityRecord): Uint8Array {
  const other = record.other.map(([name, value]) => `${name}\0${value}`).sort()
  return contentId({ ...record, other })
}

/** First 16 bytes of the SHA-256 of the JSON with its keys in order. */
function contentId(value: unknown): Uint8Array {
  const text = JSON.stringify(value, (_key, part: unknown) => inOrder(part))
  return createHash('sha256').update(text).digest().subarray(0, idBytes)
}

function inOrder(part: unknown): unknown {
  if (typeof part !== 'object' || part === null || Array.isArray(part)) return part
  return Object.fromEntries(Object.entries(part).sort(([a], [b]) => (a < b ? -1 : 1)))
}

/**
 * A page's records as lines for the spool. No record stops its page: one that cannot be mapped is
 * set aside whole, with the reason.
 *
 * A record's id is its RID's. One without RID has a digest of its content, so that a page fetched
 * again adds nothing; two such records that are alike to the last letter are therefore one. A
 * reject's id is always the digest, as its RID is not to be trusted.
 */
import { createHash } from 'node:crypto'
import { encode } from '../cef/encode.ts'
import type { Batch, Reject, StoredReject } from '../core.ts'
import { asCefline, error } from '../error.ts'
import { idBytes, LinePacker } from '../io/lines.ts'
import type { Lines } from '../io/lines.ts'
import { mapRecord } from '../mappings/netwrix.ts'
import { fromJson, recordId } from './record.ts'

export interface ActivityBatchOptions {
  profile: 'standard' | 'classic'
  /** ms since 1970: the time of records that have none. */
  receivedAt: number
  /** The endpoint's path, for rejects. */
  origin: string
}

export function activityBatch(
  records: unknown[],
  { profile, receivedAt, origin }: ActivityBatchOptions,
): Batch {
  const packer = new LinePacker(64 * 1024 + records.length * 768)
  const rejects: Reject[] = []
  for (const [index, value] of records.entries()) {
    try {
      addRecord(packer, value, profile, receivedAt)
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
  return { read: records.length, lines: packer.take(), rejects, ignored: 0 }
}

/**
 * The line of a record that was set aside, as its page would have made it today. Throws the reason
 * when it still cannot be mapped.
 */
export function activityLine(
  reject: StoredReject,
  profile: ActivityBatchOptions['profile'],
): Lines {
  const { record, origin, row, at } = reject
  const packer = new LinePacker(64 * 1024)
  try {
    addRecord(packer, JSON.parse(record), profile, at)
  } catch (thrown) {
    const { code, message } = asCefline(thrown, 'record')
    throw error(code, `${origin} record ${row}: ${message}`, { cause: thrown, permanent: true })
  }
  return packer.take()
}

function addRecord(
  packer: LinePacker,
  value: unknown,
  profile: ActivityBatchOptions['profile'],
  receivedAt: number,
): void {
  const record = fromJson(value)
  const id = record.rid === '' ? contentId(value) : recordId(record.rid)
  const text = Buffer.from(id).toString('hex')
  const event = mapRecord(record, { kind: 'activity', profile, receivedAt, id: text })
  packer.add(encode(event), event.time, event.severity, id)
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

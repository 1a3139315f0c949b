/**
 * The form in which rejects lie in the spool: those of one commit together, compressed (`gzip`,
 * which has a checksum of its own) under the number of their first. Text of this kind shrinks to
 * about a tenth, so that a spool that is full of a dead destination's lines has room again when they
 * are set aside. One that was taken out leaves a hole, so that the others keep their numbers.
 */
import { gunzipSync, gzipSync } from 'node:zlib'
import type { StoredReject } from '../core.ts'

export type NewReject = Omit<StoredReject, 'number'>

export interface PackedRejects {
  count: number
  bytes: Buffer
}

/** Rejects of one entry at most, so that one can be read without much else. */
const most = 500
/** Characters of records in one entry, unless one alone is larger. */
const mostText = 1024 * 1024

/** Entries for these rejects. To be done before the transaction, as it takes time. */
export function packRejects(rejects: readonly NewReject[]): PackedRejects[] {
  const entries: PackedRejects[] = []
  let start = 0
  let text = 0
  rejects.forEach(({ record }, index) => {
    text += record.length
    const next = rejects[index + 1]
    const full = index + 1 - start === most || text + (next?.record.length ?? 0) > mostText
    if (next && !full) return
    const together = rejects.slice(start, index + 1)
    entries.push({ count: together.length, bytes: pack(together) })
    start = index + 1
    text = 0
  })
  return entries
}

/** The rejects of an entry; undefined when it is damaged. */
export function unpackRejects(
  first: number,
  bytes: Buffer | undefined,
): StoredReject[] | undefined {
  const plain = read(bytes)
  return plain?.flatMap((reject, index) => {
    if (reject === null) return []
    const { id, ...rest } = reject
    const own = id === undefined ? {} : { id: new Uint8Array(Buffer.from(id, 'hex')) }
    return [{ number: first + index, ...rest, ...own }]
  })
}

/** The entry without some, each told by its place in it; undefined when none is left. */
export function withoutRejects(
  bytes: Buffer | undefined,
  gone: (index: number) => boolean,
): Buffer | undefined {
  const left = (read(bytes) ?? []).map((reject, index) => (gone(index) ? null : reject))
  return left.every((reject) => reject === null) ? undefined : compress(left)
}

type Plain = Omit<NewReject, 'id'> & { id?: string }

function pack(rejects: readonly NewReject[]): Buffer {
  return compress(
    rejects.map(({ id, ...rest }) =>
      id === undefined ? rest : { ...rest, id: Buffer.from(id).toString('hex') },
    ),
  )
}

function compress(entry: readonly (Plain | null)[]): Buffer {
  return gzipSync(JSON.stringify(entry), { level: 1 })
}

function read(bytes: Buffer | undefined): (Plain | null)[] | undefined {
  try {
    return JSON.parse(gunzipSync(bytes ?? Buffer.alloc(0)).toString()) as (Plain | null)[]
  } catch {
    return undefined
  }
}

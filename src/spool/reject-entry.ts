/**
 * The form in which rejects lie in the spool: those of one commit together, compressed (`gzip`,
 * which has a checksum of its own) under the number of their first. Text of this kind shrinks to
 * about a tenth, so that a spool that is full of a dead destination's lines has room again when they
 * are set aside. One that was taken out leaves a hole, so that the others keep their numbers.
 *
 * How many of each code are left is in the extra field of gzip's header (RFC 1952, 2.3.1.1), with a
 * checksum, so that a whole entry can go without being unpacked. Entries of older releases do not
 * have it.
 */
import { crc32, gunzipSync, gzipSync } from 'node:zlib'
import type { StoredReject } from '../core.ts'
import { tallyOf } from './tally.ts'
import type { Tally } from './tally.ts'

export type NewReject = Omit<StoredReject, 'number'>

export interface PackedRejects {
  counts: Tally
  count: number
  bytes: Buffer
}

/** Rejects of one entry at most, so that one can be read without much else. */
const most = 500
/** Characters of records in one entry, unless one alone is larger. */
const mostText = 1024 * 1024

/** gzip's header as it is without more: its length, where its flags are, and the one for more. */
const headLength = 10
const flags = 3
const hasExtra = 4
/** u16 length of what follows | the field's name | u16 length of what follows | the counts | u32 */
const extraStart = 6
const checksumLength = 4
const extraName = 'CC'

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
    const counts = tallyOf(together)
    entries.push({ counts, count: together.length, bytes: pack(together) })
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

/** How many rejects of each code are in an entry; undefined when it is damaged. */
export function countRejects(bytes: Buffer | undefined): Tally | undefined {
  const counts = bytes?.[flags] === hasExtra ? countsIn(bytes.subarray(headLength)) : undefined
  if (counts) return counts
  const left = read(bytes)?.filter((reject) => reject !== null)
  return left && tallyOf(left)
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
  const plain = gzipSync(JSON.stringify(entry), { level: 1 })
  const counts = Buffer.from(JSON.stringify(tallyOf(entry.filter((reject) => reject !== null))))
  const extra = Buffer.alloc(extraStart + counts.length + checksumLength)
  extra.writeUInt16LE(extra.length - 2, 0)
  extra.write(extraName, 2, 'latin1')
  extra.writeUInt16LE(extra.length - extraStart, 4)
  counts.copy(extra, extraStart)
  extra.writeUInt32LE(crc32(counts), extraStart + counts.length)
  const bytes = Buffer.concat([plain.subarray(0, headLength), extra, plain.subarray(headLength)])
  bytes[flags] = hasExtra
  return bytes
}

/** Undefined when the field is another's, or damaged. */
function countsIn(extra: Buffer): Tally | undefined {
  if (extra.length < extraStart || extra.toString('latin1', 2, 4) !== extraName) return undefined
  const end = extraStart + extra.readUInt16LE(4) - checksumLength
  if (end < extraStart || end + checksumLength > extra.length) return undefined
  const counts = extra.subarray(extraStart, end)
  if (crc32(counts) !== extra.readUInt32LE(end)) return undefined
  return JSON.parse(counts.toString()) as Tally
}

function read(bytes: Buffer | undefined): (Plain | null)[] | undefined {
  try {
    return JSON.parse(gunzipSync(bytes ?? Buffer.alloc(0)).toString()) as (Plain | null)[]
  } catch {
    return undefined
  }
}

/**
 * The form in which remembered ids lie in the spool: those of one append, packed in pages of at
 * most 5,000, which outlive the block beside which they were written.
 *
 * A page is `u32 magic | u32 crc32 | f64 at | ids of 16 bytes`, little-endian; the checksum covers
 * everything after itself. 20 million ids take 330 MB on disk.
 *
 * The id of a reject is kept inverted: a record that could not be mapped is not rejected twice, but
 * when it can be mapped one day, the line is new.
 */
import { crc32 } from 'node:zlib'
import { idBytes } from '../io/lines.ts'

/** Ids in a page at most. */
export const pageIds = 5000

const magic = 0x49464543 // "CEFI"
const fixed = 16

export function encodeIds(at: number, ids: Uint8Array): Buffer {
  const bytes = Buffer.allocUnsafe(fixed + ids.length)
  bytes.writeUInt32LE(magic, 0)
  bytes.writeDoubleLE(at, 8)
  bytes.set(ids, fixed)
  bytes.writeUInt32LE(crc32(bytes.subarray(8)), 4)
  return bytes
}

/** Ids in a page, told by its length alone. */
export function countIds(bytes: { length: number }): number {
  return Math.floor((bytes.length - fixed) / idBytes)
}

/**
 * The page, verified; `ids` is a view of `bytes`. Undefined when it is damaged: its ids are then
 * forgotten, and what is in doubt is sent twice rather than not at all.
 */
export function decodeIds(bytes: Buffer | undefined): { at: number; ids: Buffer } | undefined {
  if (bytes === undefined || bytes.length < fixed || bytes.readUInt32LE(0) !== magic) {
    return undefined
  }
  if ((bytes.length - fixed) % idBytes !== 0) return undefined
  if (crc32(bytes.subarray(8)) !== bytes.readUInt32LE(4)) return undefined
  return { at: bytes.readDoubleLE(8), ids: bytes.subarray(fixed) }
}

/** The form in which a reject's id is remembered. */
export function inverted(id: Uint8Array): Uint8Array {
  return id.map((byte) => byte ^ 0xff)
}

export function sameId(a: Uint8Array, at: number, b: Uint8Array, bt: number): boolean {
  for (let index = 0; index < idBytes; index += 1) {
    if (a[at + index] !== b[bt + index]) return false
  }
  return true
}

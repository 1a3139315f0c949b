/**
 * The form in which lines lie in the spool: many in one value, never one by one.
 *
 * A block is `u32 magic | u32 crc32 | u16 version | u16 name length | f64 sequence | f64 first |
 * f64 at | u32 count | u32 length | queue's name | lines`, little-endian; the lines as `io/lines.ts`
 * packs them. The checksum covers everything after itself, the header too, and the header says
 * which block of which queue this is: a block that is found in a broken file can be put in its place.
 */
import type { Scratch } from '../core.ts'
import { crc32 } from 'node:zlib'
import { error } from '../error.ts'
import { eachLine, lineHead } from '../io/lines.ts'

/** A block holds no more than this, unless one line alone is larger. */
export const blockBytes = 1024 * 1024
/** Lines a block holds at most. */
export const blockLines = 5000

const magic = 0x42464543 // "CEFB"
const version = 1
const fixed = 44

/** The scratch's first `length` bytes; it grows as needed. */
export function bufferOf(length: number, scratch: Scratch): Buffer {
  if (scratch.buffer === undefined || length > scratch.buffer.length) {
    scratch.buffer = Buffer.allocUnsafeSlow(length)
  }
  return scratch.buffer.subarray(0, length)
}

export interface BlockHead {
  queue: string
  /** Position in the queue: 1, 2, 3, … */
  sequence: number
  /** Lines that the queue took before this block, ever. */
  first: number
  /** ms since 1970, when it was spooled. */
  at: number
  count: number
}

/** With `scratch` the block is in that buffer, and good until it is used again. */
export function encodeBlock(head: BlockHead, lines: Buffer, scratch: Scratch = {}): Buffer {
  const name = Buffer.from(head.queue)
  const start = fixed + name.length
  const bytes = bufferOf(start + lines.length, scratch)
  bytes.writeUInt32LE(magic, 0)
  bytes.writeUInt16LE(version, 8)
  bytes.writeUInt16LE(name.length, 10)
  bytes.writeDoubleLE(head.sequence, 12)
  bytes.writeDoubleLE(head.first, 20)
  bytes.writeDoubleLE(head.at, 28)
  bytes.writeUInt32LE(head.count, 36)
  bytes.writeUInt32LE(lines.length, 40)
  name.copy(bytes, fixed)
  lines.copy(bytes, start)
  bytes.writeUInt32LE(crc32(bytes.subarray(8)), 4)
  return bytes
}

/** The header alone, unverified but for its shape; undefined when it cannot be one. */
export function readHead(value: Uint8Array): BlockHead | undefined {
  // lmdb gives a value of more than 16 MB as a plain Uint8Array.
  const bytes = Buffer.from(value.buffer, value.byteOffset, value.length)
  if (fault(bytes) !== undefined) return undefined
  return headOf(bytes)
}

/** The block, verified; `lines` is a view of `bytes`. Throws `spool-damaged` (permanent). */
export function decodeBlock(bytes: Buffer): BlockHead & { lines: Buffer } {
  const wrong =
    fault(bytes) ??
    (crc32(bytes.subarray(8)) === bytes.readUInt32LE(4) ? undefined : 'its checksum is wrong')
  if (wrong !== undefined) {
    throw error('spool-damaged', `a block of ${bytes.length} bytes is damaged: ${wrong}`, {
      permanent: true,
    })
  }
  return { ...headOf(bytes), lines: bytes.subarray(fixed + bytes.readUInt16LE(10)) }
}

/** The same, of the block that was stored under this name. */
export function decodeOwn(
  { queue, sequence }: { queue: string; sequence: number },
  bytes: Buffer,
): BlockHead & { lines: Buffer } {
  const block = decodeBlock(bytes)
  if (block.queue === queue && block.sequence === sequence) return block
  throw error('spool-damaged', `it is block ${block.sequence} of queue ${block.queue}`, {
    permanent: true,
  })
}

function fault(bytes: Buffer): string | undefined {
  if (bytes.length < fixed) return 'its header is cut'
  if (bytes.readUInt32LE(0) !== magic) return 'it does not begin as a block'
  if (bytes.readUInt16LE(8) !== version) return `its version is ${bytes.readUInt16LE(8)}`
  const wanted = fixed + bytes.readUInt16LE(10) + bytes.readUInt32LE(40)
  return bytes.length === wanted ? undefined : `it should have ${wanted} bytes`
}

function headOf(bytes: Buffer): BlockHead {
  return {
    queue: bytes.toString('utf8', fixed, fixed + bytes.readUInt16LE(10)),
    sequence: bytes.readDoubleLE(12),
    first: bytes.readDoubleLE(20),
    at: bytes.readDoubleLE(28),
    count: bytes.readUInt32LE(36),
  }
}

/** Cuts packed lines into pieces for one block each, as views. */
export function splitLines(
  lines: Buffer,
  mostBytes = blockBytes,
  mostLines = blockLines,
): { count: number; bytes: Buffer }[] {
  const pieces: { count: number; bytes: Buffer }[] = []
  let start = 0
  let count = 0
  const cut = (end: number) => {
    if (count > 0) pieces.push({ count, bytes: lines.subarray(start, end) })
    start = end
    count = 0
  }
  eachLine(lines, (textStart, end) => {
    if (count === mostLines || end - start > mostBytes) cut(textStart - lineHead)
    count += 1
  })
  cut(lines.length)
  return pieces
}

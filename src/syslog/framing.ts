/**
 * Where one syslog message ends and the next begins on a stream (RFC 6587, RFC 5425), on bytes:
 *
 *     lf              message LF
 *     octet-counting  length SP message
 *     nul             message NUL
 *
 * A message that is cut off by a broken connection looks whole to a receiver of `lf` and `nul`, not
 * to one that counts. So a chunk ends where a message ends, and a connection is closed there.
 */
import type { Block, Delivery } from '../core.ts'
import type { Framing } from './receivers.ts'
import type { Messages } from './wire.ts'

/** Bytes from which on a chunk is full: writes of 64 to 256 KiB cost the fewest calls. */
export const chunkBytes = 128 * 1024
/** Longest count and its space: seven digits, as no message is larger than 9,999,999 bytes. */
const prefixBytes = 8
const lineFeed = 10
const space = 32

/** The block's messages in frames, as chunks of whole frames; good until `chunks` is filled again. */
export function frameBlock(
  block: Block,
  messages: Messages,
  framing: Framing,
  reject: Delivery['reject'],
  chunks = new Chunks(),
): Buffer[] {
  messages.each(block, reject, (header, text, start, end) => {
    const length = header.length + end - start
    const out = chunks.reserve(prefixBytes + length + 1)
    let at = chunks.used
    if (framing === 'octet-counting') at = writeCount(out, at, length)
    at += header.copy(out, at)
    at += text.copy(out, at, start, end)
    if (framing !== 'octet-counting') {
      out[at] = framing === 'lf' ? lineFeed : 0
      at += 1
    }
    chunks.used = at
  })
  return chunks.take()
}

/** One message in its frame. */
export function frame(message: Buffer, framing: Framing): Buffer {
  if (framing === 'octet-counting')
    return Buffer.concat([Buffer.from(`${message.length} `), message])
  return Buffer.concat([message, Buffer.from([framing === 'lf' ? lineFeed : 0])])
}

/** Buffers that are filled one after the other, again and again: a connection keeps its own, since
 * what is made anew for each block would be most of the memory that this process takes. */
export class Chunks {
  /** How far the buffer in hand is filled. */
  used = 0
  readonly #buffers: Buffer[] = []
  #filled: Buffer[] = []
  #current = 0

  /** A buffer with room for so many bytes after `used`. */
  reserve(bytes: number): Buffer {
    const current = this.#buffers[this.#current]
    if (current && this.used + bytes <= current.length) return current
    if (current && this.used > 0) this.#finish(current)
    const next = this.#buffers[this.#current]
    if (next && bytes <= next.length) return next
    const made = Buffer.allocUnsafeSlow(Math.max(chunkBytes, bytes))
    this.#buffers[this.#current] = made
    return made
  }

  /** What was filled since the last call. */
  take(): Buffer[] {
    const current = this.#buffers[this.#current]
    if (current && this.used > 0) this.#finish(current)
    const filled = this.#filled
    this.#filled = []
    this.#current = 0
    // What one huge event took is not kept.
    if (this.#buffers.some((buffer) => buffer.length > chunkBytes)) this.#buffers.length = 0
    return filled
  }

  #finish(current: Buffer): void {
    this.#filled.push(current.subarray(0, this.used))
    this.#current += 1
    this.used = 0
  }
}

/** Writes `count SP` in decimal without leading zeros; returns where it ends. */
function writeCount(out: Buffer, at: number, count: number): number {
  let digits = 1
  for (let limit = 10; count >= limit; limit *= 10) digits += 1
  for (let place = at + digits - 1, rest = count; place >= at; place -= 1) {
    out[place] = 48 + (rest % 10)
    rest = Math.floor(rest / 10)
  }
  out[at + digits] = space
  return at + digits + 1
}

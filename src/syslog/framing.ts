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
import type { Messages } from './wire.ts'

export type Framing = 'lf' | 'octet-counting' | 'nul'

/** Bytes from which on a chunk is full: writes of 64 to 256 KiB cost the fewest calls. */
export const chunkBytes = 128 * 1024
/** Longest count and its space: seven digits, as no message is larger than 9,999,999 bytes. */
const prefixBytes = 8
const lineFeed = 10
const space = 32

/** The block's messages in frames, as chunks of whole frames in buffers of their own. */
export function frameBlock(
  block: Block,
  messages: Messages,
  framing: Framing,
  reject: Delivery['reject'],
): Buffer[] {
  // A block of one alert shall not cost a chunk of full size.
  const chunks = new Chunks(Math.min(chunkBytes, block.lines.length + block.count * 128))
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

/** Buffers that are filled one after the other; `used` is how far the last one is. */
class Chunks {
  used = 0
  #current: Buffer | undefined
  readonly #full: Buffer[] = []
  readonly #size: number

  constructor(size: number) {
    this.#size = size
  }

  reserve(bytes: number): Buffer {
    if (this.#current && this.used + bytes <= this.#current.length) return this.#current
    this.#finish()
    return (this.#current = Buffer.allocUnsafeSlow(Math.max(this.#size, bytes)))
  }

  take(): Buffer[] {
    this.#finish()
    return this.#full
  }

  #finish(): void {
    if (this.#current && this.used > 0) this.#full.push(this.#current.subarray(0, this.used))
    this.#current = undefined
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

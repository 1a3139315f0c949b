/**
 * A block's messages as RELP frames, one after the other in one buffer, so that as many as the
 * window allows go out in one write. The buffer is filled anew with each block.
 */
import type { Block, Delivery } from '../core.ts'
import { frameOverhead, largestData, nextTransaction, writeHead } from './relp.ts'
import type { Messages } from './wire.ts'

/** A buffer that became larger than this for one block of huge events is not kept. */
const keptBytes = 2 * 1024 * 1024
const lineFeed = 10

export class Frames {
  /** The server’s words when this line of the block is not to be sent any more. */
  readonly #givenUp: (block: Block, line: number) => string | undefined
  /** Whether the server has this line of the block already. */
  readonly #isTaken: (block: Block, line: number) => boolean
  #bytes = Buffer.alloc(0)
  #used = 0
  /** For each frame where it ends, and which line of the block it holds. */
  #ends = new Uint32Array(0)
  #lines = new Uint32Array(0)
  #count = 0

  constructor(
    givenUp: (block: Block, line: number) => string | undefined,
    isTaken: (block: Block, line: number) => boolean = () => false,
  ) {
    this.#givenUp = givenUp
    this.#isTaken = isTaken
  }

  /** Frames in hand. */
  get count(): number {
    return this.#count
  }

  /** Fills with the block's messages that the server does not have, numbered from `transaction`;
   * reports those that cannot be sent. */
  pack(block: Block, messages: Messages, transaction: number, reject: Delivery['reject']): void {
    this.#clear(block)
    messages.each(block, reject, (header, text, start, end, line) => {
      const length = header.length + end - start
      if (length > largestData) {
        reject(block, line, 'too-large', `${length} bytes, and RELP takes ${largestData} at most`)
        return
      }
      const refusal = this.#givenUp(block, line)
      if (refusal !== undefined) {
        reject(block, line, 'refused', refusal)
        return
      }
      if (this.#isTaken(block, line)) return
      this.#reserve(frameOverhead + length)
      const out = this.#bytes
      let at = writeHead(out, this.#used, transaction, length)
      at += header.copy(out, at)
      at += text.copy(out, at, start, end)
      out[at] = lineFeed
      this.#used = at + 1
      this.#ends[this.#count] = this.#used
      this.#lines[this.#count] = line
      this.#count += 1
      transaction = nextTransaction(transaction)
    })
  }

  /** Which line of the block this frame (0, 1, …) holds. */
  line(frame: number): number {
    return this.#lines[frame] ?? 0
  }

  /** The frames `[from, to)`, good until the next block is packed. */
  bytes(from: number, to: number): Buffer {
    const start = from === 0 ? 0 : this.#ends[from - 1]
    return this.#bytes.subarray(start, this.#ends[to - 1])
  }

  #clear({ count }: Block): void {
    this.#used = 0
    this.#count = 0
    if (this.#bytes.length > keptBytes) this.#bytes = Buffer.alloc(0)
    if (this.#ends.length >= count) return
    this.#ends = new Uint32Array(count)
    this.#lines = new Uint32Array(count)
  }

  #reserve(wanted: number): void {
    const needed = this.#used + wanted
    if (needed <= this.#bytes.length) return
    const grown = Buffer.allocUnsafeSlow(Math.max(needed, 2 * this.#bytes.length, 128 * 1024))
    this.#bytes.copy(grown, 0, 0, this.#used)
    this.#bytes = grown
  }
}

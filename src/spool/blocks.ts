/**
 * Reading blocks: each is copied out of LMDB and verified. One that is damaged is set aside and
 * passed over, so a reader always gets on; one that should be there and is not counts as damaged.
 */
import type { Block, Scratch } from '../core.ts'
import { asCefline } from '../error.ts'
import { bufferOf, decodeOwn, readHead } from './block.ts'
import type { BlockHead } from './block.ts'
import { between } from './databases.ts'
import type { Damaged } from './damaged.ts'
import type { Records } from './records.ts'
import type { Store } from './store.ts'

/** With the time (ms since 1970) when it was spooled, for how long it was on its way. */
export interface SpooledBlock extends Block {
  at: number
}

export class Blocks {
  readonly #store: Store
  readonly #records: Records
  readonly #damaged: Damaged

  constructor(store: Store, records: Records, damaged: Damaged) {
    this.#store = store
    this.#records = records
    this.#damaged = damaged
  }

  /** The first good block after this position. Throws `spool-failed` when a bad one cannot be set
   * aside: it must not be passed over then. */
  next(queue: string, after: number, scratch?: Scratch): SpooledBlock | undefined {
    const direct = this.#read(queue, after + 1, scratch)
    if (direct) return direct
    const { newest, deleted } = this.#records.queue(queue)
    let last = Math.max(after, deleted)
    for (const [, sequence] of this.#keysAfter(queue, after + 1)) {
      this.#setMissingAside(queue, last, sequence)
      const block = this.#read(queue, sequence, scratch)
      if (block) return block
      last = sequence
    }
    this.#setMissingAside(queue, last, newest + 1)
    return undefined
  }

  /** The header of the first block after this position that has a readable one. */
  headAfter(queue: string, after: number): BlockHead | undefined {
    const direct = this.#head([queue, after + 1])
    if (direct) return direct
    for (const key of this.#keysAfter(queue, after + 1)) {
      const head = this.#head(key)
      if (head) return head
    }
    return undefined
  }

  /** Sets the block aside when it is damaged. */
  check(queue: string, sequence: number): void {
    this.#read(queue, sequence)
  }

  #read(queue: string, sequence: number, scratch: Scratch = {}): SpooledBlock | undefined {
    // Good until the next look into LMDB only: nothing of it is seen outside of this call.
    const found = this.#store.blocks.getBinaryFast([queue, sequence])
    if (!found) return undefined
    const bytes = copied(found, scratch)
    try {
      const { count, lines, at } = decodeOwn({ queue, sequence }, bytes)
      return { queue, sequence, count, lines, at }
    } catch (thrown) {
      this.#damaged.setAside({ queue, sequence, reason: asCefline(thrown).message }, bytes)
      return undefined
    }
  }

  /** Those between two that are there. */
  #setMissingAside(queue: string, after: number, before: number): void {
    for (let sequence = after + 1; sequence < before; sequence += 1) {
      if (this.#store.blocks.doesExist([queue, sequence])) continue
      const reason = 'it is not there, though nothing has taken it out'
      this.#damaged.setAside({ queue, sequence, reason }, Buffer.alloc(0))
    }
  }

  #head(key: [string, number]): BlockHead | undefined {
    const bytes = this.#store.blocks.getBinaryFast(key)
    return bytes && readHead(bytes)
  }

  #keysAfter(queue: string, after: number): Iterable<[string, number]> {
    return this.#store.blocks.getKeys(between([queue], after)) as Iterable<[string, number]>
  }
}

/** lmdb's fast buffer is longer than the value in it: only its `length` tells the value's end. */
function copied({ buffer, byteOffset, length }: Buffer, scratch: Scratch): Buffer {
  const copy = bufferOf(length, scratch)
  copy.set(new Uint8Array(buffer, byteOffset, length))
  return copy
}

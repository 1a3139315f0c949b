/**
 * Who reads what, how far each has come, and which blocks nobody needs any more.
 *
 * A position is the sequence of the last block that a destination has a receipt for; it never moves
 * back. A destination without one starts at the oldest block that is kept, and holds it. A block is
 * deleted when every configured reader of its queue has passed it; a queue that nobody reads keeps
 * all. Positions of destinations that no longer read a queue are kept, listed, and hold nothing.
 */
import type { Blocks } from './blocks.ts'
import { weight } from './records.ts'
import type { Records } from './records.ts'
import type { Store } from './store.ts'

/** Blocks deleted in one transaction: on a full disk a large one fails (measured with 300). */
const deletedAtOnce = 32

export interface Stranger {
  destination: string
  queue: string
}

export interface Slowest {
  destination: string
  queue: string
  /** Where it stands; the block that it holds is the next one. */
  position: number
  /** Everyone who stands there: the block goes only when all of them have passed it. */
  destinations: string[]
}

export class Readers {
  readonly #store: Store
  readonly #records: Records
  readonly #blocks: Blocks
  readonly #destinations: ReadonlyMap<string, readonly string[]>

  constructor(
    store: Store,
    records: Records,
    blocks: Blocks,
    destinations: ReadonlyMap<string, readonly string[]>,
  ) {
    this.#store = store
    this.#records = records
    this.#blocks = blocks
    this.#destinations = destinations
  }

  position(destination: string, queue: string): number {
    const { deleted } = this.#records.queue(queue)
    return Math.max(deleted, this.#records.position(destination, queue) ?? 0)
  }

  /** Inside a write. False when it stands there already or further. */
  move(destination: string, queue: string, sequence: number): boolean {
    const reached = Math.min(sequence, this.#records.queue(queue).newest)
    if (reached <= (this.#records.position(destination, queue) ?? 0)) return false
    this.#records.putPosition(destination, queue, reached)
    return true
  }

  /** Lines that the destination has no receipt for, and when the oldest was spooled (ms). */
  waiting(destination: string): { lines: number; oldest: number | undefined } {
    let lines = 0
    let oldest: number | undefined
    for (const queue of this.#destinations.get(destination) ?? []) {
      const head = this.#blocks.headAfter(queue, this.position(destination, queue))
      if (!head) continue
      lines += this.#records.queue(queue).lines - head.first
      oldest = Math.min(oldest ?? head.at, head.at)
    }
    return { lines, oldest }
  }

  /** Of the blocks held, the one that was spooled first, and who holds it. */
  slowest(only?: string): Slowest | undefined {
    let found: Slowest | undefined
    let oldest = Infinity
    for (const queue of new Set([...this.#destinations.values()].flat())) {
      const readers = this.#readers(queue).filter((name) => only === undefined || name === only)
      if (readers.length === 0) continue
      const position = Math.min(...readers.map((name) => this.position(name, queue)))
      const head = this.#blocks.headAfter(queue, position)
      if (!head || head.at >= oldest) continue
      const destinations = readers.filter((name) => this.position(name, queue) === position)
      oldest = head.at
      found = { destination: destinations[0] ?? '', queue, position, destinations }
    }
    return found
  }

  strangers(): Stranger[] {
    return this.#records
      .positions()
      .filter(({ destination, queue }) => !this.#readers(queue).includes(destination))
  }

  /** Inside a write. Returns how many positions were released. */
  forget(destination: string): number {
    const gone = this.strangers().filter((stranger) => stranger.destination === destination)
    for (const { queue } of gone) this.#records.removePosition(destination, queue)
    return gone.length
  }

  /** True when the queue has blocks that nobody needs. */
  hasPassed(queue: string): boolean {
    return this.#floor(queue) > this.#records.queue(queue).deleted
  }

  /** Inside a write: deletes some blocks that nobody needs. False when there are none. */
  sweep(queue: string): boolean {
    if (!this.hasPassed(queue)) return false
    const record = this.#records.queue(queue)
    const account = this.#records.account()
    const floor = this.#floor(queue)
    const range = { start: [queue, record.deleted + 1], end: [queue, floor + 1] }
    const keys = [...this.#store.blocks.getKeys({ ...range, limit: deletedAtOnce })]
    for (const key of keys) {
      const { length } = this.#store.blocks.getBinaryFast(key) ?? { length: 0 }
      account.bytes -= weight(length)
      record.bytes -= length
      this.#store.blocks.removeSync(key)
    }
    // With gaps (blocks set aside) the last key says less than the floor does.
    const [, last] = (keys.at(-1) as [string, number] | undefined) ?? [queue, floor]
    record.deleted = keys.length === deletedAtOnce ? last : floor
    this.#records.forgetLines(queue, record.deleted)
    this.#records.putQueue(queue, record)
    this.#records.putAccount(account)
    return true
  }

  /** The sequence that every reader has passed; 0 when nobody reads the queue. */
  #floor(queue: string): number {
    const readers = this.#readers(queue)
    if (readers.length === 0) return 0
    return Math.min(...readers.map((name) => this.position(name, queue)))
  }

  #readers(queue: string): string[] {
    return [...this.#destinations]
      .filter(([, queues]) => queues.includes(queue))
      .map(([name]) => name)
  }
}

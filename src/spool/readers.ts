/**
 * Who reads what, who is behind, and which blocks nobody needs any more.
 *
 * A block is deleted when every configured reader of its queue has passed it; a queue that nobody
 * reads keeps all. What a destination that no longer reads a queue left there is kept, listed, and
 * holds nothing.
 */
import type { Blocks } from './blocks.ts'
import { between } from './databases.ts'
import type { Extents } from './extents.ts'
import { weight } from './weight.ts'
import type { Named, Records } from './records.ts'
import type { Settings } from './settings.ts'
import type { Standings } from './standings.ts'
import type { Store } from './store.ts'

/** Blocks deleted in one transaction: on a full disk a large one fails (measured with 300). */
const deletedAtOnce = 32

export interface Stranger extends Named {
  /** Lines that are kept and that it has no receipt for; nothing is kept for it. */
  waiting: number
}

export interface Slowest {
  destination: string
  queue: string
  /** Where it stands; the block that it holds is the next one. */
  position: number
  /** Everyone who stands there: the block goes only when all of them have passed it. */
  destinations: string[]
}

export interface ReadersParts {
  store: Store
  records: Records
  blocks: Blocks
  extents: Extents
  standings: Standings
  settings: Settings
}

export class Readers {
  readonly #parts: ReadersParts

  constructor(parts: ReadersParts) {
    this.#parts = parts
  }

  /** Lines that the destination has no receipt for, and when the oldest was spooled (ms). */
  waiting(destination: string): { lines: number; oldest: number | undefined } {
    const { blocks, standings, settings } = this.#parts
    let lines = 0
    let oldest: number | undefined
    for (const queue of settings.destinations.get(destination) ?? []) {
      const position = standings.position(destination, queue)
      const head = blocks.headAfter(queue, position)
      if (head) oldest = Math.min(oldest ?? head.at, head.at)
      lines += standings.waiting(destination, queue)
    }
    return { lines, oldest }
  }

  /** Of the blocks held, the one that was spooled first, and who holds it. */
  slowest(only?: string): Slowest | undefined {
    const { blocks, standings, settings } = this.#parts
    let found: Slowest | undefined
    let oldest = Infinity
    for (const queue of new Set([...settings.destinations.values()].flat())) {
      const readers = settings.readers(queue).filter((name) => only === undefined || name === only)
      if (readers.length === 0) continue
      const position = Math.min(...readers.map((name) => standings.position(name, queue)))
      const head = blocks.headAfter(queue, position)
      if (!head || head.at >= oldest) continue
      const destinations = readers.filter((name) => standings.position(name, queue) === position)
      oldest = head.at
      found = { destination: destinations[0] ?? '', queue, position, destinations }
    }
    return found
  }

  strangers(): Stranger[] {
    const { records, settings, standings } = this.#parts
    return records
      .stood()
      .filter(({ destination, queue }) => !settings.readers(queue).includes(destination))
      .map((named) => ({ ...named, waiting: standings.waiting(named.destination, named.queue) }))
  }

  /** Inside a write. Returns how many positions were released. */
  forget(destination: string): number {
    const gone = this.strangers().filter((stranger) => stranger.destination === destination)
    for (const { queue } of gone) this.#parts.records.removeStanding(destination, queue)
    return gone.length
  }

  /** True when the queue has blocks that nobody needs. */
  hasPassed(queue: string): boolean {
    return this.#floor(queue) > this.#parts.records.queue(queue).deleted
  }

  /** Inside a write: deletes some blocks that nobody needs. False when there are none. */
  sweep(queue: string): boolean {
    if (!this.hasPassed(queue)) return false
    const { store, records, extents, standings } = this.#parts
    const record = records.queue(queue)
    const floor = this.#floor(queue)
    const range = between([queue], record.deleted, floor)
    const keys = [...store.blocks.getKeys({ ...range, limit: deletedAtOnce })]
    // With gaps (blocks set aside) the last key says less than the floor does.
    const [, last] = (keys.at(-1) as [string, number] | undefined) ?? [queue, floor]
    const deleted = keys.length === deletedAtOnce ? last : floor
    const gone = extents.before(queue, deleted)
    standings.pass(queue, deleted)
    const account = records.account()
    for (const key of keys) {
      const { length } = store.blocks.getBinaryFast(key) ?? { length: 0 }
      account.bytes -= weight(length)
      record.bytes -= length
      store.blocks.removeSync(key)
    }
    records.forgetLines(queue, deleted)
    records.putQueue(queue, { ...record, deleted, gone })
    records.putAccount(account)
    return true
  }

  /** The sequence that every reader has passed; 0 when nobody reads the queue. */
  #floor(queue: string): number {
    const { standings, settings } = this.#parts
    const readers = settings.readers(queue)
    if (readers.length === 0) return 0
    return Math.min(...readers.map((name) => standings.position(name, queue)))
  }
}

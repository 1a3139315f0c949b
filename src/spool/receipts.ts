/**
 * What destinations did with the lines: positions and books move durably, what was not taken is kept
 * among the rejects, and blocks that nobody needs any more are deleted, a few in each transaction.
 */
import type { Block, DestinationReject, Reached } from '../core.ts'
import { unpackLines } from '../io/lines.ts'
import type { Blocks } from './blocks.ts'
import type { Damaged } from './damaged.ts'
import type { Readers } from './readers.ts'
import type { Records } from './records.ts'
import { packRejects } from './reject-entry.ts'
import type { NewReject } from './reject-entry.ts'
import type { Rejects } from './rejects.ts'
import type { Room } from './room.ts'
import type { Standings } from './standings.ts'
import type { Store } from './store.ts'

export interface ReceiptsParts {
  store: Store
  records: Records
  readers: Readers
  standings: Standings
  blocks: Blocks
  damaged: Damaged
  rejects: Rejects
  room: Room
  now: () => number
}

export class Receipts {
  readonly #parts: ReceiptsParts

  constructor(parts: ReceiptsParts) {
    this.#parts = parts
  }

  /** A reject of the same destination, queue, block and line is stored once. */
  async commit(
    destination: string,
    reached: ReadonlyMap<string, Reached>,
    rejects: DestinationReject[],
  ): Promise<void> {
    await this.#write([...reached.keys()], () => {
      const added = this.#addLines(destination, rejects)
      // Lines that were cut were sent all the same.
      const refused = added.filter(({ code }) => code !== 'cut')
      for (const [queue, place] of reached) {
        const blocks = refused.filter((line) => line.queue === queue)
        const sequences = blocks.map(({ sequence }) => sequence)
        this.#parts.standings.receive(destination, queue, place, sequences)
      }
    })
  }

  /** Moves the oldest block that the destination has no receipt for into the rejects. */
  async rejectOldest(destination: string, reason: string): Promise<number> {
    const { readers, standings, blocks, rejects, now } = this.#parts
    const slowest = readers.slowest(destination)
    const block = slowest && blocks.next(slowest.queue, slowest.position)
    if (!block) return 0
    const packed = packRejects(refused(destination, block, reason, now()))
    const { queue, sequence, count } = block
    return this.#write([queue], () => {
      // A receipt may have come meanwhile.
      if (!standings.refuse(destination, queue, { sequence, lines: count })) return 0
      rejects.add(packed)
      return count
    })
  }

  /** Deletes everything in the queue that nobody needs. */
  async sweep(queue: string): Promise<void> {
    const { store, readers, room } = this.#parts
    while (!store.closed && readers.hasPassed(queue)) {
      await room.judged(() => store.write(() => readers.sweep(queue)))
      room.freed()
    }
  }

  /** The first deletion goes with the change itself: one sync for both. */
  async #write<T>(queues: string[], change: () => T): Promise<T> {
    const { store, readers, damaged, room } = this.#parts
    const { result, freed, applied } = await room.judged(() =>
      store.write(() => {
        const applied = damaged.apply()
        const result = change()
        const swept = queues.filter((queue) => readers.sweep(queue))
        return { result, freed: swept.length > 0, applied }
      }),
    )
    damaged.applied(applied)
    if (freed) room.freed()
    for (const queue of queues) await this.sweep(queue)
    return result
  }

  /** Inside a write. Returns those that are new. */
  #addLines(destination: string, given: DestinationReject[]): DestinationReject[] {
    const { records, rejects, now } = this.#parts
    const at = now()
    const added = given.filter(({ queue, sequence, line }) =>
      records.noteLine(destination, queue, sequence, line),
    )
    const stored = added.map(({ queue, sequence, line, ...rest }): NewReject => {
      const place = { origin: `block ${sequence}`, row: line + 1, at, source: queue, destination }
      return { ...rest, ...place }
    })
    if (stored.length > 0) rejects.add(packRejects(stored))
    return added
  }
}

function refused(destination: string, block: Block, reason: string, at: number): NewReject[] {
  const { queue, sequence, lines } = block
  const place = { origin: `block ${sequence}`, at, source: queue, destination }
  return unpackLines(lines).map(({ cef, time, severity }, index) => {
    return { code: 'when-full', reason, row: index + 1, record: cef, time, severity, ...place }
  })
}

/**
 * What destinations did with the lines: positions move durably, what was not taken is kept among the
 * rejects, and blocks that nobody needs any more are deleted, a few in each transaction.
 */
import type { Block, DestinationReject, Reached } from '../core.ts'
import { unpackLines } from '../io/lines.ts'
import type { Blocks } from './blocks.ts'
import type { Readers } from './readers.ts'
import type { Records } from './records.ts'
import { packRejects } from './rejects.ts'
import type { NewReject, Rejects } from './rejects.ts'
import type { Room } from './room.ts'
import type { Store } from './store.ts'

export interface ReceiptsParts {
  store: Store
  records: Records
  readers: Readers
  blocks: Blocks
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
      this.#addLines(destination, rejects)
      for (const [queue, { sequence }] of reached) {
        this.#parts.readers.move(destination, queue, sequence)
      }
    })
  }

  /** Moves the oldest block that the destination has no receipt for into the rejects. */
  async rejectOldest(destination: string, reason: string): Promise<number> {
    const { readers, blocks, rejects, now } = this.#parts
    const slowest = readers.slowest(destination)
    const block = slowest && blocks.next(slowest.queue, slowest.position)
    if (!block) return 0
    const packed = packRejects(refused(destination, block, reason, now()))
    return this.#write([block.queue], () => {
      // A receipt may have come meanwhile.
      if (!readers.move(destination, block.queue, block.sequence)) return 0
      rejects.add(packed)
      return block.count
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
    const { store, readers, room } = this.#parts
    const { result, freed } = await room.judged(() =>
      store.write(() => {
        const result = change()
        const swept = queues.filter((queue) => readers.sweep(queue))
        return { result, freed: swept.length > 0 }
      }),
    )
    if (freed) room.freed()
    for (const queue of queues) await this.sweep(queue)
    return result
  }

  /** Inside a write. */
  #addLines(destination: string, given: DestinationReject[]): void {
    const { records, rejects, now } = this.#parts
    const at = now()
    const added = given.filter(({ queue, sequence, line }) =>
      records.noteLine(destination, queue, sequence, line),
    )
    const stored = added.map(({ queue, sequence, line, code, reason, record }): NewReject => {
      const place = { origin: `block ${sequence}`, row: line + 1, at, source: queue, destination }
      return { code, reason, record, ...place }
    })
    if (stored.length > 0) rejects.add(packRejects(stored))
  }
}

function refused(destination: string, block: Block, reason: string, at: number): NewReject[] {
  const { queue, sequence, lines } = block
  const place = { origin: `block ${sequence}`, at, source: queue, destination }
  return unpackLines(lines).map(({ cef }, index) => {
    return { code: 'when-full', reason, row: index + 1, record: cef, ...place }
  })
}

/**
 * Where each destination stands in each queue, and its books: since it first read the queue,
 *
 *     spooled = received + waiting + refused + damaged
 *
 * All of it is written in the transaction that changes it. The two sides are counted apart: what was
 * received by who handed it out, what waits by the blocks' heads. So the equation is a check, and a
 * line that was lost or counted twice would show.
 *
 * A position is the sequence of the last block that a destination has a receipt for; it never moves
 * back. A destination without one stands at the oldest block that is kept.
 */
import type { Counted, DestinationLedger, Reached } from '../core.ts'
import type { Extents } from './extents.ts'
import type { Hole, Holes } from './holes.ts'
import type { Books, Records } from './records.ts'

export class Standings {
  readonly #records: Records
  readonly #extents: Extents
  readonly #holes: Holes

  constructor(records: Records, extents: Extents, holes: Holes) {
    this.#records = records
    this.#extents = extents
    this.#holes = holes
  }

  position(destination: string, queue: string): number {
    const { deleted } = this.#records.queue(queue)
    return Math.max(deleted, this.#records.standing(destination, queue)?.position ?? 0)
  }

  ledger(destination: string, queue: string): DestinationLedger {
    const { start, received, refused, damaged } = this.#books(destination, queue)
    const spooled = this.#records.queue(queue).lines - start
    const waiting = this.waiting(destination, queue)
    return { queue, spooled, received, waiting, refused, damaged }
  }

  /** Lines of the blocks that wait for this destination. */
  waiting(destination: string, queue: string): number {
    const { position, lines } = this.#place(destination, queue)
    return this.linesAfter(queue, position, lines)
  }

  /** Lines of the blocks that are kept behind a position; `upTo`: those up to it. */
  linesAfter(queue: string, position: number, upTo: number): number {
    return this.#records.queue(queue).lines - upTo - this.#holes.lines(queue, position)
  }

  /**
   * Inside a write: receipts up to a block. `refused` are the sequences of the blocks of lines that
   * were kept in the rejects with it. False when it stands there already or further.
   */
  receive(destination: string, queue: string, reached: Reached, refused: number[]): boolean {
    const position = this.position(destination, queue)
    const sequence = Math.min(reached.sequence, this.#records.queue(queue).newest)
    if (sequence <= position) return false
    // A block under way that was meanwhile refused whole or set aside is in the books as that.
    const holes = this.#holes.between(queue, position, sequence)
    const isOwn = (block: number) =>
      block > position && !holes.some((hole) => hole.sequence === block)
    const books = this.#books(destination, queue)
    for (const block of reached.blocks) if (isOwn(block.sequence)) books.received += block.lines
    books.refused += refused.filter(isOwn).length
    const lines = this.#extents.before(queue, sequence)
    this.#records.putStanding(destination, queue, { position: sequence, lines, books })
    return true
  }

  /** Inside a write: a whole block went to the rejects. False when there is a receipt for it. */
  refuse(destination: string, queue: string, block: Counted): boolean {
    if (block.sequence <= this.position(destination, queue)) return false
    const books = this.#books(destination, queue)
    books.refused += block.lines
    const lines = this.#extents.before(queue, block.sequence)
    this.#records.putStanding(destination, queue, { position: block.sequence, lines, books })
    return true
  }

  /** Inside a write, before the hole is put: a block is set aside. */
  lose(hole: Hole): void {
    const { queue, sequence, lines } = hole
    for (const { destination, standing } of this.#records.standings(queue)) {
      const { position, books } = standing
      if (!books || position >= sequence) continue
      const damaged = books.damaged + lines
      this.#records.putStanding(destination, queue, { ...standing, books: { ...books, damaged } })
    }
  }

  /** Inside a write, before blocks up to a sequence are deleted: those who do not read the queue
   * now, and may do so again, never had their lines. */
  pass(queue: string, upTo: number): void {
    for (const { destination, standing } of this.#records.standings(queue)) {
      const { books } = standing
      const from = this.#place(destination, queue)
      if (!books || from.position >= upTo) continue
      const lines = this.#extents.before(queue, upTo) - from.lines
      const start = books.start + lines - this.#holes.lines(queue, from.position, upTo)
      this.#records.putStanding(destination, queue, { ...standing, books: { ...books, start } })
    }
  }

  /** Where it stands, and the lines of the queue up to there. */
  #place(destination: string, queue: string): { position: number; lines: number } {
    const position = this.position(destination, queue)
    const standing = this.#records.standing(destination, queue)
    const stored = standing?.position === position ? standing.lines : undefined
    return { position, lines: stored ?? this.#extents.before(queue, position) }
  }

  /** As they are stored, else as they begin where the destination stands. */
  #books(destination: string, queue: string): Books {
    const stored = this.#records.standing(destination, queue)?.books
    if (stored) return { ...stored }
    const { position, lines: start } = this.#place(destination, queue)
    return { start, received: 0, refused: 0, damaged: this.#holes.lines(queue, position) }
  }
}

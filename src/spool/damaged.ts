/**
 * Blocks that lie damaged in the spool: each is written to a file of its own in `damaged/`, synced,
 * then taken out of the queue and noted with the exact count of its lines, so that the rest of the
 * queue goes on and nothing is lost without a word. A block that cannot be set aside stays where it
 * is and is reported as an error.
 *
 * It is taken out soon after, and at the latest with the next receipts: a position never passes a
 * damaged block that is not counted.
 */
import { closeSync, fsyncSync, mkdirSync, openSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Notice } from '../core.ts'
import { error } from '../error.ts'
import type { Extents } from './extents.ts'
import { fileOf } from './holes.ts'
import type { DamagedBlock, Hole, Holes } from './holes.ts'
import type { FoundBlock } from './interface.ts'
import { weight } from './weight.ts'
import type { Records } from './records.ts'
import type { Standings } from './standings.ts'
import type { Store } from './store.ts'

export interface DamagedParts {
  store: Store
  records: Records
  extents: Extents
  holes: Holes
  standings: Standings
  now: () => number
  notice?: ((notice: Notice) => void) | undefined
}

export class Damaged {
  readonly #parts: DamagedParts
  /** Set aside as a file, and not yet taken out. */
  readonly #pending = new Map<string, Hole>()
  #removing: Promise<void> | undefined

  constructor(parts: DamagedParts) {
    this.#parts = parts
  }

  /** Every one ever found, the oldest first. */
  list(): DamagedBlock[] {
    const all = new Map(this.#pending)
    for (const hole of this.#parts.holes.all()) all.set(fileOf(hole), hole)
    return [...all.values()].sort((a, b) => a.at - b.at).map(({ first: _, ...block }) => block)
  }

  /** Notes of those that an earlier release set aside how many lines they had. */
  async load(): Promise<void> {
    const { store, extents, holes } = this.#parts
    if (holes.unknown().length === 0) return
    await store.write(() => {
      for (const block of holes.unknown()) {
        const { first, count } = extents.lost(block.queue, block.sequence)
        holes.put({ ...block, file: this.#file(block), first, lines: count })
      }
    })
  }

  /**
   * Copies the block out at once, and takes it out of the queue soon after; a removal that fails is
   * tried again. Throws `spool-failed` when the copy cannot be written.
   */
  setAside({ queue, sequence, reason }: FoundBlock, bytes: Buffer): void {
    const { extents, now, notice } = this.#parts
    const name = fileOf({ queue, sequence })
    if (this.#parts.holes.at(queue, sequence)) return
    if (!this.#pending.has(name)) {
      const { first, count: lines } = extents.lost(queue, sequence)
      const file = this.#file({ queue, sequence })
      this.#copy(file, `block ${sequence} of queue ${queue}`, bytes)
      this.#pending.set(name, { queue, sequence, file, reason, lines, first, at: now() })
      notice?.({
        level: 'error',
        code: 'spool-damaged',
        message: `block ${sequence} of queue ${queue} with ${lines} lines is set aside as ${file}: ${reason}`,
      })
    }
    this.#removing ??= this.#remove()
  }

  /** Inside a write: takes out what is pending. To be given to `applied` once that is durable. */
  apply(): Hole[] {
    const applied = [...this.#pending.values()]
    for (const hole of applied) this.#takeOut(hole)
    return applied
  }

  applied(holes: Hole[]): void {
    for (const hole of holes) {
      this.#pending.delete(fileOf(hole))
      this.#parts.extents.forget(hole.queue, hole.sequence)
    }
  }

  /** Resolves when what was found is taken out, or could not be. */
  async idle(): Promise<void> {
    while (this.#removing) await this.#removing
  }

  /** A failure leaves it pending. */
  async #remove(): Promise<void> {
    try {
      // What else is found in this turn goes along.
      await Promise.resolve()
      this.applied(await this.#parts.store.write(() => this.apply()))
    } catch {
      return
    } finally {
      this.#removing = undefined
    }
  }

  #takeOut(hole: Hole): void {
    const { store, records, holes, standings } = this.#parts
    const { queue, sequence } = hole
    const record = records.queue(queue)
    // Two writes may have been on their way; or everybody had passed it, and it was deleted.
    if (holes.at(queue, sequence) || sequence <= record.deleted) return
    const bytes = store.blocks.getBinary([queue, sequence])
    standings.lose(hole)
    holes.put(hole)
    if (!bytes) return
    const account = records.account()
    store.blocks.removeSync([queue, sequence])
    records.putQueue(queue, { ...record, bytes: record.bytes - bytes.length })
    records.putAccount({ ...account, bytes: account.bytes - weight(bytes.length) })
  }

  #file(block: { queue: string; sequence: number }): string {
    return join(this.#parts.store.folder, 'damaged', fileOf(block))
  }

  #copy(file: string, what: string, bytes: Buffer): void {
    const folder = join(this.#parts.store.folder, 'damaged')
    try {
      mkdirSync(folder, { recursive: true, mode: 0o700 })
      writeSynced(file, bytes)
      sync(folder)
    } catch (thrown) {
      throw error(
        'spool-failed',
        `${what} is damaged and cannot be set aside as ${file}: ${(thrown as Error).message}; it stays in the spool until there is room for the file`,
        { cause: thrown },
      )
    }
  }
}

function writeSynced(path: string, bytes: Buffer): void {
  const file = openSync(path, 'w', 0o600)
  try {
    writeFileSync(file, bytes)
    fsyncSync(file)
  } finally {
    closeSync(file)
  }
}

function sync(folder: string): void {
  const handle = openSync(folder, 'r')
  try {
    fsyncSync(handle)
  } finally {
    closeSync(handle)
  }
}

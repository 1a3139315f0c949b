/**
 * Blocks that lie damaged in the spool: each is written to a file of its own in `damaged/`, synced,
 * then taken out of the queue and noted, so that the rest of the queue goes on and nothing is lost
 * without a word. A block that cannot be set aside stays where it is and is reported as an error.
 */
import { closeSync, fsyncSync, mkdirSync, openSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Notice } from '../core.ts'
import { error } from '../error.ts'
import { weight } from './records.ts'
import type { Records } from './records.ts'
import type { Store } from './store.ts'

export interface DamagedBlock {
  queue: string
  sequence: number
  /** Where its bytes are now. */
  file: string
  reason: string
  /** ms since 1970, when it was found. */
  at: number
}

export interface DamagedOptions {
  now: () => number
  notice?: (notice: Notice) => void
}

export class Damaged {
  readonly #store: Store
  readonly #records: Records
  readonly #options: DamagedOptions
  readonly #found = new Map<string, DamagedBlock>()
  #removing: Promise<void> = Promise.resolve()

  constructor(store: Store, records: Records, options: DamagedOptions) {
    this.#store = store
    this.#records = records
    this.#options = options
  }

  /** Every one ever found, the oldest first. */
  list(): DamagedBlock[] {
    const range = { start: ['damaged'], end: ['damaged', '\u{10ffff}'] }
    const all = new Map<string, DamagedBlock>()
    for (const { value } of this.#store.meta.getRange(range)) {
      all.set(nameOf(value as DamagedBlock), value as DamagedBlock)
    }
    for (const [name, block] of this.#found) all.set(name, block)
    return [...all.values()].sort((a, b) => a.at - b.at)
  }

  /**
   * Copies the block out at once, and takes it out of the queue soon after; a removal that fails is
   * tried when the block is met again. Throws `spool-failed` when the copy cannot be written.
   */
  setAside({ queue, sequence, reason }: Omit<DamagedBlock, 'file' | 'at'>, bytes: Buffer): void {
    const name = nameOf({ queue, sequence })
    if (this.#found.has(name)) return
    const folder = join(this.#store.folder, 'damaged')
    const file = join(folder, name)
    try {
      mkdirSync(folder, { recursive: true, mode: 0o700 })
      writeSynced(file, bytes)
      sync(folder)
    } catch (thrown) {
      throw error(
        'spool-failed',
        `block ${sequence} of queue ${queue} is damaged and cannot be set aside as ${file}: ${(thrown as Error).message}; it stays in the spool`,
        { cause: thrown },
      )
    }
    const block = { queue, sequence, file, reason, at: this.#options.now() }
    this.#found.set(name, block)
    this.#removing = this.#removing
      .then(() => this.#store.write(() => this.#remove(block)))
      .catch(() => void this.#found.delete(name))
    this.#options.notice?.({
      level: 'error',
      code: 'spool-damaged',
      message: `block ${sequence} of queue ${queue} is set aside as ${file}: ${reason}`,
    })
  }

  /** Resolves when what was found is taken out. */
  async idle(): Promise<void> {
    await this.#removing
  }

  /** Inside a write. */
  #remove(block: DamagedBlock): void {
    const { queue, sequence } = block
    const bytes = this.#store.blocks.getBinary([queue, sequence])
    this.#store.meta.putSync(['damaged', queue, sequence], block)
    if (!bytes) return
    const record = this.#records.queue(queue)
    const account = this.#records.account()
    this.#store.blocks.removeSync([queue, sequence])
    this.#records.putQueue(queue, { ...record, bytes: record.bytes - bytes.length })
    this.#records.putAccount({ ...account, bytes: account.bytes - weight(bytes.length) })
  }
}

function nameOf({ queue, sequence }: { queue: string; sequence: number }): string {
  return `${queue}-${sequence}.block`
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

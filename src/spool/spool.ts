/**
 * The spool: one durable queue of CEF lines per source, and a position per destination and queue, in
 * an LMDB environment that one process owns. What it guarantees:
 *
 * - An append is there whole or not at all, and once it resolves it outlives `kill -9` and power
 *   loss: lines, checkpoint, ids, rejects and ledger are one synced transaction.
 * - An id that its queue was given before within the window is left out and counted.
 * - A block stays until every destination that reads its queue has a receipt for it.
 * - Nothing is dropped in silence: what is full says so and changes nothing, what is damaged is set
 *   aside and listed, what is rejected is kept.
 *
 * In memory are the fingerprints of remembered ids (`seen.ts` has the figures) and who waits; all
 * else is read from LMDB when it is asked for.
 */
import type {
  Appended,
  Batch,
  Block,
  DestinationLedger,
  DestinationReject,
  QueueState,
  Reached,
  Scratch,
  StoredReject,
} from '../core.ts'
import { asCefline, error } from '../error.ts'
import { idBytes } from '../io/lines.ts'
import { append } from './append.ts'
import { Bell } from './bell.ts'
import { Blocks } from './blocks.ts'
import { Damaged } from './damaged.ts'
import type { DamagedBlock } from './damaged.ts'
import type { LmdbSpool, SpoolOptions } from './interface.ts'
import { Readers } from './readers.ts'
import type { Slowest, Stranger } from './readers.ts'
import { Receipts } from './receipts.ts'
import { Records, weight } from './records.ts'
import { Rejects } from './rejects.ts'
import { Room } from './room.ts'
import { Store } from './store.ts'
import { Turns } from './turns.ts'
import { Window } from './window.ts'

export type { DamagedBlock } from './damaged.ts'
export type { LmdbSpool, SpoolOptions } from './interface.ts'
export type { Slowest, Stranger } from './readers.ts'
export { schema } from './schema.ts'

/** What stays free on the volume unless the configuration says otherwise. */
const usualReserve = 256 * 1024 * 1024
/** Ids are not deleted to make room, so a large window must not jam a small spool. */
const shareOfIds = 1 / 4

/**
 * Opens the spool, or makes it. Throws `spool-owner` when another living process has it,
 * `spool-damaged` when its file cannot be opened safely, else `spool-failed`.
 */
export async function openSpool(options: SpoolOptions): Promise<LmdbSpool> {
  const store = await Store.open(options.folder)
  try {
    const spool = new SpoolOnLmdb(store, options)
    await spool.load()
    return spool
  } catch (thrown) {
    await store.close()
    throw asCefline(thrown, 'spool-failed')
  }
}

class SpoolOnLmdb implements LmdbSpool {
  readonly #store: Store
  readonly #options: SpoolOptions
  readonly #records: Records
  readonly #window: Window
  readonly #damaged: Damaged
  readonly #blocks: Blocks
  readonly #readers: Readers
  readonly #rejects: Rejects
  readonly #room: Room
  readonly #receipts: Receipts
  readonly #bell = new Bell()
  /** One append at a time for each queue. */
  readonly #turns = new Turns()
  #version = 0
  #sweeping: Promise<void> = Promise.resolve()
  #closed: Promise<void> | undefined

  constructor(store: Store, options: SpoolOptions) {
    const { maxBytes, reserve = usualReserve, remember, free, notice, now = Date.now } = options
    const records = new Records(store)
    const count = Math.min(
      remember.count,
      Math.floor((maxBytes * shareOfIds) / weight(2 * idBytes)),
    )
    this.#store = store
    this.#options = { ...options, now }
    this.#records = records
    this.#window = new Window(store, records, { age: remember.age, count }, now)
    this.#damaged = new Damaged(store, records, { now, notice })
    this.#blocks = new Blocks(store, this.#damaged)
    this.#readers = new Readers(store, records, this.#blocks, options.destinations)
    const rejects = (this.#rejects = new Rejects(store, records))
    const room = (this.#room = new Room(store, records, { maxBytes, reserve, free }))
    const [readers, blocks] = [this.#readers, this.#blocks]
    this.#receipts = new Receipts({ store, records, readers, blocks, rejects, room, now })
  }

  async load(): Promise<void> {
    await this.#window.load()
    this.#sweeping = this.#sweepAll()
  }

  async append(queue: string, batch: Batch): Promise<Appended> {
    return this.#turns.take(queue, async () => {
      this.#room.check()
      const parts = {
        store: this.#store,
        records: this.#records,
        window: this.#window,
        rejects: this.#rejects,
        now: this.#options.now ?? Date.now,
      }
      const appended = await this.#room.judged(() => append(queue, batch, parts))
      if (appended.spooled > 0) {
        this.#version += 1
        this.#bell.ring()
      }
      return appended
    })
  }

  checkpoint(queue: string): string | undefined {
    return this.#records.queue(queue).checkpoint
  }

  remembers(queue: string, id: Uint8Array): boolean {
    return this.#window.of(queue).has(id, 0, this.#window.since)
  }

  next(queue: string, after: number, scratch?: Scratch): Block | undefined {
    return this.#blocks.next(queue, after, scratch)
  }

  position(destination: string, queue: string): number {
    return this.#readers.position(destination, queue)
  }

  async receipts(
    destination: string,
    reached: ReadonlyMap<string, Reached>,
    rejects: DestinationReject[],
  ): Promise<void> {
    await this.#receipts.commit(destination, reached, rejects)
  }

  get version(): number {
    return this.#version
  }

  async changed(seen: number, signal: AbortSignal): Promise<void> {
    signal.throwIfAborted()
    while (this.#version <= seen) {
      if (this.#closed) throw error('spool-failed', `spool ${this.#options.folder} is closed`)
      await this.#bell.wait(signal)
    }
  }

  async room(signal: AbortSignal): Promise<void> {
    await this.#room.wait(signal)
  }

  queues(): QueueState[] {
    const names = new Set([...this.#options.queues, ...this.#records.queues()])
    return [...names].map((queue) => this.#state(queue))
  }

  ledger(_destination: string): DestinationLedger[] {
    return []
  }

  waiting(destination: string): { lines: number; oldest: number | undefined } {
    return this.#readers.waiting(destination)
  }

  rejects(): { count: number; list(limit: number): StoredReject[] } {
    return { count: this.#rejects.count, list: (limit) => this.#rejects.list(limit) }
  }

  usage(): { bytes: number; maxBytes: number; full: boolean } {
    return { bytes: this.#room.bytes, maxBytes: this.#options.maxBytes, full: this.#room.full }
  }

  strangers(): Stranger[] {
    return this.#readers.strangers()
  }

  async forget(destination: string): Promise<number> {
    return this.#store.write(() => this.#readers.forget(destination))
  }

  slowest(): Slowest | undefined {
    return this.#readers.slowest()
  }

  async rejectOldest(destination: string, reason: string): Promise<number> {
    return this.#receipts.rejectOldest(destination, reason)
  }

  async purgeRejects(upTo: number): Promise<number> {
    const purged = await this.#rejects.purge(upTo)
    if (purged > 0) this.#room.freed()
    return purged
  }

  damaged(): DamagedBlock[] {
    return this.#damaged.list()
  }

  close(): Promise<void> {
    this.#closed ??= this.#close()
    return this.#closed
  }

  #state(queue: string): QueueState {
    const { newest, deleted, lines, bytes, ledger, checkpoint } = this.#records.queue(queue)
    const oldest = this.#blocks.headAfter(queue, deleted)
    return {
      queue,
      newest,
      oldest: oldest?.sequence ?? newest + 1,
      lines: oldest ? lines - oldest.first : 0,
      bytes,
      ledger,
      remembered: this.#window.of(queue).size,
      checkpoint,
    }
  }

  /** What only a destination held that is gone now. A failure here is met again by a receipt. */
  async #sweepAll(): Promise<void> {
    try {
      for (const queue of this.#records.queues()) {
        if (!this.#closed) await this.#receipts.sweep(queue)
      }
    } catch {
      return
    }
  }

  /** Whoever waits for a change learns that none will come. */
  async #close(): Promise<void> {
    await this.#turns.idle()
    await this.#damaged.idle()
    const closed = this.#store.close()
    this.#bell.ring()
    await this.#sweeping
    await closed
  }
}

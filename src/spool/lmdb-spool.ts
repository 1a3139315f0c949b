/**
 * The verbs of the spool, each given to the part that knows it. In memory are the fingerprints of
 * remembered ids (`seen.ts` has the figures) and who waits; all else is read from LMDB when it is
 * asked for.
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
import { error } from '../error.ts'
import type { Lines } from '../io/lines.ts'
import { within } from '../io/within.ts'
import { append } from './append.ts'
import { Bell } from './bell.ts'
import type { DamagedBlock } from './holes.ts'
import type {
  FoundBlock,
  LmdbSpool,
  RejectPage,
  RejectQuery,
  RejectSelection,
  SpoolConfiguration,
  SpoolOptions,
} from './interface.ts'
import { makeParts } from './parts.ts'
import type { Parts } from './parts.ts'
import type { Slowest, Stranger } from './readers.ts'
import { Renewals } from './renewals.ts'
import { stateOf } from './state.ts'
import { patience } from './store.ts'
import type { Store } from './store.ts'
import { takeBack } from './take-back.ts'
import { Turns } from './turns.ts'

export class SpoolOnLmdb implements LmdbSpool {
  readonly #folder: string
  readonly #store: Store
  readonly #parts: Parts
  readonly #bell = new Bell()
  /** One append at a time for each queue and those that are joined with it. */
  readonly #turns = new Turns()
  readonly #renewals: Renewals
  #version = 0
  #sweeping: Promise<void> = Promise.resolve()
  #closed: Promise<void> | undefined

  constructor(store: Store, options: SpoolOptions) {
    this.#folder = options.folder
    this.#store = store
    this.#parts = makeParts(store, options)
    const { window } = this.#parts
    this.#renewals = new Renewals((queue, ids) =>
      this.#turns.take(queue, () => window.renew(queue, ids)),
    )
  }

  async load(): Promise<void> {
    const { records, damaged, window } = this.#parts
    const broken = records.broken()
    if (broken.length > 0) await this.#store.write(() => records.repair(broken))
    if (!records.knowsRejects) await this.#store.write(() => records.weighRejects())
    await damaged.load()
    await window.load()
    this.#store.loaded()
    this.#sweeping = this.#sweepAll()
  }

  get lost(): boolean {
    return this.#store.lost
  }

  get stuck(): boolean {
    return this.#store.stuck
  }

  configure(options: SpoolConfiguration): void {
    const { settings, room } = this.#parts
    settings.change(options)
    room.changed()
    this.#sweeping = this.#sweeping.then(() => this.#sweepAll())
  }

  async append(queue: string, batch: Batch): Promise<Appended> {
    return this.#adding(queue, (joined) => append(queue, batch, this.#parts, joined))
  }

  async takeBack(queue: string, lines: Lines, numbers: readonly number[]): Promise<Appended> {
    return this.#adding(queue, (joined) => takeBack(queue, lines, numbers, this.#parts, joined))
  }

  checkpoint(queue: string): string | undefined {
    return this.#parts.records.queue(queue).checkpoint
  }

  remembers(queue: string, id: Uint8Array): boolean {
    return this.#parts.window.remembers(queue, id, () => this.#renewals.add(queue, id))
  }

  wasGiven(queue: string, id: Uint8Array): boolean {
    const { settings, window } = this.#parts
    return settings.joined(queue).some((name) => window.of(name).has(id, 0, window.since))
  }

  next(queue: string, after: number, scratch?: Scratch): Block | undefined {
    return this.#parts.blocks.next(queue, after, scratch)
  }

  position(destination: string, queue: string): number {
    return this.#parts.standings.position(destination, queue)
  }

  async receipts(
    destination: string,
    reached: ReadonlyMap<string, Reached>,
    rejects: DestinationReject[],
  ): Promise<void> {
    await this.#parts.receipts.commit(destination, reached, rejects)
  }

  get version(): number {
    return this.#version
  }

  async changed(seen: number, signal: AbortSignal): Promise<void> {
    signal.throwIfAborted()
    while (this.#version <= seen) {
      if (this.#closed) throw error('spool-failed', `spool ${this.#folder} is closed`)
      await this.#bell.wait(signal)
    }
  }

  async room(signal: AbortSignal): Promise<void> {
    await this.#parts.room.wait(signal)
  }

  queues(): QueueState[] {
    const { settings, records } = this.#parts
    const names = new Set([...settings.queues, ...records.queues()])
    return [...names].map((queue) => stateOf(queue, this.#parts))
  }

  ledger(destination: string): DestinationLedger[] {
    const { settings, standings } = this.#parts
    const queues = settings.destinations.get(destination) ?? []
    return queues.map((queue) => standings.ledger(destination, queue))
  }

  waiting(destination: string): { lines: number; oldest: number | undefined } {
    return this.#parts.readers.waiting(destination)
  }

  rejects(): ReturnType<LmdbSpool['rejects']> {
    const { rejects } = this.#parts
    const { count } = rejects
    return { count, byCode: () => rejects.byCode, list: (limit) => rejects.list(limit) }
  }

  pageRejects(query: RejectQuery): RejectPage {
    return this.#parts.rejects.page(query)
  }

  reject(number: number): StoredReject | undefined {
    return this.#parts.rejects.get(number)
  }

  async purgeRejects(selection: RejectSelection): Promise<number> {
    const purged = await this.#parts.rejects.purge(selection)
    if (purged > 0) this.#parts.room.freed()
    return purged
  }

  usage(): { bytes: number; maxBytes: number; full: boolean } {
    const { room, settings } = this.#parts
    return { bytes: room.bytes, maxBytes: settings.maxBytes, full: room.full }
  }

  strangers(): Stranger[] {
    return this.#parts.readers.strangers()
  }

  async forget(destination: string): Promise<number> {
    return this.#store.write(() => this.#parts.readers.forget(destination))
  }

  slowest(): Slowest | undefined {
    return this.#parts.readers.slowest()
  }

  async rejectOldest(destination: string, reason: string): Promise<number> {
    return this.#parts.receipts.rejectOldest(destination, reason)
  }

  async setAside(found: readonly FoundBlock[]): Promise<DamagedBlock[]> {
    const { blocks, damaged } = this.#parts
    const before = new Set(damaged.list().map(({ file }) => file))
    for (const { queue, sequence } of found) blocks.check(queue, sequence)
    await damaged.idle()
    return damaged.list().filter(({ file }) => !before.has(file))
  }

  damaged(): DamagedBlock[] {
    return this.#parts.damaged.list()
  }

  close(): Promise<void> {
    this.#closed ??= this.#close()
    return this.#closed
  }

  /** As joined at the time of asking: whose turn is taken, and whose lines count as given. */
  async #adding(
    queue: string,
    add: (joined: readonly string[]) => Promise<Appended>,
  ): Promise<Appended> {
    const joined = this.#parts.settings.joined(queue)
    return this.#turns.takeAll(joined, async () => {
      const { room } = this.#parts
      room.check()
      const appended = await room.judged(() => add(joined))
      if (appended.spooled > 0) {
        this.#version += 1
        this.#bell.ring()
      }
      return appended
    })
  }

  /** What only a destination held that is gone now. A failure here is met again by a receipt. */
  async #sweepAll(): Promise<void> {
    try {
      for (const queue of this.#parts.records.queues()) {
        if (!this.#closed) await this.#parts.receipts.sweep(queue)
      }
    } catch {
      return
    }
  }

  /** Whoever waits for a change learns that none will come. */
  async #close(): Promise<void> {
    this.#renewals.close()
    const idle = this.#turns.idle().then(() => this.#parts.damaged.idle())
    await within(idle, patience)
    const closed = this.#store.close()
    this.#bell.ring()
    await within(this.#sweeping, patience)
    await closed
  }
}

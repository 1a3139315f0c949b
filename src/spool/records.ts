/**
 * The small records about queues, positions and the account, as JSON in `meta`. They are read from
 * LMDB whenever they are needed, so that what is in memory can never differ from what is durable;
 * inside a write they show that write.
 */
import type { SourceLedger } from '../core.ts'
import type { Store } from './store.ts'

export interface QueueRecord {
  /** Sequence of the newest block. */
  newest: number
  /** Every block up to this sequence is gone. */
  deleted: number
  /** Lines taken, ever. */
  lines: number
  /** Bytes of the blocks that are kept. */
  bytes: number
  /** Pages of remembered ids: `oldest` to `newest`, from 1; `since`: when the oldest was written. */
  ids: { oldest: number; newest: number; count: number; since: number }
  ledger: SourceLedger
  checkpoint?: string
}

export interface Account {
  /** What blocks and ids take in the file. Rejects are not in it: else setting lines aside would make
   * no room. */
  bytes: number
  /** Rejects that are kept. */
  rejects: number
  /** Number of the newest reject. */
  newestReject: number
}

export class Records {
  readonly #store: Store

  constructor(store: Store) {
    this.#store = store
  }

  queue(name: string): QueueRecord {
    return (
      (this.#store.meta.get(['queue', name]) as QueueRecord | undefined) ?? {
        newest: 0,
        deleted: 0,
        lines: 0,
        bytes: 0,
        ids: { oldest: 1, newest: 0, count: 0, since: 0 },
        ledger: { read: 0, spooled: 0, alreadyGiven: 0, rejected: 0, ignored: 0 },
      }
    )
  }

  putQueue(name: string, record: QueueRecord): void {
    this.#store.meta.putSync(['queue', name], record)
  }

  /** Names of the queues that the spool has, configured or not. */
  queues(): string[] {
    return this.#under('queue').map(([, name]) => name ?? '')
  }

  account(): Account {
    return (
      (this.#store.meta.get(['account']) as Account | undefined) ?? {
        bytes: 0,
        rejects: 0,
        newestReject: 0,
      }
    )
  }

  putAccount(account: Account): void {
    this.#store.meta.putSync(['account'], account)
  }

  /** The stored position; undefined when the destination never had a receipt in this queue. */
  position(destination: string, queue: string): number | undefined {
    return this.#store.meta.get(['position', destination, queue]) as number | undefined
  }

  putPosition(destination: string, queue: string, sequence: number): void {
    this.#store.meta.putSync(['position', destination, queue], sequence)
  }

  removePosition(destination: string, queue: string): void {
    this.#store.meta.removeSync(['position', destination, queue])
  }

  /** Every destination and queue with a stored position. */
  positions(): { destination: string; queue: string }[] {
    return this.#under('position').map(([, destination = '', queue = '']) => ({
      destination,
      queue,
    }))
  }

  /** Notes that this line was rejected; false when it is noted already. */
  noteLine(destination: string, queue: string, sequence: number, line: number): boolean {
    const key = ['rejected', queue, sequence, destination, line]
    if (this.#store.meta.doesExist(key)) return false
    this.#store.meta.putSync(key, 1)
    return true
  }

  /** Forgets the rejected lines of blocks that are gone. */
  forgetLines(queue: string, upTo: number): void {
    const range = { start: ['rejected', queue], end: ['rejected', queue, upTo + 1] }
    for (const key of [...this.#store.meta.getKeys(range)]) this.#store.meta.removeSync(key)
  }

  #under(kind: string): string[][] {
    return [...this.#store.meta.getKeys({ start: [kind], end: [kind, last] })] as string[][]
  }
}

/** Sorts behind every name that a configuration may have. */
const last = '\u{10ffff}'

/** What a value of this size takes in LMDB's file: pages of its own when it is large. */
export function weight(size: number): number {
  return size < 2000 ? size + 64 : Math.ceil((size + 16) / 4096) * 4096
}

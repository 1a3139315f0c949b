/**
 * The small records about queues, destinations and the account, as JSON in `meta`. They are read
 * from LMDB whenever they are needed, so that what is in memory can never differ from what is
 * durable; inside a write they show that write.
 *
 * A record that is damaged stops nothing. A queue's and the account are made again from what is
 * there (`recover.ts`), and are good once they are written again; a destination's is as if it had
 * none, so it begins anew at the oldest block that is kept: sent twice rather than not at all.
 */
import type { SourceLedger } from '../core.ts'
import { between, under } from './databases.ts'
import type { Databases } from './databases.ts'
import { countsOfRejects, recoverAccount, recoverQueue, weightOfRejects } from './recover.ts'
import { damaged, sealed, unsealed } from './sealed.ts'
import { totalOf } from './tally.ts'
import type { Tally } from './tally.ts'

export interface QueueRecord {
  /** Sequence of the newest block. */
  newest: number
  /** Every block up to this sequence is gone. */
  deleted: number
  /** Lines up to that sequence; not known of a spool of format 1 until the next deletion. */
  gone?: number
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
  /** What rejects take in the file. Not there in a spool of an older release, until it is opened. */
  rejectBytes?: number
  /** The same by code, and as old. */
  rejectCodes?: Tally
  /** Number of the newest reject. */
  newestReject: number
}

/** What a destination did with the lines of a queue since it first read it. */
export interface Books {
  /** Lines of the queue that were never for it: those before it began, and those that went while the
   * configuration did not have it. */
  start: number
  received: number
  refused: number
  damaged: number
}

/** Where a destination stands in a queue. */
export interface Standing {
  /** The last block that it has a receipt for. */
  position: number
  /** Lines of the queue up to there, and what became of them. Not there in a spool of format 1, until
   * the next receipt. */
  lines?: number
  books?: Books
}

export interface Named {
  destination: string
  queue: string
}

export class Records {
  readonly #store: Databases
  readonly #lost: (message: string) => void
  /** Keys of damaged records that were told. */
  readonly #told = new Set<string>()

  /** `lost` is told once of each record that is damaged, and what follows from it. */
  constructor(store: Databases, lost: (message: string) => void = () => {}) {
    this.#store = store
    this.#lost = lost
  }

  queue(name: string): QueueRecord {
    const read = this.#get(['queue', name])
    if (read === damaged) {
      const message = `the record of queue ${name} is damaged and made again from its blocks: its source begins anew and what it gave before is left out, its counts begin anew`
      this.#tell(['queue', name], message)
      const standings = this.standings(name).map(({ standing }) => standing)
      return recoverQueue(this.#store, name, standings)
    }
    return (
      (read as QueueRecord | undefined) ?? {
        newest: 0,
        deleted: 0,
        gone: 0,
        lines: 0,
        bytes: 0,
        ids: { oldest: 1, newest: 0, count: 0, since: 0 },
        ledger: { read: 0, spooled: 0, alreadyGiven: 0, rejected: 0, ignored: 0 },
      }
    )
  }

  putQueue(name: string, record: QueueRecord): void {
    this.#put(['queue', name], record)
  }

  /** Names of the queues that the spool has, configured or not. */
  queues(): string[] {
    return this.#names('queue').map(([, name = '']) => name)
  }

  account(): Account {
    const read = this.#get(['account'])
    if (read === damaged) {
      this.#tell(['account'], 'the record of what the spool holds is damaged and counted again')
      return recoverAccount(this.#store)
    }
    return (
      (read as Account | undefined) ?? {
        bytes: 0,
        rejects: 0,
        rejectBytes: 0,
        rejectCodes: {},
        newestReject: 0,
      }
    )
  }

  putAccount(account: Account): void {
    this.#put(['account'], account)
  }

  /** False, too, when an older release had the spool for a while: it keeps the codes as they were. */
  get knowsRejects(): boolean {
    const { rejects, rejectBytes, rejectCodes } = this.account()
    if (rejectBytes === undefined || rejectCodes === undefined) return false
    return totalOf(rejectCodes) === rejects
  }

  /** Inside a write. */
  weighRejects(): void {
    const rejectBytes = weightOfRejects(this.#store)
    const rejectCodes = countsOfRejects(this.#store)
    const rejects = totalOf(rejectCodes)
    this.putAccount({ ...this.account(), rejects, rejectBytes, rejectCodes })
  }

  /** Undefined when the destination never had a receipt in this queue. */
  standing(destination: string, queue: string): Standing | undefined {
    const read = this.#get(['position', destination, queue])
    if (read === damaged) {
      const message = `the position of destination ${destination} in queue ${queue} is damaged: it begins anew at the oldest block that is kept, so lines are sent twice`
      this.#tell(['position', destination, queue], message)
      return undefined
    }
    return typeof read === 'number' ? { position: read } : (read as Standing | undefined)
  }

  putStanding(destination: string, queue: string, standing: Standing): void {
    this.#put(['position', destination, queue], standing)
  }

  removeStanding(destination: string, queue: string): void {
    this.#store.meta.removeSync(['position', destination, queue])
  }

  /** Every destination and queue with a stored standing. */
  stood(): Named[] {
    return this.#names('position').map(([, destination = '', queue = '']) => {
      return { destination, queue }
    })
  }

  /** Those of a queue. */
  standings(queue: string): { destination: string; standing: Standing }[] {
    return this.stood().flatMap((named) => {
      if (named.queue !== queue) return []
      const standing = this.standing(named.destination, queue)
      return standing ? [{ destination: named.destination, standing }] : []
    })
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
    const range = between(['rejected', queue], -1, upTo)
    for (const key of [...this.#store.meta.getKeys(range)]) this.#store.meta.removeSync(key)
  }

  /** Keys of the records that are damaged. */
  broken(): string[][] {
    const keys = [['account'], ...this.#names('queue'), ...this.#names('position')]
    return keys.filter((key) => this.#get(key) === damaged)
  }

  /** Inside a write: what can be made again is stored, the rest is forgotten. */
  repair(broken: readonly string[][]): void {
    for (const [kind, name = '', queue = ''] of broken) {
      if (kind === 'account') this.putAccount(this.account())
      if (kind === 'queue') this.putQueue(name, this.queue(name))
      if (kind !== 'position') continue
      this.standing(name, queue)
      this.removeStanding(name, queue)
    }
  }

  #get(key: string[]): unknown {
    return unsealed(key, this.#store.meta.getBinary(key))
  }

  #put(key: string[], value: unknown): void {
    this.#store.meta.putSync(key, sealed(key, value))
    this.#told.delete(key.join(' '))
  }

  #tell(key: string[], message: string): void {
    const name = key.join(' ')
    if (this.#told.has(name)) return
    this.#told.add(name)
    this.#lost(message)
  }

  #names(kind: string): string[][] {
    return [...this.#store.meta.getKeys(under(kind))] as string[][]
  }
}

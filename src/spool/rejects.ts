/**
 * The records and lines that were set aside, numbered from 1, kept until somebody purges them or
 * takes them back. A number is never given twice. They are not in the spool's account: else setting
 * lines aside would make no room.
 *
 * An entry that is damaged is listed under the number of its first, and goes with it.
 */
import type { StoredReject } from '../core.ts'
import type { RejectQuery, RejectSelection } from './interface.ts'
import type { Records } from './records.ts'
import { unpackRejects, withoutRejects } from './reject-entry.ts'
import type { PackedRejects } from './reject-entry.ts'
import type { Store } from './store.ts'
import { Turns } from './turns.ts'

/** No number comes to this. */
const beyond = Number.MAX_SAFE_INTEGER - 1
/** Entries changed in one transaction. */
const changedAtOnce = 16

/** Entries as they will be, made before the transaction, as it takes time. */
export interface Removal {
  removed: StoredReject[]
  entries: { first: number; bytes: Buffer | undefined }[]
  /** An entry that could not be read goes: what is left is counted. */
  damaged: boolean
}

export class Rejects {
  readonly #store: Store
  readonly #records: Records
  readonly #turns = new Turns()

  constructor(store: Store, records: Records) {
    this.#store = store
    this.#records = records
  }

  get count(): number {
    return this.#records.account().rejects
  }

  /** Inside a write. */
  add(entries: PackedRejects[]): void {
    const account = this.#records.account()
    for (const { count, bytes } of entries) {
      this.#store.rejects.putSync(account.newestReject + 1, bytes)
      account.newestReject += count
      account.rejects += count
    }
    this.#records.putAccount(account)
  }

  /** The newest ones, in the order of their numbers. */
  list(limit: number): StoredReject[] {
    const listed: StoredReject[][] = []
    let missing = limit
    for (const first of this.#store.rejects.getKeys({ reverse: true })) {
      if (missing <= 0) break
      const rejects = this.#entry(first as number).slice(-missing)
      listed.unshift(rejects)
      missing -= rejects.length
    }
    return listed.flat()
  }

  query({ after = 0, limit = Infinity, source, destination, code }: RejectQuery): StoredReject[] {
    const found: StoredReject[] = []
    const start = this.#entryOf(after + 1) ?? after + 1
    for (const first of this.#store.rejects.getKeys({ start })) {
      for (const reject of this.#entry(first as number)) {
        if (found.length >= limit) return found
        if (reject.number <= after) continue
        if (source !== undefined && reject.source !== source) continue
        if (destination !== undefined && reject.destination !== destination) continue
        if (code !== undefined && reject.code !== code) continue
        found.push(reject)
      }
    }
    return found
  }

  get(number: number): StoredReject | undefined {
    const first = this.#entryOf(number)
    if (first === undefined) return undefined
    return this.#entry(first).find((reject) => reject.number === number)
  }

  /** Removes a few entries' in each transaction; returns how many rejects went. */
  async purge(selection: RejectSelection): Promise<number> {
    return this.alone(async () => {
      const before = this.count
      const { upTo = 0, numbers = [] } = selection
      const chosen = new Set(numbers)
      const all = [...this.#store.rejects.getKeys({ end: Math.min(upTo, beyond) + 1 })] as number[]
      const firsts = [...new Set([...all, ...this.#entriesOf(numbers)])]
      for (let index = 0; index < firsts.length; index += changedAtOnce) {
        const some = firsts.slice(index, index + changedAtOnce)
        const removal = this.#without(some, (number) => number <= upTo || chosen.has(number))
        await this.#store.write(() => this.remove(removal))
      }
      return before - this.count
    })
  }

  /** Entries are changed by one at a time; adding some does not disturb. */
  alone<T>(work: () => Promise<T>): Promise<T> {
    return this.#turns.take('', work)
  }

  /** To be used while alone; numbers that are gone or cannot be read are passed over. */
  without(numbers: readonly number[]): Removal {
    const chosen = new Set(numbers)
    const readable = this.#entriesOf(numbers).filter((first) => {
      return unpackRejects(first, this.#store.rejects.getBinary(first)) !== undefined
    })
    return this.#without(readable, (number) => chosen.has(number))
  }

  /** Inside a write. */
  remove({ removed, entries, damaged }: Removal): void {
    for (const { first, bytes } of entries) {
      if (bytes) this.#store.rejects.putSync(first, bytes)
      else this.#store.rejects.removeSync(first)
    }
    const account = this.#records.account()
    const rejects = damaged ? this.#counted() : account.rejects - removed.length
    this.#records.putAccount({ ...account, rejects })
  }

  #without(firsts: readonly number[], gone: (number: number) => boolean): Removal {
    const removal: Removal = { removed: [], entries: [], damaged: false }
    for (const first of firsts) {
      const stored = this.#store.rejects.getBinary(first)
      const rejects = unpackRejects(first, stored)
      if (!rejects) {
        if (!gone(first)) continue
        removal.damaged = true
        removal.entries.push({ first, bytes: undefined })
        continue
      }
      const removed = rejects.filter(({ number }) => gone(number))
      if (removed.length === 0) continue
      removal.removed.push(...removed)
      removal.entries.push({ first, bytes: withoutRejects(stored, (at) => gone(first + at)) })
    }
    return removal
  }

  #counted(): number {
    let count = 0
    for (const first of this.#store.rejects.getKeys()) {
      count += unpackRejects(first as number, this.#store.rejects.getBinary(first))?.length ?? 0
    }
    return count
  }

  #entry(first: number): StoredReject[] {
    const rejects = unpackRejects(first, this.#store.rejects.getBinary(first))
    if (rejects) return rejects
    const reason = `the rejects from number ${first} on cannot be read: their entry is damaged; purge number ${first} to be rid of it`
    const place = { origin: '', row: 0, record: '', at: 0, source: '' }
    return [{ number: first, code: 'spool-damaged', reason, ...place }]
  }

  /** The entry that this number is in, if it still is. */
  #entryOf(number: number): number | undefined {
    const [first] = this.#store.rejects.getKeys({ start: number, reverse: true, limit: 1 })
    return first as number | undefined
  }

  #entriesOf(numbers: readonly number[]): number[] {
    const firsts = new Set<number>()
    for (const number of numbers) {
      const first = this.#entryOf(number)
      if (first !== undefined) firsts.add(first)
    }
    return [...firsts]
  }
}

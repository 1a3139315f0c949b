/**
 * The records and lines that were set aside, numbered from 1, kept until somebody purges them or
 * takes them back. A number is never given twice. They are not in the spool's account: else setting
 * lines aside would make no room.
 *
 * An entry that is damaged is listed under the number of its first, and goes with it.
 */
import type { StoredReject } from '../core.ts'
import type { RejectPage, RejectQuery, RejectSelection } from './interface.ts'
import type { Records } from './records.ts'
import { countRejects, unpackRejects, withoutRejects } from './reject-entry.ts'
import type { PackedRejects } from './reject-entry.ts'
import { countsOfRejects } from './recover.ts'
import type { Store } from './store.ts'
import { minus, plus, tallyOf, totalOf } from './tally.ts'
import type { Tally } from './tally.ts'
import { Turns } from './turns.ts'
import { weight } from './weight.ts'

/** No number comes to this. */
const beyond = Number.MAX_SAFE_INTEGER - 1
/** Entries changed in one transaction; they are made anew before it. */
const changedAtOnce = 16
/** Entries that go whole in one transaction. */
const deletedAtOnce = 256
/** Entries unpacked for one page of a list: up to 4000 rejects, some 20 ms. */
const readAtOnce = 8

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

  get byCode(): Tally {
    return this.#records.account().rejectCodes ?? {}
  }

  /** Inside a write. */
  add(entries: PackedRejects[]): void {
    const account = this.#records.account()
    for (const { counts, count, bytes } of entries) {
      this.#store.rejects.putSync(account.newestReject + 1, bytes)
      account.newestReject += count
      account.rejects += count
      account.rejectBytes = (account.rejectBytes ?? 0) + weight(bytes.length)
      account.rejectCodes = plus(account.rejectCodes ?? {}, counts)
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

  /** Those that match of the next few entries. */
  page(query: RejectQuery, entries = readAtOnce): RejectPage {
    const { after = 0, limit = Infinity, source, destination, code } = query
    const rejects: StoredReject[] = []
    const start = this.#entryOf(after + 1) ?? after + 1
    let left = entries
    for (const first of this.#store.rejects.getKeys({ start }) as Iterable<number>) {
      if (left === 0) return { rejects, next: first - 1 }
      left -= 1
      for (const reject of this.#entry(first)) {
        if (reject.number <= after) continue
        if (source !== undefined && reject.source !== source) continue
        if (destination !== undefined && reject.destination !== destination) continue
        if (code !== undefined && reject.code !== code) continue
        if (rejects.length >= limit) return { rejects, next: rejects.at(-1)?.number ?? after }
        rejects.push(reject)
      }
    }
    return { rejects, next: undefined }
  }

  get(number: number): StoredReject | undefined {
    const first = this.#entryOf(number)
    if (first === undefined) return undefined
    return this.#entry(first).find((reject) => reject.number === number)
  }

  /** Removes a few entries' in each transaction; returns how many rejects went. */
  async purge({ upTo = 0, numbers = [], entries = Infinity }: RejectSelection): Promise<number> {
    return this.alone(async () => {
      let purged = 0
      let left = entries
      for (let whole = this.#upTo(upTo, left); whole.length > 0; whole = this.#upTo(upTo, left)) {
        purged += await this.#store.write(() => this.#delete(whole))
        left -= whole.length
      }
      const chosen = new Set(numbers)
      const last = left > 0 ? this.#entryOf(Math.min(upTo, beyond)) : undefined
      const firsts = [
        ...new Set([...(last === undefined ? [] : [last]), ...this.#entriesOf(numbers)]),
      ]
      for (let index = 0; index < firsts.length; index += changedAtOnce) {
        const some = firsts.slice(index, index + changedAtOnce)
        const removal = this.#without(some, (number) => number <= upTo || chosen.has(number))
        purged += await this.#store.write(() => this.remove(removal))
      }
      return purged
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

  /** Inside a write. Returns how many went. */
  remove({ removed, entries, damaged }: Removal): number {
    let bytesHeld = this.#records.account().rejectBytes ?? 0
    for (const { first, bytes } of entries) {
      bytesHeld -= this.#weightOf(first)
      if (bytes) this.#store.rejects.putSync(first, bytes)
      else this.#store.rejects.removeSync(first)
      if (bytes) bytesHeld += weight(bytes.length)
    }
    return this.#settle(bytesHeld, damaged ? undefined : tallyOf(removed))
  }

  /** Inside a write: whole entries, without unpacking them. Returns how many rejects went. */
  #delete(firsts: readonly number[]): number {
    let rejectBytes = this.#records.account().rejectBytes ?? 0
    let gone: Tally = {}
    let damaged = false
    for (const first of firsts) {
      const stored = this.#store.rejects.getBinary(first)
      const counts = countRejects(stored)
      damaged ||= counts === undefined
      gone = plus(gone, counts ?? {})
      rejectBytes -= weight(stored?.length ?? 0)
      this.#store.rejects.removeSync(first)
    }
    return this.#settle(rejectBytes, damaged ? undefined : gone)
  }

  /** Inside a write: the account after these are gone; undefined: what is left is counted. */
  #settle(rejectBytes: number, gone: Tally | undefined): number {
    const account = this.#records.account()
    const { rejects: before, rejectCodes = {} } = account
    const left = gone ? minus(rejectCodes, gone) : countsOfRejects(this.#store)
    const rejects = gone ? before - totalOf(gone) : totalOf(left)
    const bytes = Math.max(0, rejectBytes)
    this.#records.putAccount({ ...account, rejects, rejectCodes: left, rejectBytes: bytes })
    return before - rejects
  }

  /** The oldest entries that have no number beyond this one. */
  #upTo(number: number, most: number): number[] {
    const end = Math.min(number, beyond) + 1
    const limit = Math.min(most, deletedAtOnce)
    if (limit <= 0) return []
    const firsts = [...this.#store.rejects.getKeys({ end, limit: limit + 1 })] as number[]
    // The last one of all that were found may go beyond, unless nothing does.
    if (firsts.length <= limit && number < this.#records.account().newestReject) {
      const [next] = this.#store.rejects.getKeys({ start: end, limit: 1 })
      if (next !== end) firsts.pop()
    }
    return firsts.slice(0, limit)
  }

  #weightOf(first: number): number {
    return weight(this.#store.rejects.getBinaryFast(first)?.length ?? 0)
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

/**
 * The records and lines that were set aside, numbered from 1, kept until somebody purges them. Those
 * of one commit are compressed together (`gzip`, which has a checksum of its own) under the number
 * of their first: text of this kind shrinks to about a tenth, so that a spool that is full of a dead
 * destination's lines has room again when they are set aside.
 */
import { gunzipSync, gzipSync } from 'node:zlib'
import type { StoredReject } from '../core.ts'
import type { Records } from './records.ts'
import type { Store } from './store.ts'

export type NewReject = Omit<StoredReject, 'number'>

export interface PackedRejects {
  count: number
  bytes: Buffer
}

/** Rejects of one entry at most, so that one can be read without much else. */
const packed = 500
/** Characters of records in one entry, unless one alone is larger. */
const packedText = 1024 * 1024

/** To be done before the transaction, as it takes time. */
export function packRejects(rejects: NewReject[]): PackedRejects[] {
  const entries: PackedRejects[] = []
  let start = 0
  let text = 0
  rejects.forEach(({ record }, index) => {
    text += record.length
    const next = rejects[index + 1]
    const full = index + 1 - start === packed || text + (next?.record.length ?? 0) > packedText
    if (next && !full) return
    entries.push(pack(rejects.slice(start, index + 1)))
    start = index + 1
    text = 0
  })
  return entries
}

export class Rejects {
  readonly #store: Store
  readonly #records: Records

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
      const rejects = unpack(first as number, this.#store.rejects.getBinary(first)).slice(-missing)
      listed.unshift(rejects)
      missing -= rejects.length
    }
    return listed.flat()
  }

  /** Removes the entries all of whose numbers are at most this; returns how many rejects went. */
  async purge(upTo: number): Promise<number> {
    let purged = 0
    for (;;) {
      const step = await this.#store.write(() => this.#purgeStep(upTo))
      purged += step
      if (step === 0) return purged
    }
  }

  #purgeStep(upTo: number): number {
    const account = this.#records.account()
    const firsts = [...this.#store.rejects.getKeys({ limit: 33 })] as number[]
    let purged = 0
    firsts.slice(0, 32).forEach((first, index) => {
      const next = firsts[index + 1] ?? account.newestReject + 1
      if (next - 1 > upTo) return
      account.rejects -= next - first
      this.#store.rejects.removeSync(first)
      purged += next - first
    })
    if (purged > 0) this.#records.putAccount(account)
    return purged
  }
}

function pack(rejects: NewReject[]): PackedRejects {
  const plain = rejects.map(({ id, ...rest }) =>
    id === undefined ? rest : { ...rest, id: Buffer.from(id).toString('hex') },
  )
  return { count: rejects.length, bytes: gzipSync(JSON.stringify(plain), { level: 1 }) }
}

function unpack(first: number, bytes: Buffer | undefined): StoredReject[] {
  try {
    const plain = JSON.parse(gunzipSync(bytes ?? Buffer.alloc(0)).toString()) as (NewReject & {
      id?: string
    })[]
    return plain.map(({ id, ...rest }, index) => ({
      number: first + index,
      ...rest,
      ...(id === undefined ? {} : { id: new Uint8Array(Buffer.from(id, 'hex')) }),
    }))
  } catch {
    const reason = `the rejects from number ${first} on cannot be read: their entry is damaged`
    const place = { origin: '', row: 0, record: '', at: 0, source: '' }
    return [{ number: first, code: 'spool-damaged', reason, ...place }]
  }
}

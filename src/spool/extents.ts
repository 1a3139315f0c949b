/**
 * Which lines of a queue a block has: its head says how many came before it (`first`) and how many
 * it has itself, so the heads alone tell how many lines lie between any two places.
 *
 * Where blocks are damaged their neighbours say it: what lies between the end of the last good block
 * and the beginning of the next one was theirs. Of several in a row each keeps what its own head
 * says, as far as that can be, and the others share the rest, so that the sum is exact.
 */
import { decodeOwn, readHead } from './block.ts'
import type { Databases } from './databases.ts'
import type { Holes } from './holes.ts'
import type { Records } from './records.ts'

export interface Extent {
  /** Lines that the queue took before this block, ever. */
  first: number
  count: number
}

export class Extents {
  readonly #store: Databases
  readonly #records: Records
  readonly #holes: Holes
  /** Of damaged blocks, as found out for all in a row at once. */
  readonly #found = new Map<string, Extent>()

  constructor(store: Databases, records: Records, holes: Holes) {
    this.#store = store
    this.#records = records
    this.#holes = holes
  }

  /** Lines that the queue took up to and including this sequence, ever. */
  before(queue: string, sequence: number): number {
    const { newest, deleted, gone, lines } = this.#records.queue(queue)
    if (sequence >= newest) return lines
    if (sequence <= deleted && gone !== undefined) return gone
    const end = endOf(this.#stated(queue, sequence))
    const next = this.#stated(queue, sequence + 1)?.first
    const agreed = end === next || end === undefined || next === undefined
    const known = agreed ? (end ?? next) : this.#provenEnd(queue, sequence)
    return known ?? this.lost(queue, sequence + 1).first
  }

  /** Of a block that is damaged, or of which nothing is known. */
  lost(queue: string, sequence: number): Extent {
    const name = nameOf(queue, sequence)
    if (!this.#found.has(name)) this.#resolve(queue, sequence)
    return this.#found.get(name) ?? { first: this.#records.queue(queue).lines, count: 0 }
  }

  /** To be called when the block is set aside: from then on its record says it. */
  forget(queue: string, sequence: number): void {
    this.#found.delete(nameOf(queue, sequence))
  }

  /** By the head, unverified but for whose it is, or by the record of one that was set aside. */
  #stated(queue: string, sequence: number): Extent | undefined {
    return this.#head(queue, sequence) ?? this.#hole(queue, sequence)
  }

  #head(queue: string, sequence: number): Extent | undefined {
    const bytes = this.#store.blocks.getBinaryFast([queue, sequence])
    const head = bytes && readHead(bytes)
    return head?.queue === queue && head.sequence === sequence ? head : undefined
  }

  #hole(queue: string, sequence: number): Extent | undefined {
    const hole = this.#holes.at(queue, sequence)
    return hole && { first: hole.first, count: hole.lines }
  }

  /** Beyond all doubt. */
  #proven(queue: string, sequence: number): Extent | undefined {
    const bytes = this.#store.blocks.getBinary([queue, sequence])
    if (!bytes) return this.#hole(queue, sequence)
    try {
      return decodeOwn({ queue, sequence }, bytes)
    } catch {
      return undefined
    }
  }

  #provenEnd(queue: string, sequence: number): number | undefined {
    const end = endOf(this.#proven(queue, sequence))
    return end ?? this.#proven(queue, sequence + 1)?.first
  }

  /** All that are in doubt around this one, from good neighbour to good neighbour; or to where a
   * destination stands, which was known when it came there. */
  #resolve(queue: string, sequence: number): void {
    const { newest, deleted, gone, lines } = this.#records.queue(queue)
    const standings = this.#records.standings(queue).map(({ standing }) => standing)
    const known = (at: number) => standings.find(({ position }) => position === at)?.lines
    let left = sequence - 1
    let start: number | undefined
    for (; left > deleted; left -= 1) {
      start = known(left) ?? endOf(this.#proven(queue, left))
      if (start !== undefined) break
    }
    let right = sequence + 1
    let end: number | undefined
    for (; right <= newest; right += 1) {
      end = known(right - 1) ?? this.#proven(queue, right)?.first
      if (end !== undefined) break
    }
    end ??= lines
    const stated = []
    for (let at = left + 1; at < right; at += 1) stated.push(this.#head(queue, at))
    start ??= known(deleted) ?? gone ?? stated[0]?.first ?? end
    shared(start, end, stated).forEach((extent, index) => {
      this.#found.set(nameOf(queue, left + 1 + index), extent)
    })
  }
}

/** Extents of blocks in a row that together have the lines from `start` to `end`: what a block states
 * is believed where it fits. */
export function shared(
  start: number,
  end: number,
  stated: readonly (Extent | undefined)[],
): Extent[] {
  const extents: Extent[] = []
  let at = start
  /** Blocks since `at` that state nothing that fits. */
  let silent = 0
  const share = (upTo: number) => {
    for (; silent > 0; silent -= 1) {
      const count = Math.floor((upTo - at) / silent)
      extents.push({ first: at, count })
      at += count
    }
  }
  const fits = ({ first, count }: Extent, isLast: boolean) => {
    const last = first + count
    // A head with a wrong bit may well state a fraction.
    if (!Number.isSafeInteger(first)) return false
    return (silent > 0 ? first >= at : first === at) && (isLast ? last === end : last <= end)
  }
  stated.forEach((extent, index) => {
    if (!extent || !fits(extent, index === stated.length - 1)) {
      silent += 1
      return
    }
    share(extent.first)
    extents.push({ first: extent.first, count: extent.count })
    at = extent.first + extent.count
  })
  share(end)
  return extents
}

function endOf(extent: Extent | undefined): number | undefined {
  return extent && extent.first + extent.count
}

function nameOf(queue: string, sequence: number): string {
  return `${queue} ${sequence}`
}

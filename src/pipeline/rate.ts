/**
 * Shaping: how much of the spool a destination is given, and when. It waits and never drops.
 *
 * Two token buckets, one of events and one of bytes as they are on the wire (header and frame
 * included, TLS not). Each fills at its rate and holds what `burst` milliseconds of it bring, so
 * that much may go at once after a pause. A block is given in parts, as the buckets allow.
 */
import type { Block } from '../core.ts'
import { eachLine } from '../io/lines.ts'
import { pause } from './retry.ts'

export interface Rate {
  /** Per second; null: any number. */
  events: number | null
  /** Per second; null: any number. */
  bytes: number | null
  /** ms of both that may go at once. */
  burst: number
}

/** ms that the buckets are left to fill when they are empty, so that parts are not single events. */
const least = 50

/** A block, and how many of its lines, from the first on. */
export interface Begun {
  sequence: number
  lines: number
  /** Where those end in its bytes; undefined: not found out yet. */
  offset?: number
}

export class Pace {
  readonly #events: Bucket
  readonly #bytes: Bucket
  readonly #overhead: number
  /** Of the block in each queue of which only parts were given: how many of its lines, and bytes. */
  readonly #begun = new Map<string, Begun>()

  /** `overhead`: bytes of a message beside its CEF line. */
  constructor({ events, bytes, burst }: Rate, overhead: number, now = () => performance.now()) {
    this.#events = new Bucket(events, burst, now)
    this.#bytes = new Bucket(bytes, burst, now)
    this.#overhead = overhead
  }

  /** Begins a run: of the blocks in the map so many lines are received, of others none. */
  restart(received: ReadonlyMap<string, Begun>): void {
    this.#begun.clear()
    for (const [queue, { sequence, lines }] of received) this.#begun.set(queue, { sequence, lines })
  }

  /** Resolves when an event may go; early on abort. */
  async ready(signal: AbortSignal): Promise<void> {
    for (;;) {
      const wait = Math.max(this.#events.missing(), this.#bytes.missing())
      if (wait <= 0 || signal.aborted) return
      await pause(Math.max(wait, least), signal)
    }
  }

  /** As much of the block, from where its last part ended, as may go now; at least one line. */
  part(block: Block): Block {
    const { queue, sequence, count, lines } = block
    const begun = this.#begun.get(queue)
    const from = { lines: 0, offset: 0 }
    if (begun?.sequence === sequence) {
      from.lines = begun.lines
      from.offset = begun.offset ?? endOf(lines, begun.lines)
    }
    let [taken, offset] = [0, from.offset]
    let full = false
    eachLine(lines.subarray(from.offset), (start, end) => {
      full ||= taken > 0 && (this.#events.missing() > 0 || this.#bytes.missing() > 0)
      if (full) return
      this.#events.take(1)
      this.#bytes.take(end - start + this.#overhead)
      taken += 1
      offset = from.offset + end
    })
    const upTo = from.lines + taken
    if (upTo === count) this.#begun.delete(queue)
    else this.#begun.set(queue, { sequence, lines: upTo, offset })
    if (taken === count) return block
    return { queue, sequence, upTo, count: taken, lines: lines.subarray(from.offset, offset) }
  }
}

/** The block without its lines that are received; itself when none is. */
export function rest(block: Block, received: Begun | undefined): Block {
  const { queue, sequence, count, lines } = block
  if (received?.sequence !== sequence) return block
  const left = lines.subarray(endOf(lines, received.lines))
  return { queue, sequence, upTo: count, count: count - received.lines, lines: left }
}

/** Where the first `count` lines end. */
function endOf(lines: Buffer, count: number): number {
  let end = 0
  eachLine(lines, (_start, lineEnd, _time, _severity, index) => {
    if (index < count) end = lineEnd
  })
  return end
}

/** Filled by time; what takes more than there is leaves a debt, so the mean is kept. */
class Bucket {
  readonly #perMs: number
  readonly #size: number
  readonly #now: () => number
  #level: number
  #at: number

  constructor(perSecond: number | null, burst: number, now: () => number) {
    this.#perMs = perSecond === null ? Infinity : perSecond / 1000
    // One event must fit, however slow the rate.
    this.#size = Math.max(1, this.#perMs * burst)
    this.#now = now
    this.#level = this.#size
    this.#at = now()
  }

  /** ms until something may be taken; 0 when it may. */
  missing(): number {
    if (this.#perMs === Infinity) return 0
    const now = this.#now()
    this.#level = Math.min(this.#size, this.#level + (now - this.#at) * this.#perMs)
    this.#at = now
    return this.#level >= 1 ? 0 : (1 - this.#level) / this.#perMs
  }

  take(amount: number): void {
    if (this.#perMs !== Infinity) this.#level -= amount
  }
}

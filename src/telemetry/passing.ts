/**
 * Events as they are handed to the destinations: the latest are kept for the status page, and
 * whoever watches gets them as they pass. Nothing here holds up the delivery: a watcher that is too
 * slow misses some, and is told how many.
 *
 * What a block costs while nobody watches: a look at the clock, and at most ten times a second and
 * destination a copy of its last lines. Nothing is decoded before somebody asks. Whoever watches the
 * whole of it has each block copied; both are bounded, in lines and in bytes.
 */
import type { Block } from '../core.ts'
import { lineHead, unpackLines } from '../io/lines.ts'

/** An event that was handed to a destination; once more after each break of its connection. */
export interface Passed {
  /** ms since 1970: when it was handed out. */
  at: number
  destination: string
  queue: string
  sequence: number
  /** 0-based within the block. */
  line: number
  /** ms since 1970: the event's own. */
  time: number
  severity: number
  cef: string
}

export interface Watched {
  events: Passed[]
  /** Events that passed since the last time and are not among these. */
  skipped: number
}

export interface WatchOptions {
  /** Every line, in place of the last ones of each block. */
  whole?: boolean
  /** Events that wait for a slow reader at most; the oldest are skipped. */
  most?: number
}

/** Events that are kept. */
const kept = 200
/** Lines that are copied of a block, and of all blocks of one destination within `budgetFor`. */
const copiedLines = 20
/** ms */
const budgetFor = 100
/** Bytes that are kept at most, and that wait for one watcher, unless one copy alone is larger. */
const mostBytes = 8 * 1024 * 1024

/** Lines copied out of a block, one after the other. */
interface Copy {
  at: number
  destination: string
  queue: string
  sequence: number
  /** Of its first line. */
  line: number
  count: number
  bytes: Buffer
}

/** How many lines of one destination may still be copied, since when. */
interface Budget {
  since: number
  lines: number
}

export class Passing {
  readonly #now: () => number
  readonly #budgets = new Map<string, Budget>()
  readonly #latest = new Copies(kept)
  readonly #watchers = new Set<Watcher>()

  constructor(now = Date.now) {
    this.#now = now
  }

  /** Who watches now. */
  get watchers(): number {
    return this.#watchers.size
  }

  /** A block, or a part of one, goes to a destination; its lines are copied, not kept. */
  passed(destination: string, block: Block): void {
    const at = this.#now()
    const budget = this.#budgetOf(destination, at)
    const wanted = Math.min(budget.lines, block.count)
    budget.lines -= wanted
    if (wanted > 0) this.#latest.add(copyOf(block, wanted, destination, at))
    if (this.#watchers.size === 0) return
    let [whole, last]: [Copy?, Copy?] = []
    for (const watcher of this.#watchers) {
      const copy = watcher.whole
        ? (whole ??= copyOf(block, block.count, destination, at))
        : (last ??= copyOf(block, Math.min(copiedLines, block.count), destination, at))
      watcher.add(copy, block.count)
    }
  }

  /** The latest of all destinations, the newest last. */
  latest(limit: number): Passed[] {
    return lastOf(this.#latest, Math.min(limit, kept))
  }

  /** What passes from now on, until aborted. */
  watch(signal: AbortSignal, options: WatchOptions = {}): AsyncIterable<Watched> {
    const watcher = new Watcher(options)
    const end = () => {
      this.#watchers.delete(watcher)
      watcher.end()
    }
    if (signal.aborted) end()
    else this.#watchers.add(watcher)
    signal.addEventListener('abort', end, { once: true })
    return watcher.read(() => {
      signal.removeEventListener('abort', end)
      end()
    })
  }

  /** A new one when the window is over, or the clock was set back. */
  #budgetOf(destination: string, at: number): Budget {
    const before = this.#budgets.get(destination)
    if (before && at >= before.since && at - before.since < budgetFor) return before
    const budget = { since: at, lines: copiedLines }
    this.#budgets.set(destination, budget)
    return budget
  }
}

/** Copies in the order in which they came, bounded. */
class Copies {
  readonly #most: number
  readonly all: Copy[] = []
  #bytes = 0
  #lines = 0

  constructor(most: number) {
    this.#most = most
  }

  get lines(): number {
    return this.#lines
  }

  /** Returns how many lines had to go for it. */
  add(copy: Copy): number {
    this.all.push(copy)
    this.#lines += copy.count
    this.#bytes += copy.bytes.length
    let gone = 0
    // Those that are left are enough without the oldest.
    for (let [oldest] = this.all; oldest && this.all.length > 1; [oldest] = this.all) {
      if (this.#lines - oldest.count < this.#most && this.#bytes <= mostBytes) break
      this.all.shift()
      this.#lines -= oldest.count
      this.#bytes -= oldest.bytes.length
      gone += oldest.count
    }
    return gone
  }
}

class Watcher {
  readonly whole: boolean
  readonly #most: number
  #copies: Copies
  #skipped = 0
  #ended = false
  #wake = () => {}

  constructor({ whole = false, most = 200 }: WatchOptions) {
    this.whole = whole
    this.#most = most
    this.#copies = new Copies(most)
  }

  /** `passed`: lines of the block that it was copied of. */
  add(copy: Copy, passed: number): void {
    this.#skipped += passed - copy.count + this.#copies.add(copy)
    this.#wake()
  }

  end(): void {
    this.#ended = true
    this.#wake()
  }

  async *read(done: () => void): AsyncGenerator<Watched, void, void> {
    try {
      while (!this.#ended) {
        if (this.#copies.all.length > 0) yield this.#take()
        else await new Promise<void>((resolve) => (this.#wake = resolve))
      }
    } finally {
      done()
    }
  }

  #take(): Watched {
    const events = lastOf(this.#copies, this.#most)
    const skipped = this.#skipped + this.#copies.lines - events.length
    this.#copies = new Copies(this.#most)
    this.#skipped = 0
    return { events, skipped }
  }
}

/** A copy of the last `wanted` lines of a block, or of a part of one. */
function copyOf(block: Block, wanted: number, destination: string, at: number): Copy {
  const { queue, sequence, count, upTo = count, lines } = block
  const from = wanted === count ? 0 : startOf(lines, count - wanted)
  const bytes = Buffer.from(lines.subarray(from))
  return { at, destination, queue, sequence, line: upTo - wanted, count: wanted, bytes }
}

/** Where the line of this number begins. */
function startOf(lines: Buffer, line: number): number {
  let at = 0
  for (let passed = 0; passed < line; passed += 1) at += lineHead + lines.readUInt32LE(at)
  return at
}

/** The last so many events; what is left out is not decoded. */
function lastOf({ all, lines }: Copies, most: number): Passed[] {
  let over = Math.max(0, lines - most)
  return all.flatMap((copy) => {
    const left = Math.min(over, copy.count)
    over -= left
    return unpack(copy, left)
  })
}

/** Without the first `left` lines. */
function unpack({ bytes, line, count, ...place }: Copy, left: number): Passed[] {
  if (left === count) return []
  const events = unpackLines(bytes.subarray(startOf(bytes, left)))
  return events.map((event, index) => ({ ...place, line: line + left + index, ...event }))
}

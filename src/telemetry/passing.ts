/**
 * Events as they are handed to the destinations: the latest are kept for the status page, and
 * whoever watches gets them as they pass. Nothing here holds up the delivery: a watcher that is too
 * slow misses some, and is told how many.
 */
import type { Block } from '../core.ts'

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

export class Passing {
  /** A block, or a part of one, goes to a destination. */
  passed(_destination: string, _block: Block): void {
    throw new Error('not written yet')
  }

  /** The latest of all destinations, the newest last. */
  latest(_limit: number): Passed[] {
    throw new Error('not written yet')
  }

  /** What passes from now on, until aborted. */
  watch(_signal: AbortSignal): AsyncIterable<Watched> {
    throw new Error('not written yet')
  }
}

/**
 * What was sent on one connection since it took the traffic, and waits for that connection's receipt:
 * only the newest place, since a receipt is for all before it too, and how much it is.
 */
import type { Block, Place } from '../../core.ts'

/** ms in which a window may grow beyond `receiptWindow`, to what the sender brings in that time: the
 * next connection is opened at most once a second, and a fast sender must not wait for it. */
const growth = 2000
/** Times `receiptWindow` that it grows to at most. */
const mostGrown = 8

export class Window {
  readonly #receiptWindow: number
  /** Lines on the connection. */
  lines = 0
  /** Lines that may be. */
  size: number
  /** The newest block; undefined: nothing is unconfirmed. */
  last: Place | undefined
  /** When the first was added (ms of `performance.now`); Infinity: none yet. */
  since = Infinity

  constructor(receiptWindow: number) {
    this.#receiptWindow = receiptWindow
    this.size = receiptWindow
  }

  add(block: Block): void {
    const now = performance.now()
    if (this.since === Infinity) this.since = now
    this.lines += block.count
    this.last = placeOf(block)
    if (now - this.since >= growth) return
    const most = this.#receiptWindow * mostGrown
    this.size = Math.max(this.size, Math.min(this.lines, most))
  }

  /** Takes a block none of whose lines could be sent: received with those before it. */
  skip(place: Place): void {
    this.last = placeOf(place)
  }
}

/** The place without the lines, which are big. */
export function placeOf({ queue, sequence, upTo }: Place): Place {
  return upTo === undefined ? { queue, sequence } : { queue, sequence, upTo }
}

/**
 * What was handed out and is not wholly in the bucket yet. Lines of one block go to several drafts
 * and blocks of several series lie in each other's way, while a receipt is for everything up to a
 * place: it is given when the last draft that holds a line at or before it is stored.
 */
import type { Delivery, Place } from '../../core.ts'

/** A block that was handed out, and how many drafts hold lines of it. */
export interface Out {
  readonly place: Place
  holders: number
}

export class Receipts {
  readonly #delivery: Pick<Delivery, 'receipt'>
  /** In the order in which they were handed out. */
  #out: Out[] = []

  constructor(delivery: Pick<Delivery, 'receipt'>) {
    this.#delivery = delivery
  }

  /** A block was handed out. Its reader holds it too, until all of its lines have a draft. */
  handedOut({ queue, sequence, upTo }: Place): Out {
    const place = { queue, sequence, ...(upTo !== undefined && { upTo }) }
    const out = { place, holders: 1 }
    this.#out.push(out)
    return out
  }

  /** Each of them has one holder less; what is free up to a place gets its receipt. */
  release(outs: readonly Out[]): void {
    for (const out of outs) out.holders -= 1
    const held = this.#out.findIndex(({ holders }) => holders > 0)
    const free = held === -1 ? this.#out.length : held
    const last = this.#out[free - 1]
    if (!last) return
    this.#out = this.#out.slice(free)
    this.#delivery.receipt(last.place)
  }
}

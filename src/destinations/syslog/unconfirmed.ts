/**
 * What was sent on one connection and has no receipt yet, where receipts rest on time alone.
 *
 * A block counts as received when the kernel has all its bytes and the connection has then lived for
 * `receiptAfter`: a receiver that is gone shows by FIN, RST or an alert well within that time. That is
 * a good guess and no proof; the proof is in `half-close.ts`.
 */
import type { Place } from '../../core.ts'
import { placeOf } from './window.ts'

interface Sent {
  /** Without the lines: two seconds of traffic would be kept. */
  place: Place
  /** When the receipt is due (ms of `performance.now`); Infinity: not with the kernel yet. */
  due: number
}

/** Receipts come this many ms late, so that those due close together are given as one. */
const grain = 20

export class Unconfirmed {
  readonly #receiptAfter: number
  readonly #receipt: (place: Place) => void
  readonly #sent: Sent[] = []
  #timer: NodeJS.Timeout | undefined
  #look: NodeJS.Immediate | undefined
  #emptied: (() => void) | undefined

  constructor(receiptAfter: number, receipt: (place: Place) => void) {
    this.#receiptAfter = receiptAfter
    this.#receipt = receipt
  }

  get size(): number {
    return this.#sent.length
  }

  /** Takes the next block in order; the function it gives is to be called when it is written. */
  add(place: Place): () => void {
    const sent: Sent = { place: placeOf(place), due: Infinity }
    this.#sent.push(sent)
    return () => {
      sent.due = performance.now() + this.#receiptAfter
      this.#timer ??= setTimeout(() => this.#ripe(), this.#receiptAfter + grain)
    }
  }

  /** Takes a block none of whose lines could be sent: received as soon as those before it. */
  skip(place: Place): void {
    const last = this.#sent.at(-1)
    if (last) last.place = placeOf(place)
    else this.#receipt(place)
  }

  /** Resolves when everything has its receipt. */
  async empty(): Promise<void> {
    if (this.#sent.length === 0) return
    await new Promise<void>((resolve) => (this.#emptied = resolve))
  }

  /** No receipt comes after this. */
  end(): void {
    clearTimeout(this.#timer)
    clearImmediate(this.#look)
    this.#sent.length = 0
  }

  /** Timers run before the socket is looked at: after a pause of this process (a frozen machine) the
   * peer's FIN or RST may lie there unread, and must come first. */
  #ripe(): void {
    const now = performance.now()
    this.#timer = undefined
    this.#look = setImmediate(() => this.#settle(now))
  }

  /** Gives one receipt, for the newest block whose time had come, and waits for the next. */
  #settle(now: number): void {
    let passed = 0
    while ((this.#sent[passed]?.due ?? Infinity) <= now) passed += 1
    const newest = this.#sent[passed - 1]
    this.#sent.splice(0, passed)
    const next = this.#sent[0]
    this.#timer =
      next === undefined || next.due === Infinity
        ? undefined
        : setTimeout(() => this.#ripe(), next.due - now + grain)
    if (newest) this.#receipt(newest.place)
    if (this.#sent.length === 0) this.#emptied?.()
  }
}

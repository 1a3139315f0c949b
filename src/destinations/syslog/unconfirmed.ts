/**
 * What was sent on one connection and has no receipt yet, where receipts rest on time alone.
 *
 * A block counts as received when the kernel has all its bytes, the connection has then lived for
 * `receiptAfter`, and, where that can be seen, the peer's kernel has acknowledged them: a receiver that
 * is gone shows by FIN, RST or an alert well within that time, and a network that drops everything
 * acknowledges nothing. That is a good guess and no proof; the proof is in `half-close.ts`.
 */
import type { Place } from '../../core.ts'
import { placeOf } from './window.ts'

interface Sent {
  /** Without the lines: two seconds of traffic would be kept. */
  place: Place
  /** When the receipt is due (ms of `performance.now`); Infinity: not with the kernel yet. */
  due: number
  /** Bytes written on the connection up to the block's end. */
  end: number
}

/** Receipts come this many ms late, so that those due close together are given as one. */
const grain = 100

export class Unconfirmed {
  readonly #receiptAfter: number
  readonly #receipt: (place: Place) => void
  readonly #acknowledged: () => Promise<number>
  readonly #sent: Sent[] = []
  #timer: NodeJS.Timeout | undefined
  #look: NodeJS.Immediate | undefined
  #emptied: (() => void) | undefined

  /** `acknowledged` tells how many of the bytes written the peer's kernel is known to have. */
  constructor(
    receiptAfter: number,
    receipt: (place: Place) => void,
    acknowledged = () => Promise.resolve(Infinity),
  ) {
    this.#receiptAfter = receiptAfter
    this.#receipt = receipt
    this.#acknowledged = acknowledged
  }

  get size(): number {
    return this.#sent.length
  }

  /** Takes the next block in order; the function it gives is to be called when it is written, with the
   * bytes that were written on the connection up to its end. */
  add(place: Place): (end?: number) => void {
    const sent: Sent = { place: placeOf(place), due: Infinity, end: 0 }
    this.#sent.push(sent)
    return (end = 0) => {
      sent.end = end
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
    void this.#acknowledged().then((bytes) => {
      this.#look = setImmediate(() => this.#settle(now, bytes))
    })
  }

  /** Gives one receipt, for the newest block whose time had come, and waits for the next. */
  #settle(now: number, acknowledged: number): void {
    let passed = 0
    for (const { due, end } of this.#sent) {
      if (due > now || end > acknowledged) break
      passed += 1
    }
    const newest = this.#sent[passed - 1]
    this.#sent.splice(0, passed)
    const next = this.#sent[0]
    this.#timer =
      next === undefined || next.due === Infinity
        ? undefined
        : setTimeout(() => this.#ripe(), Math.max(0, next.due - now) + grain)
    if (newest) this.#receipt(newest.place)
    if (this.#sent.length === 0) this.#emptied?.()
  }
}

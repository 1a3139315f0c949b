/**
 * Notices a connection that stands and carries nothing: a receiver that reads no more, so that the
 * kernel takes no further byte from us, and a network that drops every packet without a word, where
 * the kernel goes on taking bytes for minutes and sends the same ones again and again.
 *
 * Both are measured by our own clock, from the last progress there was. Progress is a write that the
 * kernel finished or, on Linux, a change in what the peer's kernel has not acknowledged: who reads
 * slowly, a few bytes now and then, is not stuck.
 */
import { setImmediate as turn } from 'node:timers/promises'
import { tcpRow } from '../../io/tcp-table.ts'
import type { TcpEnds, TcpRow } from '../../io/tcp-table.ts'

/** `stuck`: the kernel took no byte for `timeout`; `vanished`: the peer's kernel acknowledged none. */
export type Standstill = 'stuck' | 'vanished'

/** Looks within the time that something may stand still. */
const looks = 4

export class Progress {
  readonly #timeout: number
  readonly #ends: TcpEnds | undefined
  readonly #fail: (standstill: Standstill) => void
  #timer: NodeJS.Timeout | undefined
  #ended = false
  /** A write is with the socket that the kernel did not take whole. */
  #writing = false
  /** Something was written since the last look. */
  #wrote = false
  /** When a byte was last seen to move while we wrote (ms of `performance.now`). */
  #moved = 0
  /** When nothing was known to be lost on the way. */
  #acknowledged = 0
  #unacknowledged = -1
  #retransmits = 0

  constructor(timeout: number, ends: TcpEnds | undefined, fail: (standstill: Standstill) => void) {
    this.#timeout = timeout
    this.#ends = ends
    this.#fail = fail
  }

  /** A write begins. */
  writing(): void {
    this.#writing = true
    this.#wrote = true
    this.#moved = performance.now()
    if (this.#timer !== undefined || this.#ended) return
    this.#acknowledged = this.#moved
    this.#unacknowledged = -1
    this.#wait()
  }

  /** The kernel has it whole. */
  written(): void {
    this.#writing = false
    this.#moved = performance.now()
  }

  end(): void {
    this.#ended = true
    clearTimeout(this.#timer)
  }

  #wait(): void {
    const grain = this.#timeout / looks
    const left = this.#writing ? this.#moved + this.#timeout - performance.now() : grain
    this.#timer = setTimeout(() => void this.#look(), Math.max(1, Math.min(grain, left)))
  }

  async #look(): Promise<void> {
    this.#wrote = false
    const row = this.#ends && (await tcpRow(this.#ends))
    // Timers run before sockets: after a pause of this process a write may be done by now.
    await turn()
    if (this.#ended) return
    const now = performance.now()
    if (row) this.#compare(row, now)
    else this.#acknowledged = now
    this.#timer = undefined
    if (now - this.#acknowledged >= this.#timeout) this.#fail('vanished')
    else if (this.#writing && now - this.#moved >= this.#timeout) this.#fail('stuck')
    else if (this.#wrote || this.#writing || (row && row.unacknowledged > 0)) this.#wait()
  }

  #compare({ retransmits, unacknowledged }: TcpRow, now: number): void {
    const before = this.#unacknowledged
    if (before !== -1 && unacknowledged !== before) this.#moved = now
    const isLost = retransmits > 0 && retransmits >= this.#retransmits && unacknowledged >= before
    if (!isLost) this.#acknowledged = now
    this.#unacknowledged = unacknowledged
    this.#retransmits = retransmits
  }
}

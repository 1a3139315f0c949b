/**
 * Looks whether the spool fills up, and has the SIEM told before the sources must wait: at 80 % of what
 * it may hold, again only after it was below 70 %; when it is full, by that or by its volume; and when
 * it has room again.
 */
import type { Spool } from '../core.ts'
import type { Telling } from '../telemetry/telling.ts'

const high = 0.8
const low = 0.7

export class SpoolWatch {
  readonly #spool: Pick<Spool, 'usage'>
  readonly #telling: Telling
  #nearly = false
  #full = false

  constructor(spool: Pick<Spool, 'usage'>, telling: Telling) {
    this.#spool = spool
    this.#telling = telling
  }

  look(): void {
    const { bytes, maxBytes, full } = this.#spool.usage()
    const share = maxBytes === 0 ? 1 : bytes / maxBytes
    const message = `it holds ${bytes} of ${maxBytes} bytes (${Math.floor(share * 100)} %)`
    if (share < low) this.#nearly = false
    if (share >= high && !this.#nearly) {
      this.#nearly = true
      const cure = 'when it is full the sources wait; see why the destinations take so little'
      const details = { message: `${message}; ${cure}`, component: 'spool' }
      this.#telling.state('nearly-full', 'spool-nearly-full', details)
    }
    if (full === this.#full) return
    this.#full = full
    const why = share >= 1 ? '' : ', and its volume has less than spool.reserve left'
    this.#telling.state('full', full ? 'spool-full' : 'spool-room', {
      message: full ? `${message}${why}; the sources wait, nothing is dropped` : message,
      component: 'spool',
      ...(full && { code: 'spool-full' }),
    })
  }
}

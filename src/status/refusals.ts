/**
 * Requests that were refused: counted by reason, the suspicious ones said in the log with whom they
 * came from, and whoever guesses tokens is slowed.
 *
 * The log has a line at the first and then at most one a minute; of each minute a few addresses are
 * kept and the rest only counted, so that many addresses fill neither log nor memory. Only the answer
 * to a wrong token waits: the right one is let in at once, whoever else is guessing.
 */
import { setTimeout as sleep } from 'node:timers/promises'
import type { Metrics } from '../telemetry/metrics.ts'

export type Reason = (typeof reasons)[number]

const reasons = [
  'token-missing',
  'token-wrong',
  'token-not-set',
  'host-name',
  'other-site',
] as const

/** What is said of those that are no everyday thing; the others are counted alone. */
const said: Partial<Record<Reason, string>> = {
  'token-wrong': 'with a wrong token',
  'host-name': 'under a name that is not of loopback',
  'other-site': 'from another site’s page',
}

/** ms that the answer to a wrong token waits, and how many may wait: those beyond lose their
 * connection with the answer, so that each guess wants a new one. */
const delay = 250
const mostWaiting = 32
/** ms between two lines of the log. */
const quiet = 60_000
/** Addresses that a line names. */
const mostNamed = 5

export class Refusals {
  readonly #counter: Metrics['statusRefused']
  readonly #warned: (message: string) => void
  #waiting = 0
  /** Since the last line: how many, by whence and why. */
  readonly #since = new Map<string, number>()
  #unnamed = 0
  #timer: NodeJS.Timeout | undefined

  constructor(counter: Metrics['statusRefused'], warned: (message: string) => void) {
    this.#counter = counter
    this.#warned = warned
    // A rise from nothing to one is none.
    for (const reason of reasons) counter.inc({ reason }, 0)
  }

  /** `address`: the peer's. */
  add(reason: Reason, address: string): void {
    this.#counter.inc({ reason })
    const how = said[reason]
    if (how === undefined) return
    const who = `${address} ${how}`
    const count = this.#since.get(who)
    if (count === undefined && this.#since.size >= mostNamed) this.#unnamed += 1
    else this.#since.set(who, (count ?? 0) + 1)
    if (this.#timer === undefined) this.#say()
  }

  /** Resolves, after a wrong token, when it may be answered; to false when too many wait already. */
  async slow(): Promise<boolean> {
    if (this.#waiting >= mostWaiting) return false
    this.#waiting += 1
    await sleep(delay)
    this.#waiting -= 1
    return true
  }

  /** Says what was not yet said. Safe twice. */
  close(): void {
    clearTimeout(this.#timer)
    this.#tell()
  }

  #say(): void {
    this.#tell()
    this.#timer = setTimeout(() => {
      this.#timer = undefined
      if (this.#since.size > 0) this.#say()
    }, quiet)
    this.#timer.unref()
  }

  #tell(): void {
    if (this.#since.size === 0) return
    const whom = [...this.#since].map(([who, count]) => `${count} of ${who}`)
    if (this.#unnamed > 0) whom.push(`${this.#unnamed} of other addresses`)
    this.#since.clear()
    this.#unnamed = 0
    this.#warned(`the status page refused requests: ${whom.join(', ')}`)
  }
}

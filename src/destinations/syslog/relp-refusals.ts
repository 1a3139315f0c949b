/**
 * Events that a RELP server answers with 500. Such an event is sent again with the next connection,
 * as the server may only be short of something; one that it refuses three times in a row is given
 * up, so that it cannot hold what comes behind it for ever: it goes to the rejects and is kept.
 * What is remembered here outlives the connections, which each refusal ends.
 */
import type { Block, Place } from '../../core.ts'
import type { Target } from './target.ts'

/** Refusals in a row after which an event is given up. */
export const mostRefusals = 3

interface Refused {
  queue: string
  sequence: number
  /** In the whole block, of which each run may hand out other parts. */
  line: number
  times: number
  text: string
}

export class Refusals {
  readonly #refused = new Map<string, Refused>()

  get any(): boolean {
    return this.#refused.size > 0
  }

  /** Takes a refusal with the server's words; returns how many in a row count by now. One that does
   * not `count` says more of the server than of the event, which is sent again all the same; of an
   * event of which one has counted, all do. */
  refused({ queue, sequence }: Place, line: number, text: string, counts = true): number {
    const name = nameOf(queue, sequence, line)
    const before = this.#refused.get(name)?.times ?? 0
    const times = before + (counts || before > 0 ? 1 : 0)
    this.#refused.set(name, { queue, sequence, line, times, text })
    return times
  }

  /** It was refused last time, or is given up. */
  has({ queue, sequence }: Place, line: number): boolean {
    return this.#refused.has(nameOf(queue, sequence, line))
  }

  /** The event was taken after all. */
  taken({ queue, sequence }: Place, line: number): void {
    this.#refused.delete(nameOf(queue, sequence, line))
  }

  /** The server's words when the event is given up. */
  givenUp({ queue, sequence }: Place, line: number): string | undefined {
    const found = this.#refused.get(nameOf(queue, sequence, line))
    return found && found.times >= mostRefusals ? found.text : undefined
  }

  /** Forgets what lies before this place in its queue: it is not sent any more. */
  passed({ queue, sequence, upTo = Infinity }: Place): void {
    for (const [name, refused] of this.#refused) {
      if (refused.queue !== queue || refused.sequence > sequence) continue
      if (refused.sequence < sequence || refused.line < upTo) this.#refused.delete(name)
    }
  }
}

const known = new WeakMap<Target, Refusals>()

/** What this target has refused. */
export function refusalsOf(target: Target): Refusals {
  const refusals = known.get(target) ?? new Refusals()
  known.set(target, refusals)
  return refusals
}

/** How many lines of the whole block come before this part of it. */
export function linesBefore({ count, upTo = count }: Block): number {
  return upTo - count
}

function nameOf(queue: string, sequence: number, line: number): string {
  return `${sequence} ${line} ${queue}`
}

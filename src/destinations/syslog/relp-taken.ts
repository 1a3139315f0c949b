/**
 * Events of a RELP server's unfinished blocks that it has answered with 200: when a session ends in
 * the middle of a block, the next one does not send them again.
 *
 * Answers come in the order of the messages, so that one range of lines says it all for a block: each
 * line in it was taken, or cannot be sent at all, or is one of those in `Refusals`, which are sent again.
 * Whatever forgets a line there must therefore forget it here, as `passed` does with the same place:
 * a line that neither of the two knows is sent.
 */
import type { Place } from '../../core.ts'
import type { Target } from './target.ts'

/** Lines `[from, to)` of the whole block, of which each run may hand out other parts. */
export interface Range {
  from: number
  to: number
}

interface Begun extends Range {
  queue: string
  sequence: number
}

/** Blocks that are remembered at most: as many as can be out at once, in a few queues. One that is
 * forgotten is sent again whole. */
const mostBlocks = 1024

export class Taken {
  readonly #begun = new Map<string, Begun>()

  /** What is known of this block. */
  of({ queue, sequence }: Place): Range | undefined {
    return this.#begun.get(nameOf(queue, sequence))
  }

  /** The session that ended has come this far in the block. */
  remember({ queue, sequence }: Place, { from, to }: Range): void {
    const name = nameOf(queue, sequence)
    const known = this.#begun.get(name)
    this.#begun.delete(name)
    // With a gap between the two, as other parts may leave it, the newer one is right by itself.
    const meets = known !== undefined && from <= known.to && known.from <= to
    const range = meets
      ? { from: Math.min(from, known.from), to: Math.max(to, known.to) }
      : { from, to }
    if (range.from >= range.to) return
    this.#begun.set(name, { queue, sequence, ...range })
    const [oldest] = this.#begun.keys()
    if (oldest !== undefined && this.#begun.size > mostBlocks) this.#begun.delete(oldest)
  }

  /** Forgets what lies before this place in its queue: it has its receipt. */
  passed({ queue, sequence, upTo = Infinity }: Place): void {
    for (const [name, begun] of this.#begun) {
      if (begun.queue !== queue || begun.sequence > sequence) continue
      if (begun.sequence === sequence) begun.from = Math.max(begun.from, upTo)
      if (begun.sequence < sequence || begun.from >= begun.to) this.#begun.delete(name)
    }
  }
}

const known = new WeakMap<Target, Taken>()

/** What this target has taken of blocks that are not finished. */
export function takenBy(target: Target): Taken {
  const taken = known.get(target) ?? new Taken()
  known.set(target, taken)
  return taken
}

function nameOf(queue: string, sequence: number): string {
  return `${sequence} ${queue}`
}

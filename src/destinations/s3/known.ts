/**
 * Lines that come again and are left out, as they are in the bucket: by their numbers, and only when
 * the last of them proves to be the line that was stored under that number. In another spool numbers
 * begin anew and would stand for other lines: until the proof is there, nothing left out has a receipt.
 */
import { isUpTo } from './key.ts'
import type { LineNumber } from './key.ts'
import type { Out } from './receipts.ts'

/** The last line of a series that is in the bucket. */
export interface LastStored {
  last: LineNumber
  /** CRC-32 of its text. */
  lastSum: number
}

/** Thrown when numbers stand for other lines than those that were stored. */
export class OtherLines extends Error {
  override name = 'OtherLines'
}

interface Unproven {
  queue: string
  last: LineNumber
  outs: Out[]
}

export class KnownLines {
  /** Series of which lines were left out and the last has not come yet. */
  readonly #unproven = new Map<string, Unproven>()
  #proven: Out[] = []

  /** A block comes: what was to be proven before it never will be. Throws `OtherLines`. */
  begin(queue: string, sequence: number): void {
    for (const unproven of this.#unproven.values()) {
      if (unproven.queue === queue && unproven.last.sequence < sequence) throw new OtherLines()
    }
  }

  /** Whether the line is in the bucket. `sum` gives its CRC-32. Throws `OtherLines`. */
  has(
    line: { id: string; queue: string; number: LineNumber; out: Out },
    stored: LastStored | undefined,
    sum: () => number,
  ): boolean {
    const { id, queue, number, out } = line
    const unproven = this.#unproven.get(id)
    if (!stored || !isUpTo(number, stored.last)) {
      if (unproven) throw new OtherLines()
      return false
    }
    if (isUpTo(stored.last, number)) {
      if (sum() !== stored.lastSum) throw new OtherLines()
      this.#unproven.delete(id)
      this.#proven.push(...(unproven?.outs ?? []))
    } else {
      const outs: Out[] = unproven?.outs ?? []
      if (!unproven) this.#unproven.set(id, { queue, last: stored.last, outs })
      if (outs.at(-1) !== out) {
        outs.push(out)
        out.holders += 1
      }
    }
    return true
  }

  /** Takes the blocks whose lines are proven to be in the bucket, to be released. */
  proven(): Out[] {
    const proven = this.#proven
    this.#proven = []
    return proven
  }
}

/**
 * What is known of blocks that were set aside as damaged: which lines of the queue they had, so that
 * every count of lines can tell them from those that are still there.
 */
import { between, under } from './databases.ts'
import type { Databases } from './databases.ts'
import { damaged, sealed, unsealed } from './sealed.ts'

export interface DamagedBlock {
  queue: string
  sequence: number
  /** Where its bytes are now. */
  file: string
  reason: string
  /** Lines that are lost with it. */
  lines: number
  /** ms since 1970, when it was found. */
  at: number
}

export interface Hole extends DamagedBlock {
  /** Lines that the queue took before this block, ever. */
  first: number
}

type Key = [kind: string, queue: string, sequence: number]

export class Holes {
  readonly #store: Databases

  constructor(store: Databases) {
    this.#store = store
  }

  /** Undefined when there is none, or when its record does not say which lines it had. */
  at(queue: string, sequence: number): Hole | undefined {
    return this.#get(['damaged', queue, sequence])
  }

  put(hole: Hole): void {
    const key = keyOf(hole)
    this.#store.meta.putSync(key, sealed(key, hole))
  }

  all(): Hole[] {
    return this.#in(under('damaged'))
  }

  /** Lines of those behind `after`, up to and including `upTo`. */
  lines(queue: string, after: number, upTo?: number): number {
    const holes = this.#in(between(['damaged', queue], after, upTo))
    return holes.reduce((sum, { lines }) => sum + lines, 0)
  }

  /** Each of those behind `after`, up to and including `upTo`. */
  between(queue: string, after: number, upTo: number): Hole[] {
    return this.#in(between(['damaged', queue], after, upTo))
  }

  /** Those of which it is not known which lines they had: set aside by an earlier release, or their
   * record is damaged. */
  unknown(): Omit<Hole, 'first' | 'lines' | 'file'>[] {
    const keys = [...this.#store.meta.getKeys(under('damaged'))] as Key[]
    return keys
      .filter((key) => this.#get(key) === undefined)
      .map((key) => {
        const [, queue, sequence] = key
        const read = unsealed(key, this.#store.meta.getBinary(key))
        const known = read === damaged ? {} : (read as Partial<Hole>)
        const { reason = 'not known any more', at = 0 } = known
        return { queue, sequence, reason, at }
      })
  }

  #in(range: ReturnType<typeof between>): Hole[] {
    const keys = [...this.#store.meta.getKeys(range)] as Key[]
    return keys.flatMap((key) => this.#get(key) ?? [])
  }

  #get(key: Key): Hole | undefined {
    const read = unsealed(key, this.#store.meta.getBinary(key))
    if (read === undefined || read === damaged) return undefined
    return (read as Partial<Hole>).first === undefined ? undefined : (read as Hole)
  }
}

/** The name of the file that a damaged block is set aside as. */
export function fileOf({ queue, sequence }: { queue: string; sequence: number }): string {
  // A queue may be named `retry:siem`, and not every file system takes a colon.
  return `${encodeURIComponent(queue)}-${sequence}.block`
}

function keyOf({ queue, sequence }: Hole): Key {
  return ['damaged', queue, sequence]
}

/**
 * The drafts that are open: one per queue and series, at most so many at a time. Says which of them
 * are to be closed: those that are full, too old, or too many.
 */
import { crc32 } from 'node:zlib'
import type { Block } from '../../core.ts'
import { eachLine } from '../../io/lines.ts'
import { Draft } from './draft.ts'
import type { Form } from './forms.ts'
import { KnownLines } from './known.ts'
import type { LastStored } from './known.ts'
import type { Out } from './receipts.ts'
import { seriesOf } from './series.ts'

/** Drafts that are open at once: each has a compressor of a quarter of a megabyte. */
const mostOpen = 64

export interface DraftsOptions {
  forms: readonly Form[]
  gzip: boolean
  maxBytes: number
  /** ms */
  maxAge: number
  /** Where a draft's file is to be. */
  pathOf: (file: string) => string
  /** Up to which line a series is in the bucket. */
  reached: (queue: string, series: string) => LastStored | undefined
  now?: () => number
}

export class Drafts {
  readonly #options: DraftsOptions
  readonly #now: () => number
  /** The oldest first. */
  readonly #open = new Map<string, Draft>()
  /** No longer open, not yet taken. */
  #sealed: Draft[] = []
  readonly #known = new KnownLines()
  #made = 0

  constructor(options: DraftsOptions) {
    this.#options = options
    this.#now = options.now ?? (() => performance.now())
  }

  /** Puts a block's lines where they belong, but for those that are in the bucket. What is to be closed
   * then is got by `sealed`. Returns the blocks that wait for nothing more here. Throws `OtherLines`. */
  async add(block: Block, out: Out): Promise<Out[]> {
    const { queue, sequence, count, lines, upTo = count } = block
    const { maxBytes, reached } = this.#options
    const touched = new Set<Draft>()
    this.#known.begin(queue, sequence)
    eachLine(lines, (start, end, _time, _severity, index) => {
      const series = seriesOf(lines, start, end) ?? queue
      const id = `${queue}\0${series}`
      const number = { sequence, line: upTo - count + index + 1 }
      const sum = (): number => crc32(lines.subarray(start, end))
      if (this.#known.has({ id, queue, number, out }, reached(queue, series), sum)) return
      let draft = this.#open.get(id)
      if (draft && draft.bytes + end - start + 1 > maxBytes) {
        this.#seal(id, draft)
        draft = undefined
      }
      draft ??= this.#begin(id, queue, series)
      draft.take(lines, start, end, number, out)
      touched.add(draft)
    })
    for (const draft of touched) await draft.flush()
    for (const [id, draft] of this.#open) {
      if (draft.bytes >= maxBytes || this.#open.size > mostOpen) this.#seal(id, draft)
    }
    return [out, ...this.#known.proven()]
  }

  /** Takes the next draft that is to be closed now; undefined when there is none. */
  sealed(): Draft | undefined {
    const now = this.#now()
    for (const [id, draft] of this.#open) {
      if (now - draft.born >= this.#options.maxAge) this.#seal(id, draft)
    }
    return this.#sealed.shift()
  }

  /** All that are open are to be closed. */
  sealAll(): void {
    for (const [id, draft] of this.#open) this.#seal(id, draft)
  }

  /** ms until the oldest is too old; Infinity when none is open. */
  wait(): number {
    const [oldest] = this.#open.values()
    if (!oldest) return Infinity
    return Math.max(0, oldest.born + this.#options.maxAge - this.#now())
  }

  async discard(): Promise<void> {
    for (const draft of [...this.#open.values(), ...this.#sealed]) await draft.discard()
    this.#open.clear()
    this.#sealed = []
  }

  #begin(id: string, queue: string, series: string): Draft {
    const { forms, gzip, pathOf } = this.#options
    this.#made += 1
    const name = `draft-${this.#made}`
    const origin = { queue, series, born: this.#now() }
    const draft = new Draft(origin, forms, gzip, (form) => pathOf(`${name}.${form.name}`))
    this.#open.set(id, draft)
    return draft
  }

  #seal(id: string, draft: Draft): void {
    this.#open.delete(id)
    this.#sealed.push(draft)
  }
}

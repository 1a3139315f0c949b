/**
 * What was sent over RELP and has no answer yet. Answers come in the order of the messages, so that
 * counting them is enough: a block is received when its last line is answered, and every one before.
 * Only places are kept, and the line's number for each message in the window, in a ring.
 */
import type { Block, Place } from '../../core.ts'
import { linesBefore } from './relp-refusals.ts'

interface Sent {
  place: Place
  before: number
  /** Lines that are out and not answered. */
  open: number
  /** All lines that can be sent are out. */
  whole: boolean
}

export class Unanswered {
  readonly #received: (place: Place) => void
  readonly #blocks: Sent[] = []
  /** Lines of the messages that are out, by their numbers within the whole block. */
  readonly #lines: Uint32Array
  #oldest = 0
  #count = 0

  /** `received` is called for each block in order; `window` is the most messages that may be out. */
  constructor(window: number, received: (place: Place) => void) {
    this.#lines = new Uint32Array(window)
    this.#received = received
  }

  /** The next block; its messages follow. */
  begin(block: Block): void {
    const { queue, sequence, upTo } = block
    const place = upTo === undefined ? { queue, sequence } : { queue, sequence, upTo }
    this.#blocks.push({ place, before: linesBefore(block), open: 0, whole: false })
  }

  /** A message with this line of the block goes out. */
  sent(line: number): void {
    const block = this.#blocks.at(-1)
    if (!block) return
    block.open += 1
    this.#lines[(this.#oldest + this.#count) % this.#lines.length] = block.before + line
    this.#count += 1
  }

  /** The block has no more messages. */
  whole(): void {
    const block = this.#blocks.at(-1)
    if (block) block.whole = true
    this.#settle()
  }

  /** The block whose message is answered next. */
  get place(): Place | undefined {
    return this.#blocks[0]?.place
  }

  /** The line of that message in the whole block. */
  get line(): number {
    return this.#lines[this.#oldest] ?? 0
  }

  /** That message is received. */
  answered(): void {
    const block = this.#blocks[0]
    if (!block) return
    this.#oldest = (this.#oldest + 1) % this.#lines.length
    this.#count -= 1
    block.open -= 1
    if (block.open === 0) this.#settle()
  }

  #settle(): void {
    for (let first = this.#blocks[0]; first?.whole && first.open === 0; first = this.#blocks[0]) {
      this.#blocks.shift()
      this.#received(first.place)
    }
  }
}

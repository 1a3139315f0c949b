/**
 * What was sent over RELP and has no answer yet. Answers come in the order of the messages, so that
 * counting them is enough: a block is received when its last line is answered, and every one before,
 * and none was refused. Only places are kept, and the line's number for each message in the window,
 * in a ring.
 */
import type { Block, Place } from '../../core.ts'
import { linesBefore } from './relp-refusals.ts'
import type { Range } from './relp-taken.ts'

interface Sent {
  place: Place
  /** Lines of the whole block that come before this part, and where the part ends. */
  before: number
  end: number
  /** The line of the whole block up to which all is sent, or cannot be. */
  next: number
  /** Lines that are out and not answered. */
  open: number
  /** All lines that can be sent are out. */
  whole: boolean
  /** One was refused: no receipt for this block and what comes after it. */
  refused: boolean
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
    const before = linesBefore(block)
    const lines = { before, next: before, end: before + block.count }
    this.#blocks.push({ place, ...lines, open: 0, whole: false, refused: false })
  }

  /** A message with this line of the block goes out. */
  sent(line: number): void {
    const block = this.#blocks.at(-1)
    if (!block) return
    block.open += 1
    block.next = block.before + line + 1
    this.#lines[(this.#oldest + this.#count) % this.#lines.length] = block.before + line
    this.#count += 1
  }

  /** The block has no more messages. */
  whole(): void {
    const block = this.#blocks.at(-1)
    if (block) {
      block.whole = true
      block.next = block.end
    }
    this.#settle()
  }

  /** The block whose message is answered next. */
  get place(): Place | undefined {
    return this.#answering?.place
  }

  /** The line of that message in the whole block. */
  get line(): number {
    return this.#lines[this.#oldest] ?? 0
  }

  /** That message is received. */
  answered(): void {
    this.#answer(this.#answering)
  }

  /** That message is not received. */
  refused(): void {
    const block = this.#answering
    if (block) block.refused = true
    this.#answer(block)
  }

  /** The blocks without a receipt, and the lines of each that were answered, refused ones among them. */
  *left(): Generator<[Place, Range]> {
    const answering = this.#answering
    for (const block of this.#blocks) {
      const { before: from, next, open, place } = block
      // Behind the oldest message that is out nothing is answered.
      if (open === 0) yield [place, { from, to: next }]
      else if (block === answering) yield [place, { from, to: this.line }]
    }
  }

  /** Blocks before it are refused ones of which nothing is out. */
  get #answering(): Sent | undefined {
    for (const block of this.#blocks) if (block.open > 0) return block
    return undefined
  }

  #answer(block: Sent | undefined): void {
    if (!block) return
    this.#oldest = (this.#oldest + 1) % this.#lines.length
    this.#count -= 1
    block.open -= 1
    if (block.open === 0) this.#settle()
  }

  #settle(): void {
    for (let first = this.#blocks[0]; isReceived(first); first = this.#blocks[0]) {
      this.#blocks.shift()
      this.#received(first.place)
    }
  }
}

function isReceived(block: Sent | undefined): block is Sent {
  return block !== undefined && block.whole && block.open === 0 && !block.refused
}

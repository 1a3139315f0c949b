/**
 * One run of a destination: from the last receipts to its end or its first error. What was received
 * of a block that goes in parts is kept from one run to the next, so that a rate which is slower than
 * connections live gets on.
 */
import { setImmediate as turn } from 'node:timers/promises'
import type { Block, Delivery, Destination, Place, Reached, Scratch, Spool } from '../core.ts'
import { lineHead } from '../io/lines.ts'
import type { DestinationEvents } from '../telemetry/destination-events.ts'
import { rest } from './rate.ts'
import type { Begun, Pace, Rate } from './rate.ts'
import { stepsTo, unsentBytes } from './refusals.ts'
import type { Refusal } from './refusals.ts'

export interface Forward {
  name: string
  destination: Destination
  /** Queues to read, the most urgent first; those of equal priority in the inner list. */
  queues: string[][]
  /** How fast at most; undefined: as fast as the destination takes it. */
  rate?: Rate | undefined
  /** Of the loop of the same name before this one, where there was one on this spool. */
  progress?: Progress
  spool: Spool
  events: DestinationEvents
  signal: AbortSignal
}

/** How far blocks that go in parts have come. It outlives a run, and a loop that is exchanged for
 * another one: a position moves by whole blocks. Both belong together: what is received of a block
 * are its lines without the refused ones. */
export interface Progress {
  /** Of each queue's block of which not every part is received: its lines that are. */
  readonly partly: Map<string, Begun>
  /** Of each queue the newest block that the present run handed out whole. */
  readonly out: Map<string, number>
  /** Of what was received and is not counted yet: bytes of the lines' text. */
  bytes: number
  /** Lines of those blocks that the destination could not take. */
  refused: Refusal[]
}

export function noProgress(): Progress {
  return { partly: new Map(), out: new Map(), bytes: 0, refused: [] }
}

/** What was handed out. */
type Out = Place & {
  count: number
  /** Of the lines' text. */
  bytes: number
  /** With it its block is whole. */
  last: boolean
  /** ms since 1970: when it was spooled. */
  at: number | undefined
}

/** A spool may tell when it took a block. */
type Taken = Block & { at?: number }

export class Run {
  readonly #options: Forward
  readonly #progress: Progress
  readonly #pace: Pace | undefined
  /** Ends the run when a commit of receipts fails, which the destination cannot know. */
  readonly #failed = new AbortController()
  /** Frees the wait for a block when the destination has ended. */
  readonly #over = new AbortController()
  /** What was handed out and has no receipt yet, in that order; without the lines, which are big. */
  readonly #out: Out[] = []
  /** What receipts have reached and is not committed yet. */
  #reached = new Map<string, Reached>()
  #committing: Promise<void> | undefined
  /** Some receipt of this run is durable, or came for a part. */
  receipted = false

  constructor(options: Forward, progress: Progress, pace: Pace | undefined) {
    this.#options = options
    this.#progress = progress
    this.#pace = pace
    pace?.restart(progress.partly)
    progress.out.clear()
    // The others are said again with the lines that they are of.
    progress.refused = progress.refused.filter(({ queue, sequence, line }) => {
      const begun = progress.partly.get(queue)
      return begun?.sequence === sequence && line < begun.lines
    })
  }

  async deliver(): Promise<void> {
    const { destination, events, signal } = this.#options
    const delivery: Delivery = {
      receipt: (block) => this.#receipt(block),
      reject: (block, line, code, reason) => {
        const { queue, sequence, count, upTo = count } = block
        this.#progress.refused.push({ queue, sequence, line: upTo - count + line, code, reason })
      },
      proof: (proof) => events.proof(proof),
      connected: (detail, certificates) => events.connected(detail, certificates),
      notice: (notice) => events.destinationNotice(notice),
    }
    const ended = AbortSignal.any([signal, this.#failed.signal])
    const reading = AbortSignal.any([ended, this.#over.signal])
    await destination
      .deliver(this.#blocks(reading), delivery, ended)
      .finally(() => this.#over.abort())
    if (this.#failed.signal.aborted) throw this.#failed.signal.reason
  }

  /** Resolves when every receipt given so far is durable. */
  async settled(): Promise<void> {
    while (this.#committing) await this.#committing
    if (this.#failed.signal.aborted) throw this.#failed.signal.reason
  }

  /** Blocks in order until aborted, or parts of them as the rate allows; waits while there are none. */
  async *#blocks(signal: AbortSignal): AsyncGenerator<Block, void, void> {
    const { name, queues, spool, events } = this.#options
    const pace = this.#pace
    const { partly } = this.#progress
    const after = new Map<string, number>()
    const scratch: Scratch = {}
    for (const queue of queues.flat()) after.set(queue, spool.position(name, queue))
    while (!signal.aborted) {
      const seen = spool.version
      await pace?.ready(signal)
      if (signal.aborted) return
      const block: Taken | undefined = nextBlock(spool, queues, after, scratch)
      if (block) {
        const part = pace ? pace.part(block) : rest(block, partly.get(block.queue))
        const { queue, sequence, count, upTo } = part
        const last = upTo === undefined || upTo === block.count
        if (last) {
          after.set(queue, sequence)
          this.#progress.out.set(queue, sequence)
        }
        const out = { queue, sequence, count, last, at: block.at, bytes: textBytes(part) }
        this.#out.push({ ...out, ...(upTo !== undefined && { upTo }) })
        events.handedOut(part)
        yield part
        // Blocks are read synchronously: let sockets and timers have their turn between two.
        await turn()
      } else {
        await spool.changed(seen, signal).catch((thrown: unknown) => {
          if (!signal.aborted) throw thrown
        })
      }
    }
  }

  #receipt({ queue, sequence, upTo }: Place): void {
    // What a failed commit held must not be passed by a later one: this run is over.
    if (this.#failed.signal.aborted) return
    const last = this.#out.findIndex((out) => {
      return out.queue === queue && out.sequence === sequence && out.upTo === upTo
    })
    if (last === -1) return
    const passed = this.#out.splice(0, last + 1)
    for (const out of passed) this.#pass(out)
    this.#options.events.receipt(passed)
    if (this.#reached.size > 0) this.#committing ??= this.#commit()
  }

  #pass({ queue, sequence, count, last, bytes }: Out): void {
    const { partly } = this.#progress
    this.#progress.bytes += bytes
    const begun = partly.get(queue)
    // One that was given up half sent (whenFull) is another one's.
    const lines = (begun?.sequence === sequence ? begun.lines : 0) + count
    if (!last) {
      this.receipted = true
      partly.set(queue, { sequence, lines })
      return
    }
    partly.delete(queue)
    const reached = this.#reached.get(queue) ?? { sequence, blocks: [] }
    reached.sequence = sequence
    reached.blocks.push({ sequence, lines })
    this.#reached.set(queue, reached)
  }

  /** Commits what has been reached, again and again until nothing new came meanwhile. */
  async #commit(): Promise<void> {
    const { name, spool, events } = this.#options
    const progress = this.#progress
    await Promise.resolve()
    while (this.#reached.size > 0) {
      const reached = this.#reached
      const [passed, later] = partition(progress.refused, (refusal) => {
        return refusal.sequence <= (reached.get(refusal.queue)?.sequence ?? 0)
      })
      this.#reached = new Map()
      progress.refused = later
      let { bytes } = progress
      progress.bytes = 0
      try {
        for (const step of stepsTo(reached, passed, spool)) {
          await spool.receipts(name, step.reached, step.rejects)
          this.receipted = true
          const blocks = [...step.reached.values()].flatMap(({ blocks }) => blocks)
          const lines = blocks.reduce((sum, { lines }) => sum + lines, 0)
          events.received(lines)
          events.refused(step.rejects)
          bytes -= unsentBytes(step.rejects)
        }
        events.receivedBytes(bytes)
      } catch (thrown) {
        this.#failed.abort(thrown)
        break
      }
    }
    this.#committing = undefined
  }
}

/** The next block of the most urgent queue that has one; among equals the one that is least far. */
function nextBlock(
  spool: Spool,
  queues: string[][],
  after: Map<string, number>,
  scratch: Scratch,
): Block | undefined {
  for (const equals of queues) {
    for (const queue of equals) {
      const block = spool.next(queue, after.get(queue) ?? 0, scratch)
      if (!block) continue
      // The queue that was served goes to the end, so that equals take turns.
      equals.push(...equals.splice(equals.indexOf(queue), 1))
      return block
    }
  }
  return undefined
}

function textBytes({ lines, count }: Block): number {
  return lines.length - count * lineHead
}

function partition<T>(all: T[], test: (item: T) => boolean): [T[], T[]] {
  const yes: T[] = []
  const no: T[] = []
  for (const item of all) (test(item) ? yes : no).push(item)
  return [yes, no]
}

/**
 * The loop that takes the spool's blocks to one destination.
 *
 * The destination is handed blocks in order from its own position in each queue; of several queues
 * the one of the highest priority first, so that tonight's alert never waits behind a month of
 * backfill. Its receipts move the positions, durably, together with the lines that it could not
 * take. When it throws, the loop waits and starts it again from the last receipts: what was sent
 * since is sent again, whole.
 */
import { setImmediate as turn } from 'node:timers/promises'
import type {
  Block,
  Delivery,
  Destination,
  DestinationReject,
  Place,
  Scratch,
  Spool,
} from '../core.ts'
import { asCefline } from '../error.ts'
import { eachLine } from '../io/lines.ts'
import type { DestinationEvents } from '../telemetry/events.ts'
import { Backoff, pause, waitAfter } from './retry.ts'

export interface Forward {
  name: string
  destination: Destination
  /** Queues to read, the most urgent first; those of equal priority in the inner list. */
  queues: string[][]
  spool: Spool
  events: DestinationEvents
  signal: AbortSignal
}

/** Runs until aborted. Never throws. */
export async function forward(options: Forward): Promise<void> {
  const { destination, events, signal } = options
  const backoff = new Backoff()
  while (!signal.aborted) {
    const run = new Run(options)
    try {
      await run.deliver()
      await run.settled()
    } catch (thrown) {
      await run.settled().catch(() => {})
      if (signal.aborted) break
      if (run.receipted) backoff.reset()
      const failure = asCefline(thrown, 'lost')
      const wait = waitAfter(failure, backoff)
      events.destinationFailed(failure, wait)
      await pause(wait, signal)
    }
  }
  await destination.close()
}

/** One run of the destination: from the last receipts to its end or its first error. */
class Run {
  readonly #options: Forward
  /** Ends the run when a commit of receipts fails, which the destination cannot know. */
  readonly #failed = new AbortController()
  /** Frees the wait for a block when the destination has ended. */
  readonly #over = new AbortController()
  /** What was handed out and has no receipt yet, in that order; without the lines, which are big. */
  readonly #out: (Place & { count: number })[] = []
  #rejects: DestinationReject[] = []
  /** Positions that receipts have reached and that are not committed yet. */
  #reached = new Map<string, number>()
  /** Lines between the committed positions and those. */
  #lines = 0
  #committing: Promise<void> | undefined
  /** Some receipt of this run is durable. */
  receipted = false

  constructor(options: Forward) {
    this.#options = options
  }

  async deliver(): Promise<void> {
    const { destination, events, signal } = this.#options
    const delivery: Delivery = {
      receipt: (block) => this.#receipt(block),
      reject: (block, line, code, reason) => {
        this.#rejects.push({
          queue: block.queue,
          sequence: block.sequence,
          line,
          code,
          reason,
          record: lineOf(block, line),
        })
      },
      connected: (detail) => events.connected(detail),
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

  /** Blocks in order until aborted; waits while there are none. */
  async *#blocks(signal: AbortSignal): AsyncGenerator<Block, void, void> {
    const { name, queues, spool } = this.#options
    const after = new Map<string, number>()
    const scratch: Scratch = {}
    for (const queue of queues.flat()) after.set(queue, spool.position(name, queue))
    while (!signal.aborted) {
      const seen = spool.version
      const block = nextBlock(spool, queues, after, scratch)
      if (block) {
        after.set(block.queue, block.sequence)
        const { queue, sequence, count } = block
        this.#out.push({ queue, sequence, count })
        yield block
        // Blocks are read synchronously: let sockets and timers have their turn between two.
        await turn()
      } else {
        await spool.changed(seen, signal).catch((thrown: unknown) => {
          if (!signal.aborted) throw thrown
        })
      }
    }
  }

  #receipt({ queue, sequence }: Place): void {
    // What a failed commit held must not be passed by a later one: this run is over.
    if (this.#failed.signal.aborted) return
    const last = this.#out.findIndex((out) => out.queue === queue && out.sequence === sequence)
    if (last === -1) return
    for (const passed of this.#out.splice(0, last + 1)) {
      this.#reached.set(passed.queue, passed.sequence)
      this.#lines += passed.count
    }
    this.#committing ??= this.#commit()
  }

  /** Commits what has been reached, again and again until nothing new came meanwhile. */
  async #commit(): Promise<void> {
    const { name, spool, events } = this.#options
    await Promise.resolve()
    while (this.#reached.size > 0) {
      const reached = this.#reached
      const lines = this.#lines
      const [passed, later] = partition(this.#rejects, (reject) => {
        return reject.sequence <= (reached.get(reject.queue) ?? 0)
      })
      this.#reached = new Map()
      this.#lines = 0
      this.#rejects = later
      try {
        await spool.receipts(name, reached, passed)
        this.receipted = true
        events.received(lines)
        events.refused(passed)
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

function lineOf(block: Block, wanted: number): string {
  let text = ''
  eachLine(block.lines, (start, end, _time, _severity, index) => {
    if (index === wanted) text = block.lines.toString('utf8', start, end)
  })
  return text
}

function partition<T>(all: T[], test: (item: T) => boolean): [T[], T[]] {
  const yes: T[] = []
  const no: T[] = []
  for (const item of all) (test(item) ? yes : no).push(item)
  return [yes, no]
}

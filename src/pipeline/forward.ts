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
  Reached,
  Scratch,
  Spool,
} from '../core.ts'
import { asCefline } from '../error.ts'
import type { Code } from '../error.ts'
import { eachLine } from '../io/lines.ts'
import type { DestinationEvents } from '../telemetry/events.ts'
import { Pace } from './rate.ts'
import type { Rate } from './rate.ts'
import { Backoff, pause, waitAfter } from './retry.ts'

export interface Forward {
  name: string
  destination: Destination
  /** Queues to read, the most urgent first; those of equal priority in the inner list. */
  queues: string[][]
  /** How fast at most; undefined: as fast as the destination takes it. */
  rate?: Rate | undefined
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

/** What was handed out; `last`: with it its block is whole. */
type Out = Place & { count: number; last: boolean }

/** One run of the destination: from the last receipts to its end or its first error. */
class Run {
  readonly #options: Forward
  /** Ends the run when a commit of receipts fails, which the destination cannot know. */
  readonly #failed = new AbortController()
  /** Frees the wait for a block when the destination has ended. */
  readonly #over = new AbortController()
  /** What was handed out and has no receipt yet, in that order; without the lines, which are big. */
  readonly #out: Out[] = []
  #rejects: DestinationReject[] = []
  /** Of each queue's block of which not every part is received: its lines that are. */
  readonly #partly = new Map<string, { sequence: number; lines: number }>()
  /** What receipts have reached and is not committed yet. */
  #reached = new Map<string, Reached>()
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
      reject: (...rejected) => this.#rejects.push(rejectOf(...rejected)),
      proof: (proof) => events.proof(proof),
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

  /** Blocks in order until aborted, or parts of them as the rate allows; waits while there are none. */
  async *#blocks(signal: AbortSignal): AsyncGenerator<Block, void, void> {
    const { name, queues, rate, spool, destination } = this.#options
    const pace = rate && new Pace(rate, overheadOf(destination))
    const after = new Map<string, number>()
    const scratch: Scratch = {}
    for (const queue of queues.flat()) after.set(queue, spool.position(name, queue))
    while (!signal.aborted) {
      const seen = spool.version
      await pace?.ready(signal)
      if (signal.aborted) return
      const block = nextBlock(spool, queues, after, scratch)
      if (block) {
        const part = pace?.part(block) ?? block
        const { queue, sequence, count } = part
        const last = part.upTo === undefined || part.upTo === block.count
        if (last) after.set(queue, sequence)
        this.#out.push({ queue, sequence, count, last, ...uptoOf(part) })
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
    for (const passed of this.#out.splice(0, last + 1)) this.#pass(passed)
    if (this.#reached.size > 0) this.#committing ??= this.#commit()
  }

  #pass({ queue, sequence, count, last }: Out): void {
    const begun = this.#partly.get(queue)
    // One that was given up half sent (whenFull) is another one's.
    const lines = (begun?.sequence === sequence ? begun.lines : 0) + count
    if (last) {
      const before = this.#reached.get(queue)?.blocks ?? []
      this.#partly.delete(queue)
      this.#reached.set(queue, { sequence, blocks: [...before, { sequence, lines }] })
    } else this.#partly.set(queue, { sequence, lines })
  }

  /** Commits what has been reached, again and again until nothing new came meanwhile. */
  async #commit(): Promise<void> {
    const { name, spool, events } = this.#options
    await Promise.resolve()
    while (this.#reached.size > 0) {
      const reached = this.#reached
      const [passed, later] = partition(this.#rejects, (reject) => {
        return reject.sequence <= (reached.get(reject.queue)?.sequence ?? 0)
      })
      for (const { queue, sequence, code } of passed) {
        const block = reached.get(queue)?.blocks.find((block) => block.sequence === sequence)
        if (block && code !== 'cut') block.lines -= 1
      }
      this.#reached = new Map()
      this.#rejects = later
      try {
        await spool.receipts(name, reached, passed)
        this.receipted = true
        const blocks = [...reached.values()].flatMap(({ blocks }) => blocks)
        events.received(blocks.reduce((sum, { lines }) => sum + lines, 0))
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

/** The line, by its place in the whole block. */
function rejectOf(block: Block, wanted: number, code: Code, reason: string): DestinationReject {
  const { queue, sequence, count, lines, upTo = count } = block
  const line = upTo - count + wanted
  const found = { record: '', time: 0, severity: 0 }
  eachLine(lines, (start, end, time, severity, index) => {
    if (index !== wanted) return
    Object.assign(found, { record: lines.toString('utf8', start, end), time, severity })
  })
  return { queue, sequence, line, code, reason, ...found }
}

function uptoOf({ upTo }: Place): Pick<Place, 'upTo'> {
  return upTo === undefined ? {} : { upTo }
}

/** Bytes that a message has beside its CEF line: header and frame. */
function overheadOf(destination: Destination): number {
  const event = 'CEF:0|Cefline|Cefline|1|rate|rate|0|'
  return Math.max(0, destination.frame(event, Date.now(), 0).length - event.length)
}

function partition<T>(all: T[], test: (item: T) => boolean): [T[], T[]] {
  const yes: T[] = []
  const no: T[] = []
  for (const item of all) (test(item) ? yes : no).push(item)
  return [yes, no]
}

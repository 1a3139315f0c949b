/**
 * How fast a destination takes events: as many as asked for, each a test event of Cefline's own, in a stream of its
 * own through the destination's `deliver`, as `forward` would hand them out but past the spool and
 * without its `rate`, until the last receipt.
 */
import { randomBytes } from 'node:crypto'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createDestination, ownBatch, paceOf } from '../components.ts'
import type { Configuration, DestinationConfiguration } from '../config/load.ts'
import type { Block, Delivery, Proof } from '../core.ts'
import { asCefline, error } from '../error.ts'
import { ownSource } from '../io/own-source.ts'
import type { OwnEvent } from '../own-event.ts'
import { batchLines, cefBytes } from './bench-events.ts'
import { whoRuns } from './who.ts'

/** Characters of the message of an event that is about as long as those of the products. */
const usualMessage = 450

export interface Sent {
  name: string
  events: number
  /** Every event has a receipt. */
  received: boolean
  /** What the receipts rest on. */
  proof: Proof | null
  problem: string | null
  /** Events that it could not take as they are, cut or left out. */
  rejected: number
  /** From the first event to the last receipt; without it to the failure. */
  milliseconds: number
  eventsPerSecond: number
  /** Of CEF. */
  bytesPerSecond: number
  /** Its `rate`, in words; null: none. */
  limit: string | null
}

/** Throws `not-found` when there is none of the name. */
export async function benchDestination(
  { destinations }: Configuration,
  name: string,
  events: number,
  signal: AbortSignal,
): Promise<Sent> {
  const found = destinations.find((one) => one.name === name)
  if (!found) {
    const known = destinations.map((one) => `"${one.name}"`).join(', ')
    throw error('not-found', `there is no destination "${name}"; there is ${known || 'none'}`)
  }
  const folder = await mkdtemp(join(tmpdir(), 'cefline-bench-'))
  try {
    return await deliver(found, folder, events, signal)
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}

async function deliver(
  configuration: DestinationConfiguration,
  folder: string,
  events: number,
  signal: AbortSignal,
): Promise<Sent> {
  const blocks = blocksOf(events)
  const bytes = blocks.reduce((sum, { lines, count }) => sum + cefBytes({ bytes: lines, count }), 0)
  let proof: Proof | null = null
  let problem: string | null = null
  let rejected = 0
  let last = 0
  let lastAt = 0
  const delivery: Delivery = {
    proof: (given) => (proof = given),
    receipt: ({ sequence }) => {
      last = Math.max(last, sequence)
      lastAt = performance.now()
    },
    reject: () => (rejected += 1),
    connected: () => {},
    notice: () => {},
  }
  const destination = createDestination(configuration, folder)
  const started = performance.now()
  try {
    await destination.deliver(handedOut(blocks), delivery, signal)
  } catch (thrown) {
    problem = asCefline(thrown).message
  } finally {
    await destination.close()
  }
  signal.throwIfAborted()
  const received = last === blocks.length
  const milliseconds = (received ? lastAt : performance.now()) - started
  const { rate } = configuration
  const isLimited = rate.events !== null || rate.bytes !== null
  return {
    name: configuration.name,
    events,
    received,
    proof,
    problem: received ? null : (problem ?? 'it ended without a receipt'),
    rejected,
    milliseconds,
    eventsPerSecond: received ? (events * 1000) / milliseconds : 0,
    bytesPerSecond: received ? (bytes * 1000) / milliseconds : 0,
    limit: isLimited ? paceOf(configuration) : null,
  }
}

/** Made before the clock runs. */
function blocksOf(events: number): Block[] {
  const at = Date.now()
  const who = whoRuns()
  const blocks: Block[] = []
  for (let from = 1; from <= events; from += batchLines) {
    const size = Math.min(batchLines, events - from + 1)
    const own = Array.from({ length: size }, (_, index) => {
      return { ...testEvent(from + index, events, at), who }
    })
    const { count, bytes: lines } = ownBatch(own).lines
    blocks.push({ queue: ownSource, sequence: blocks.length + 1, count, lines })
  }
  return blocks
}

/** Cefline's own, never one that says that something happened to somebody; as long as usual ones are. */
function testEvent(number: number, of: number, at: number): OwnEvent {
  const id = randomBytes(16).toString('hex')
  const message = `Test event ${number} of ${of} of cefline bench, asked for by hand: it means nothing`
  return { id, kind: 'test', at, message: message.padEnd(usualMessage, ' .') }
}

async function* handedOut(blocks: readonly Block[]): AsyncGenerator<Block> {
  yield* blocks
}

/**
 * What one run of `deliver` has, whatever its receipts rest on, and the one loop that takes blocks.
 */
import type { Block, Delivery, Place, Proof } from '../../core.ts'
import type { Answers } from './answers.ts'
import type { Connection } from './connection.ts'
import type { Target } from './target.ts'
import { until } from './until.ts'

/** A block as frames: chunks of whole frames, good until the next call. Lines that cannot be sent are
 * reported. */
export type FrameBlock = (block: Block, reject: Delivery['reject']) => Buffer[]

export interface Session {
  target: Target
  frames: FrameBlock
  blocks: AsyncIterator<Block>
  delivery: Delivery
  /** Aborted when no further block is to be taken. */
  signal: AbortSignal
  answers: Answers
  /** Tells what receipts rest on from now on, when that is something else. */
  proof: (proof: Proof) => void
  /** Tells of a connection that now takes the traffic. */
  connected: (connection: Connection) => void
  /** Connections that are half-closed as a trial, to be ended with the run. */
  trials: Set<Connection>
}

/** Where blocks go. */
export interface Outlet {
  /** No further block is to be asked for. */
  readonly isOver: boolean
  /** A block none of whose lines can be sent. */
  skip(place: Place): void
  /** Resolves when the kernel has all of it. */
  send(block: Block, chunks: Buffer[]): Promise<void>
}

/** Takes blocks to the outlet until they end, it is over, or the signal (which rejects). */
export async function takeBlocks(
  { blocks, delivery, frames }: Session,
  outlet: Outlet,
  signal: AbortSignal,
): Promise<void> {
  const reject: Delivery['reject'] = (...rejected) => delivery.reject(...rejected)
  while (!outlet.isOver) {
    const next = await until(blocks.next(), signal)
    if (next.done === true) return
    const chunks = frames(next.value, reject)
    if (chunks.length === 0) outlet.skip(next.value)
    else await outlet.send(next.value, chunks)
  }
}

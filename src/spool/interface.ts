/**
 * What a spool is opened with, and what this engine can do beyond the `Spool` of `core.ts`: for
 * commands, and for a destination that cannot deliver.
 */
import type { Notice, Spool } from '../core.ts'
import type { DamagedBlock } from './damaged.ts'
import type { Slowest, Stranger } from './readers.ts'
import type { Remember } from './window.ts'

export interface SpoolOptions {
  folder: string
  /** What blocks, ids and rejects may take together. */
  maxBytes: number
  /** Bytes that must stay free on the volume. Default 256 MiB. */
  reserve?: number
  remember: Remember
  /** Destination → queues that it reads. */
  destinations: ReadonlyMap<string, readonly string[]>
  /** The configured sources; others that the spool still has are shown too. */
  queues: readonly string[]
  /** Told of a damaged block when it is found. */
  notice?: (notice: Notice) => void
  /** For tests: ms since 1970. */
  now?: () => number
  /** For tests: bytes free on the folder's volume. */
  free?: (folder: string) => number
}

export interface LmdbSpool extends Spool {
  /** Positions of destinations that no longer read that queue. They hold nothing. */
  strangers(): Stranger[]
  /** Releases the positions of a destination that is gone; returns how many there were. */
  forget(destination: string): Promise<number>
  /** Who holds the oldest block; undefined when nothing is held. */
  slowest(): Slowest | undefined
  /** Moves the oldest block that this destination has no receipt for into the rejects
   * (`when-full`), and its position past it; returns the lines rejected, 0 when there are none. */
  rejectOldest(destination: string, reason: string): Promise<number>
  /** Removes the kept rejects up to this number, by whole commits; returns how many went. */
  purgeRejects(upTo: number): Promise<number>
  /** Blocks that were found damaged and set aside. */
  damaged(): DamagedBlock[]
}

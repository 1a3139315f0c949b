/**
 * What a spool is opened with, and what this engine can do beyond the `Spool` of `core.ts`: for
 * commands, and for a destination that cannot deliver.
 */
import type { Appended, Notice, Spool, StoredReject } from '../core.ts'
import type { FileSystem } from '../io/file-system.ts'
import type { Lines } from '../io/lines.ts'
import type { DamagedBlock } from './holes.ts'
import type { Groups } from './joined.ts'
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
  /** Queues that share what they remember; a group is without effect on other queues. Default: none. */
  joined?: Groups
  /** Take a folder on a network file system all the same. Default false. */
  allowNetwork?: boolean
  /** Told of a damaged block when it is found, and of a folder that could not be claimed. */
  notice?: (notice: Notice) => void
  /** For tests: ms since 1970. */
  now?: () => number
  /** For tests: bytes free on the folder's volume. */
  free?: (folder: string) => number
  /** For tests: the kind of file system that the folder lies on. */
  fileSystem?: (folder: string) => Promise<FileSystem>
}

/** What may change while the spool is open. */
export type SpoolConfiguration = Pick<
  SpoolOptions,
  'maxBytes' | 'reserve' | 'remember' | 'queues' | 'joined' | 'destinations'
>

/** Which rejects to list; what is left out does not matter. */
export interface RejectQuery {
  /** Those with a greater number. */
  after?: number
  /** That many at most. */
  limit?: number
  source?: string
  destination?: string
  code?: string
}

/** Some of the rejects that match. */
export interface RejectPage {
  rejects: StoredReject[]
  /** The `after` of the next page; undefined: there is none. */
  next: number | undefined
}

/** Which rejects to remove: all up to a number, and these. */
export interface RejectSelection {
  upTo?: number
  numbers?: readonly number[]
  /** Entries that are gone through at most, the oldest first; the rest stays for the next call. */
  entries?: number
}

/** A block that somebody says is damaged. */
export interface FoundBlock {
  queue: string
  sequence: number
  reason: string
}

export interface LmdbSpool extends Spool {
  /** True when this queue, or one that is joined with it, was given the id (16 bytes) as a line or
   * otherwise: `append` would leave a line of this id out. (`remembers` is about this queue alone.) */
  wasGiven(queue: string, id: Uint8Array): boolean
  /** Another process has taken the spool over: nothing more can be written. */
  readonly lost: boolean
  /** After `close`: LMDB could not be ended in time, and an orderly end of the process would wait for it
   * without end. Nothing that was promised is lost by killing it. */
  readonly stuck: boolean
  /** Another configuration, in force for all that follows; nothing is opened anew. */
  configure(options: SpoolConfiguration): void
  /** Positions of destinations that no longer read that queue. They hold nothing. */
  strangers(): Stranger[]
  /** Releases the positions of a destination that is gone; returns how many there were. */
  forget(destination: string): Promise<number>
  /** Who holds the oldest block; undefined when nothing is held. */
  slowest(): Slowest | undefined
  /** Moves the oldest block that this destination has no receipt for into the rejects
   * (`when-full`), and its position past it; returns the lines rejected, 0 when there are none. */
  rejectOldest(destination: string, reason: string): Promise<number>
  /** The rejects that match, in the order of their numbers; as many as can be looked through in a
   * few milliseconds, or none. */
  pageRejects(query: RejectQuery): RejectPage
  /** The one with this number; undefined when it is gone or never was. */
  reject(number: number): StoredReject | undefined
  /** Removes these for good; returns how many went. The others keep their numbers. */
  purgeRejects(selection: RejectSelection): Promise<number>
  /**
   * Puts lines that were made of rejects into a queue, and takes those rejects away, in one
   * transaction; ids that the queue was given before are left out, as in `append`. For a source's
   * rejects the queue is the source's; for a destination's it is `retry:<destination>`, a queue with
   * books of its own. Numbers that are gone already are passed over.
   */
  takeBack(queue: string, lines: Lines, numbers: readonly number[]): Promise<Appended>
  /** Sets those of these blocks aside that are damaged indeed; returns what was set aside. */
  setAside(found: readonly FoundBlock[]): Promise<DamagedBlock[]>
  /** Blocks that were found damaged and set aside. */
  damaged(): DamagedBlock[]
}

/**
 * A drop folder: waits for files that are complete and gives them, oldest first.
 *
 * Events only wake it up; what is there it lists itself, and in any case every ten seconds, so that a
 * lost event delays a file and does not lose it. On a network file system, or when the system has
 * no more watches to give, it polls. Listings keep a distance that grows with what they cost, and
 * none is made while the files of the last one are being worked on.
 *
 * A folder that is missing is made at the first opening, when its parent exists. One that vanishes
 * later (a share that was unmounted) is an error each time, and is not made again.
 */
import { constants } from 'node:fs'
import { access, mkdir, stat } from 'node:fs/promises'
import { dirname } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Notice } from '../core.ts'
import { error } from '../error.ts'
import { Doorbell } from './doorbell.ts'
import { fileSystemOf } from './file-system.ts'
import { byAge, listFiles } from './listing.ts'
import { errnoOf } from './regular-file.ts'
import type { SeenFile } from './settled.ts'
import { Settled } from './settled.ts'
import { Untaken } from './untaken.ts'

export interface FolderOptions {
  /** Absolute path. */
  folder: string
  /** ms; null: by the file system. */
  settle: number | null
  watch: 'auto' | 'poll' | 'events'
  /** Folders of ours, which may be below it. */
  own?: readonly string[]
}

export const localSettle = 250
export const networkSettle = 5_000
/** ms between two listings in any case, and when polling. */
const rescanEvery = 10_000
const pollEvery = 1_000
/** Files in the folder with which it is not watched until they are done. */
const backlog = 16
/** ms between two listings at least, and how many times the duration of the last one. */
const leastDistance = 20
const restFactor = 5

export class Folder {
  readonly #options: FolderOptions
  #bell = new Doorbell()
  #settled = new Settled(0)
  #every = rescanEvery
  #events = false
  #notices: Notice[] = []
  readonly #untaken: Untaken
  #wasThere = false
  #listedAt = -Infinity
  #listingTook = 0
  #nextReady = 0

  constructor(options: FolderOptions) {
    this.#options = options
    this.#untaken = new Untaken(options.folder, options.own)
  }

  /** To be called before `next`. Throws `file-unreadable` when the folder cannot be read. */
  async open(): Promise<void> {
    const { folder, settle } = this.#options
    if (!this.#wasThere) await makeFolder(folder)
    const { events, network } = await watchMode(this.#options)
    this.#wasThere = true
    this.#settled = new Settled(settle ?? (network ? networkSettle : localSettle))
    this.#every = events ? rescanEvery : pollEvery
    this.#events = events
    this.#nextReady = 0
    this.#bell = new Doorbell()
  }

  /**
   * Waits until there is a reason to look, and gives the files that are ready and not left out by
   * `skip`: possibly none, so that the caller can do what is due. Empty at the abort.
   */
  async next(skip: (file: SeenFile) => boolean, signal: AbortSignal): Promise<SeenFile[]> {
    const now = performance.now()
    const earliest = this.#listedAt + Math.max(leastDistance, this.#listingTook * restFactor)
    const due = this.#listedAt + Math.min(this.#every, this.#nextReady)
    if (due > now) await this.#bell.wait(due - now, signal)
    if (earliest > performance.now()) await rest(earliest - performance.now(), signal)
    if (signal.aborted) return []
    const listing = await this.#list()
    const { ready, late, unsettled, next } = this.#settled.update(listing, performance.now())
    for (const file of late) this.#untaken.late(file)
    const files = ready.filter((file) => !skip(file)).sort(byAge)
    const isBacklog = files.length + unsettled > backlog
    this.#nextReady = isBacklog && files.length > 0 ? 0 : next
    await this.#watch(!isBacklog)
    return files
  }

  /** What there is to say since the last time. */
  takeNotices(): Notice[] {
    return [...this.#notices.splice(0), ...this.#untaken.take()]
  }

  async close(): Promise<void> {
    await this.#bell.close()
  }

  /** Events are of no use while there is a backlog: the folder is listed anyway when it is done. */
  async #watch(wanted: boolean): Promise<void> {
    if (!wanted || !this.#events) await this.#bell.close()
    else if (!this.#bell.isWatching) {
      this.#bell.watch(this.#options.folder, (cause) => this.#pollInstead(cause))
    }
  }

  async #list(): Promise<SeenFile[]> {
    const began = performance.now()
    try {
      const { folder } = this.#options
      const unseen: [name: Buffer, thrown: unknown][] = []
      const files = await listFiles(folder, {
        unseen: (...entry) => unseen.push(entry),
        other: (name, kind) => this.#untaken.other(name, kind),
      })
      // A folder that may not be entered any more shows its names, and none of its files.
      if (unseen.length > 0) await access(folder, constants.X_OK)
      for (const entry of unseen) this.#untaken.unseen(...entry)
      return files
    } catch (cause) {
      throw folderError(this.#options.folder, cause)
    } finally {
      this.#listedAt = performance.now()
      this.#listingTook = this.#listedAt - began
    }
  }

  #pollInstead(cause: unknown): void {
    if (!this.#events) return
    this.#events = false
    this.#every = pollEvery
    this.#notices.push({
      level: 'warn',
      code: 'watch-failed',
      message:
        `${this.#options.folder} cannot be watched (${errnoOf(cause) || String(cause)}) and is ` +
        'polled; fs.inotify.max_user_watches may be too low',
    })
    this.#bell.ring()
  }
}

/** How the folder would be watched. Throws `file-unreadable`. */
export async function watchMode({
  folder,
  watch,
}: FolderOptions): Promise<{ events: boolean; network: boolean; name: string }> {
  try {
    await access(folder, constants.R_OK | constants.X_OK)
    const { name, network } = await fileSystemOf(folder)
    return { events: watch === 'events' || (watch === 'auto' && !network), network, name }
  } catch (cause) {
    throw folderError(folder, cause)
  }
}

async function makeFolder(folder: string): Promise<void> {
  try {
    await mkdir(folder)
  } catch (cause) {
    if (errnoOf(cause) !== 'EEXIST') throw folderError(folder, cause)
    if (!(await stat(folder)).isDirectory()) throw folderError(folder, cause)
  }
}

export function folderError(folder: string, cause: unknown): Error {
  const errno = errnoOf(cause)
  const cure: Record<string, string> = {
    ENOENT: `create it, mount its share, or correct the path (${dirname(folder)} must exist)`,
    EACCES: 'give the user that Cefline runs as permission to read and enter it',
    EPERM: 'give the user that Cefline runs as permission to read and enter it',
    ENOTDIR: 'name a folder, not a file',
    EEXIST: 'name a folder, not a file',
    EROFS: 'create it, as its file system is read-only',
  }
  return error(
    'file-unreadable',
    `folder ${folder} cannot be read (${errno || String(cause)}); ` +
      (cure[errno] ?? 'check the file system or share'),
    { cause },
  )
}

async function rest(milliseconds: number, signal: AbortSignal): Promise<void> {
  await sleep(milliseconds, undefined, { signal }).catch(() => undefined)
}

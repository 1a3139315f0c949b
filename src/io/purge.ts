/**
 * Removes the old files of a folder that is Cefline's own, such as `done`. The age is that of the
 * last change of the file's entry (ctime): the time of the move, whatever times its content has.
 *
 * It is done beside everything else, as a month of files on a share takes minutes to look through,
 * and no new file waits for that. One file that cannot be removed holds up no other.
 */
import { lstat, readdir, unlink } from 'node:fs/promises'
import type { Notice } from '../core.ts'
import { joinPath } from './file-name.ts'
import { errnoOf } from './regular-file.ts'

/** How often it is done, in ms. */
const every = 3_600_000

export interface PurgedFolder {
  folder: string
  /** In ms; 0: everything is kept for ever. */
  age: number
  /** True for one that must stay, however old it is. */
  isKept?: (name: Buffer) => boolean
}

export interface Purged {
  removed: number
  /** Those that are old and cannot be removed. */
  left: number
  /** What the first of these failed with. */
  why: string
}

/** Purges folders, hourly, when it is asked to do what is due. */
export class Purge {
  readonly #folders: PurgedFolder[]
  #doneAt = -Infinity
  #ending = new AbortController()
  #running: Promise<void> | undefined
  #notices: Notice[] = []

  constructor(folders: PurgedFolder[]) {
    this.#folders = folders
  }

  /** Begins when it is time, and gives what there is to tell of what ended before. Never throws. */
  due(now = performance.now()): Notice[] {
    if (!this.#running && now - this.#doneAt >= every) {
      this.#doneAt = now
      this.#running = this.#run().finally(() => (this.#running = undefined))
    }
    return this.#notices.splice(0)
  }

  /** Resolves when nothing is under way. Never throws. */
  async done(): Promise<void> {
    await this.#running
  }

  /** Ends what is under way; the rest is done another time. Safe before use and twice. */
  async end(): Promise<void> {
    this.#ending.abort()
    await this.#running
    this.#ending = new AbortController()
  }

  async #run(): Promise<void> {
    const { signal } = this.#ending
    for (const { folder, age, isKept } of this.#folders) {
      if (age === 0 || signal.aborted) continue
      try {
        const { left, why } = await purge(folder, age, isKept, signal)
        if (left > 0) this.#tell(`${left} old file${left === 1 ? '' : 's'} in ${folder}`, why)
      } catch (thrown) {
        this.#tell(`old files in ${folder}`, reasonOf(thrown))
      }
    }
  }

  #tell(what: string, why: string): void {
    const message = `${what} cannot be removed (${why})`
    this.#notices.push({ level: 'warn', code: 'purge-failed', message })
  }
}

/** Removes regular files older than `age` ms, until aborted. A folder that is not there has none.
 * Throws what the system throws when the folder cannot be listed. */
export async function purge(
  folder: string,
  age: number,
  isKept: (name: Buffer) => boolean = () => false,
  signal?: AbortSignal,
): Promise<Purged> {
  const before = Date.now() - age
  const purged: Purged = { removed: 0, left: 0, why: '' }
  for (const name of await namesIn(folder)) {
    if (signal?.aborted) break
    const path = joinPath(folder, name)
    try {
      const stats = await lstat(path)
      if (!stats.isFile() || stats.ctimeMs >= before || isKept(name)) continue
      await unlink(path)
      purged.removed += 1
    } catch (thrown) {
      if (errnoOf(thrown) === 'ENOENT') continue
      purged.left += 1
      purged.why ||= reasonOf(thrown)
    }
  }
  return purged
}

async function namesIn(folder: string): Promise<Buffer[]> {
  try {
    return await readdir(folder, { encoding: 'buffer' })
  } catch (thrown) {
    if (['ENOENT', 'ENOTDIR'].includes(errnoOf(thrown))) return []
    throw thrown
  }
}

function reasonOf(thrown: unknown): string {
  return errnoOf(thrown) || String(thrown)
}

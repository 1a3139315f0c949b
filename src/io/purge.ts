/**
 * Removes the old files of a folder that is Cefline's own, such as `done`. The age is that of the
 * last change of the file's entry (ctime): the time of the move, whatever times its content has.
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

/** Purges folders, hourly, when it is asked to do what is due. */
export class Purge {
  readonly #folders: PurgedFolder[]
  #doneAt = -Infinity

  constructor(folders: PurgedFolder[]) {
    this.#folders = folders
  }

  /** Never throws: a folder that cannot be purged is told. */
  async due(): Promise<Notice[]> {
    const now = performance.now()
    if (now - this.#doneAt < every) return []
    this.#doneAt = now
    const notices: Notice[] = []
    for (const { folder, age, isKept } of this.#folders) {
      if (age === 0) continue
      try {
        await purge(folder, age, isKept)
      } catch (thrown) {
        const message = `old files in ${folder} cannot be removed (${errnoOf(thrown) || String(thrown)})`
        notices.push({ level: 'warn', code: 'purge-failed', message })
      }
    }
    return notices
  }
}

/** Removes regular files older than `age` ms. A folder that is not there has none. Gives how many;
 * throws what the system throws. */
export async function purge(
  folder: string,
  age: number,
  isKept: (name: Buffer) => boolean = () => false,
): Promise<number> {
  const before = Date.now() - age
  let removed = 0
  for (const name of await namesIn(folder)) {
    const path = joinPath(folder, name)
    try {
      const stats = await lstat(path)
      if (!stats.isFile() || stats.ctimeMs >= before || isKept(name)) continue
      await unlink(path)
      removed += 1
    } catch (thrown) {
      if (errnoOf(thrown) !== 'ENOENT') throw thrown
    }
  }
  return removed
}

async function namesIn(folder: string): Promise<Buffer[]> {
  try {
    return await readdir(folder, { encoding: 'buffer' })
  } catch (thrown) {
    if (['ENOENT', 'ENOTDIR'].includes(errnoOf(thrown))) return []
    throw thrown
  }
}

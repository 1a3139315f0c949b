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

/** Purges folders, hourly, when it is asked to do what is due. */
export class Purge {
  readonly #folders: string[]
  readonly #age: number
  #doneAt = -Infinity

  /** `age` in ms; 0: everything is kept for ever. */
  constructor(folders: string[], age: number) {
    this.#folders = folders
    this.#age = age
  }

  /** Never throws: a folder that cannot be purged is told. */
  async due(): Promise<Notice[]> {
    const now = performance.now()
    if (this.#age === 0 || now - this.#doneAt < every) return []
    this.#doneAt = now
    const notices: Notice[] = []
    for (const folder of this.#folders) {
      try {
        await purge(folder, this.#age)
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
export async function purge(folder: string, age: number): Promise<number> {
  const before = Date.now() - age
  let removed = 0
  for (const name of await namesIn(folder)) {
    const path = joinPath(folder, name)
    try {
      const stats = await lstat(path)
      if (!stats.isFile() || stats.ctimeMs >= before) continue
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

/**
 * Takes the first free name in a folder, never one that is in use.
 */
import { link, open } from 'node:fs/promises'
import { joinPath, withStamp } from './file-name.ts'
import { errnoOf } from './regular-file.ts'

/** Names that are tried before giving up. */
const tries = 1000
/** What link(2) fails with where a rename may do; EPERM also for another user's file. */
const noLinks = ['EPERM', 'ENOTSUP', 'EOPNOTSUPP', 'ENOSYS', 'EMLINK', 'EXDEV']

/** Creates an empty file under the first of the names that is free, and gives that name. */
export async function reserve(folder: Buffer | string, name: Buffer): Promise<Buffer> {
  return firstFree(name, async (candidate) => {
    const handle = await open(joinPath(folder, candidate), 'wx', 0o600)
    await handle.close()
  })
}

/** Links it there under the first name that is free, and gives that. Undefined where the file system
 * has no links, allows none to this file, or is another one. */
export async function linkFree(
  path: Buffer,
  folder: Buffer | string,
  name: Buffer,
): Promise<Buffer | undefined> {
  try {
    return await firstFree(name, (candidate) => link(path, joinPath(folder, candidate)))
  } catch (thrown) {
    if (!noLinks.includes(errnoOf(thrown))) throw thrown
    return undefined
  }
}

/** Gives the first of the names that can be taken, without `EEXIST`. */
async function firstFree(
  name: Buffer,
  take: (candidate: Buffer) => Promise<void>,
): Promise<Buffer> {
  const stamp = new Date().toISOString().replace(/[-:.]/g, '')
  for (let count = 0; ; count += 1) {
    const suffix = count > 1 ? `-${count}` : ''
    const candidate = count === 0 ? name : withStamp(name, `${stamp}${suffix}`)
    try {
      await take(candidate)
      return candidate
    } catch (thrown) {
      if (errnoOf(thrown) !== 'EEXIST' || count === tries) throw thrown
    }
  }
}

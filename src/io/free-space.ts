/**
 * How much room the volume of a folder has, also of one that is still to be made.
 */
import { statfs } from 'node:fs/promises'
import { dirname, resolve } from 'node:path'

/** Bytes that this user may still write there. Throws what the system throws. */
export async function freeSpace(folder: string): Promise<number> {
  for (let place = resolve(folder); ; place = dirname(place)) {
    try {
      const { bavail, bsize } = await statfs(place)
      return bavail * bsize
    } catch (thrown) {
      const isMissing = (thrown as NodeJS.ErrnoException).code === 'ENOENT'
      if (!isMissing || dirname(place) === place) throw thrown
    }
  }
}

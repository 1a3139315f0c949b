/**
 * What a crash left under the hidden names that a file has for a moment while it is moved. It is a
 * whole file: mostly one that has its new name already, but perhaps another one that had come under
 * the old name and was read by nobody. So it goes back to where files are taken from, under a name
 * that is taken; what is known of it adds nothing.
 */
import { lstat, readdir } from 'node:fs/promises'
import { asideStem, joinPath } from './file-name.ts'
import { moveWithin } from './move.ts'

/** Looks for them in `places`, to be called while nothing is moved there. Gives the names that files
 * got in `folder`; one that cannot be moved, or a place that cannot be read, is left as it is. Never
 * throws. */
export async function recoverAside(places: Iterable<string>, folder: string): Promise<Buffer[]> {
  const recovered: Buffer[] = []
  for (const place of places) {
    for (const name of await readdir(place).catch(() => [])) {
      const stem = asideStem(name)
      if (stem === undefined) continue
      const path = joinPath(place, name)
      try {
        if (!(await lstat(path)).isFile()) continue
        recovered.push(await moveWithin(path, folder, Buffer.from(`${stem}.csv`)))
      } catch {
        continue
      }
    }
  }
  return recovered
}

/**
 * A folder with those above it that are missing. Node's own `recursive` never ends where the system
 * makes none and says ENOENT, as it does below `/proc`: it takes that for a parent that is missing,
 * and makes that one again and again.
 */
import { mkdir, stat } from 'node:fs/promises'
import { dirname } from 'node:path'

/** Changes nothing where it is there already. Throws what the system throws. */
export async function makeFolder(path: string, mode = 0o777): Promise<void> {
  try {
    await makeOne(path, mode)
  } catch (thrown) {
    const isMissing = (thrown as NodeJS.ErrnoException).code === 'ENOENT'
    if (!isMissing || dirname(path) === path) throw thrown
    await makeFolder(dirname(path), mode)
    await makeOne(path, mode)
  }
}

async function makeOne(path: string, mode: number): Promise<void> {
  try {
    await mkdir(path, { mode })
  } catch (thrown) {
    const isThere = await stat(path).then(
      (found) => found.isDirectory(),
      () => false,
    )
    if (!isThere) throw thrown
  }
}

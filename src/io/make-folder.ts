/**
 * A folder with those above it that are missing. Node's own `recursive` never ends where the system
 * makes none and says ENOENT, as it does below `/proc`: it takes that for a parent that is missing,
 * and makes that one again and again; of a read-only file system it says ENOENT, which names no cure.
 */
import { mkdirSync, statSync } from 'node:fs'
import { mkdir, stat } from 'node:fs/promises'
import { dirname } from 'node:path'

/** Changes nothing where it is there already. Throws what the system throws. */
export async function makeFolder(path: string, mode = 0o777): Promise<void> {
  try {
    await makeOne(path, mode)
  } catch (thrown) {
    if (!hasNoParent(path, thrown)) throw thrown
    await makeFolder(dirname(path), mode)
    await makeOne(path, mode)
  }
}

/** The same for those who cannot wait. */
export function makeFolderSync(path: string, mode = 0o777): void {
  try {
    makeOneSync(path, mode)
  } catch (thrown) {
    if (!hasNoParent(path, thrown)) throw thrown
    makeFolderSync(dirname(path), mode)
    makeOneSync(path, mode)
  }
}

function hasNoParent(path: string, thrown: unknown): boolean {
  return (thrown as NodeJS.ErrnoException).code === 'ENOENT' && dirname(path) !== path
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

function makeOneSync(path: string, mode: number): void {
  try {
    mkdirSync(path, { mode })
  } catch (thrown) {
    if (!statSync(path, { throwIfNoEntry: false })?.isDirectory()) throw thrown
  }
}

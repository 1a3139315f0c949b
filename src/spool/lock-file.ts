/**
 * LMDB's files, made before LMDB does. Its data file would be everybody's to read, in a folder that
 * was there before. The lock file it makes sparse and maps it: where the disk is full,
 * the first byte written to the map ends the process (SIGBUS, measured on a full tmpfs). One that is
 * written in full is an error instead, or safe.
 */
import { chmodSync, existsSync, linkSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

/** What LMDB makes for 126 readers, in whole pages. */
const size = 3 * 4096

/** Throws what the system says. Does nothing where there is one, as it may be in use. */
export function makeLockFile(folder: string): void {
  const path = join(folder, 'lock.mdb')
  if (existsSync(path)) return
  const made = `${path}.${process.pid}`
  try {
    writeFileSync(made, Buffer.alloc(size), { mode: 0o600, flush: true })
    linkSync(made, path)
  } catch (thrown) {
    // Another process was faster.
    if ((thrown as NodeJS.ErrnoException).code !== 'EEXIST') throw thrown
  } finally {
    rmSync(made, { force: true })
  }
}

/** Throws what the system says. LMDB begins anew in an empty file; one that is there is narrowed. */
export function makeDataFile(folder: string): void {
  const path = join(folder, 'data.mdb')
  if (!existsSync(path)) writeFileSync(path, '', { mode: 0o600, flag: 'a' })
  try {
    if ((statSync(path).mode & 0o077) !== 0) chmodSync(path, 0o600)
  } catch {
    // Another user's, or on a file system that knows no modes: no reason not to go on.
  }
}

/**
 * LMDB's lock file, made before LMDB does. LMDB makes it sparse and maps it: where the disk is full,
 * the first byte written to the map ends the process (SIGBUS, measured on a full tmpfs). One that is
 * written in full is an error instead, or safe.
 */
import { existsSync, linkSync, rmSync, writeFileSync } from 'node:fs'
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

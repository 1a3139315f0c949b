/**
 * What is kept beside the spool and is no part of the books, read at the start: small, and nobody's
 * but ours. One that is no ordinary file, or is larger than any that we write, is not read at all: a
 * pipe would hold up the start for ever, and a file of gigabytes would take all memory.
 */
import { readFile, stat } from 'node:fs/promises'

/** Bytes: that of the plots takes some 60 kB for each source and destination. */
const mostBytes = 32 * 1024 * 1024

export interface KeptFile {
  /** undefined: there is none, or it cannot be read. */
  text?: string
  /** Why it was not read. */
  fault?: string
}

/** Never throws. */
export async function readKept(path: string, most = mostBytes): Promise<KeptFile> {
  try {
    const stats = await stat(path)
    if (!stats.isFile()) return { fault: 'is no ordinary file' }
    if (stats.size > most) return { fault: `has ${stats.size} bytes, more than ${most}` }
    return { text: await readFile(path, 'utf8') }
  } catch {
    return {}
  }
}

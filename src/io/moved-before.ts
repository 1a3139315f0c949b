/**
 * Files that were moved into a folder before this process began, as far as their times tell. A move
 * sets the time of the last change of the entry (ctime), a write that and the file's own (mtime). A
 * file that stood still for `settle` before its move has an mtime that is older by that at least;
 * one whose two times are next to each other was written to after it, or came by a rename and was
 * moved at once: those cannot be told apart.
 */
import { lstat, readdir, stat } from 'node:fs/promises'
import { isPassedOver, joinPath } from './file-name.ts'
import type { FileIdentity } from './regular-file.ts'
import { identityOf } from './regular-file.ts'

export interface MovedBefore {
  name: Buffer
  identity: FileIdentity
  /** ms since the last change of its entry: the move or a later write. */
  age: number
  /** It was written to after the move, or may have been. */
  written: boolean
}

/** Files looked at at once. */
const atOnce = 64

/** Those whose entry changed less than `within` ms ago, oldest first; `margin`: ms between the two
 * times that are none. Empty, too, for a folder that is not there or that is on another file system
 * than `from`: what is there are copies, and nobody writes to those. */
export async function movedBefore(
  folder: string,
  from: string,
  { within, margin }: { within: number; margin: number },
): Promise<MovedBefore[]> {
  const found: MovedBefore[] = []
  try {
    // Of the folders: some file systems that lie over others give files numbers of their own.
    if ((await stat(folder)).dev !== (await stat(from)).dev) return found
    const names = await readdir(folder, { encoding: 'buffer' })
    const now = Date.now()
    for (let start = 0; start < names.length; start += atOnce) {
      const some = names.slice(start, start + atOnce).filter((name) => !isPassedOver(name))
      const seen = await Promise.all(some.map((name) => look(folder, name, now, margin)))
      for (const file of seen) if (file && file.age < within) found.push(file)
    }
  } catch {
    // There is nothing to look after; whoever needs the folder says what is wrong with it.
  }
  return found.sort((a, b) => b.age - a.age)
}

async function look(
  folder: string,
  name: Buffer,
  now: number,
  margin: number,
): Promise<MovedBefore | undefined> {
  try {
    const stats = await lstat(joinPath(folder, name), { bigint: true })
    if (!stats.isFile()) return undefined
    const age = Math.max(0, now - Number(stats.ctimeNs / 1_000_000n))
    const apart = Number(stats.ctimeNs - stats.mtimeNs) / 1e6
    // An empty one has nothing to read. It may get something: its writer may have it open still; or
    // it is a name that was reserved by a move that a crash cut short, and never will.
    const written = stats.size > 0n && apart < margin
    return { name, identity: identityOf(stats), age, written }
  } catch {
    return undefined
  }
}

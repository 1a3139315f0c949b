/**
 * The regular files of one folder, with what identifies them. Symlinks, folders, FIFOs, sockets and
 * devices are not in it. Names are bytes.
 */
import { lstat, readdir } from 'node:fs/promises'
import { isPassedOver, joinPath } from './file-name.ts'
import { errnoOf, identityOf } from './regular-file.ts'
import type { SeenFile } from './settled.ts'
import type { Kind } from './untaken.ts'

/** Files looked at at once: enough to hide the thread pool's latency, few enough for flat memory. */
const atOnce = 64

/** Who hears of the entries that are left out. */
export interface LeftOut {
  unseen(name: Buffer, thrown: unknown): void
  other(name: Buffer, kind: Kind): void
}

/** Throws what readdir throws. A file that goes while it is looked at is left out, and so is one that
 * cannot be looked at, such as a dead mount, and what is no plain file: `leftOut` is told of those,
 * and the others are not held up. */
export async function listFiles(folder: string, leftOut?: LeftOut): Promise<SeenFile[]> {
  const names = await readdir(folder, { encoding: 'buffer' })
  const files: SeenFile[] = []
  for (let at = 0; at < names.length; at += atOnce) {
    const some = names.slice(at, at + atOnce).map((name) => look(folder, name, leftOut))
    for (const file of await Promise.all(some)) if (file) files.push(file)
  }
  return files
}

async function look(
  folder: string,
  name: Buffer,
  leftOut: LeftOut | undefined,
): Promise<SeenFile | undefined> {
  try {
    const stats = await lstat(joinPath(folder, name), { bigint: true })
    if (!stats.isFile()) {
      leftOut?.other(name, stats)
      return undefined
    }
    return {
      name,
      identity: identityOf(stats),
      birthtimeNs: stats.birthtimeNs,
      passedOver: isPassedOver(name),
    }
  } catch (thrown) {
    if (errnoOf(thrown) !== 'ENOENT') leftOut?.unseen(name, thrown)
    return undefined
  }
}

/** Oldest first: by the time of the last change, then by name. */
export function byAge(a: SeenFile, b: SeenFile): number {
  const { mtimeNs } = a.identity
  if (mtimeNs !== b.identity.mtimeNs) return mtimeNs < b.identity.mtimeNs ? -1 : 1
  return Buffer.compare(a.name, b.name)
}

/**
 * Moves a file into another folder, never over an existing one. The name is reserved first (created
 * empty, and only if nothing has it; with the UTC time in it when something has), then the file is
 * renamed onto it. To another file system it is copied under a temporary name, synced, renamed and
 * only then removed.
 *
 * What is moved back to a folder that others write to is linked there first, as a name that is only
 * reserved could be taken by their rename before ours.
 *
 * A crash in between leaves the file where it was, or in both places, and perhaps an empty file or a
 * hidden `.part` in the target; never a half one under a proper name. A rename on one file system is
 * not synced: should it be lost with the power, the file is read again, and its rows are known.
 */
import { randomUUID } from 'node:crypto'
import { link, mkdir, open, rename, unlink } from 'node:fs/promises'
import { copySynced, syncFolder } from './copy.ts'
import { joinPath, withStamp } from './file-name.ts'
import type { FileIdentity } from './regular-file.ts'
import { errnoOf, identify, isSame } from './regular-file.ts'

/** `name` is what it is called there, and `copied` says that it is a copy, with an inode that nobody
 * else has open; `changed`: it is no longer the file that was meant, and is left
 * where it is; `gone`: somebody else has moved it. */
export type Moved =
  { kind: 'moved'; name: Buffer; copied: boolean } | { kind: 'changed' } | { kind: 'gone' }

/** Names that are tried before giving up. */
const tries = 1000
/** What link(2) fails with where a rename may do; EPERM also for another user's file. */
const noLinks = ['EPERM', 'ENOTSUP', 'EOPNOTSUPP', 'ENOSYS', 'EMLINK']

/** Throws what the system throws, with nothing moved. `folder` is made when it is missing. */
export async function moveInto(
  path: Buffer,
  identity: FileIdentity,
  folder: string,
  name: Buffer,
): Promise<Moved> {
  const unfit = await unfitToMove(path, identity)
  if (unfit) return unfit
  await mkdir(folder, { recursive: true })
  const reserved = await reserve(folder, name)
  const target = joinPath(folder, reserved)
  try {
    await rename(path, target)
  } catch (thrown) {
    const copied = errnoOf(thrown) === 'EXDEV' && (await copyOver(path, identity, folder, target))
    if (copied) return { kind: 'moved', name: reserved, copied }
    await unlink(target)
    if (errnoOf(thrown) === 'ENOENT') return { kind: 'gone' }
    if (errnoOf(thrown) === 'EXDEV') return { kind: 'changed' }
    throw thrown
  }
  const moved = await identify(target)
  if (moved && isSame(moved, identity)) {
    return { kind: 'moved', name: reserved, copied: false }
  }
  const slash = path.lastIndexOf(0x2f)
  await moveBack(target, path.subarray(0, slash), path.subarray(slash + 1))
  return { kind: 'changed' }
}

/** Moves a file back to the folder of the same file system that it came from, whatever was written to
 * it since, under its name or one that is free there; gives that. Throws what the system throws. */
export async function moveBack(
  path: Buffer,
  folder: Buffer | string,
  name: Buffer,
): Promise<Buffer> {
  const linked = await linkInto(path, folder, name)
  if (linked) return linked
  const reserved = await reserve(folder, name)
  try {
    await rename(path, joinPath(folder, reserved))
  } catch (thrown) {
    await unlink(joinPath(folder, reserved))
    throw thrown
  }
  return reserved
}

async function unfitToMove(path: Buffer, identity: FileIdentity): Promise<Moved | undefined> {
  const now = await identify(path)
  if (!now) return { kind: 'gone' }
  return isSame(now, identity) ? undefined : { kind: 'changed' }
}

/** Creates an empty file under the first of the names that is free, and gives that name. */
async function reserve(folder: Buffer | string, name: Buffer): Promise<Buffer> {
  return firstFree(name, async (candidate) => {
    const handle = await open(joinPath(folder, candidate), 'wx', 0o600)
    await handle.close()
  })
}

/** Undefined where the file system has no links, or allows none to this file. */
async function linkInto(
  path: Buffer,
  folder: Buffer | string,
  name: Buffer,
): Promise<Buffer | undefined> {
  let linked: Buffer
  try {
    linked = await firstFree(name, (candidate) => link(path, joinPath(folder, candidate)))
  } catch (thrown) {
    if (!noLinks.includes(errnoOf(thrown))) throw thrown
    return undefined
  }
  // Nothing is lost when it stays under its old name too.
  await unlink(path).catch(() => undefined)
  return linked
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

/** False when it changed while it was copied; then nothing is left of the copy. */
async function copyOver(
  path: Buffer,
  identity: FileIdentity,
  folder: string,
  target: Buffer,
): Promise<boolean> {
  const part = joinPath(folder, `.cefline-${randomUUID()}.part`)
  try {
    await copySynced(path, part)
    if (await unfitToMove(path, identity)) {
      await unlink(part)
      return false
    }
    await rename(part, target)
    await syncFolder(folder)
  } catch (thrown) {
    for (const left of [part, target]) await unlink(left).catch(() => undefined)
    throw thrown
  }
  try {
    await unlink(path)
  } catch (thrown) {
    // Else each further try would leave one more copy.
    await unlink(target).catch(() => undefined)
    throw thrown
  }
  return true
}

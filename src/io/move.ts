/**
 * Moves a file into another folder, never over an existing one. Where the file system has links, the
 * file is linked there under the first name that is free, and its old name is then taken away. Where
 * it has none, the name is reserved first (created empty) and the file renamed onto it: ten times
 * slower on ext4, which writes out what replaces another file. To another file system it is copied
 * under a temporary name, synced, renamed and only then removed.
 *
 * The old name is in a folder that others write to, so it is never just removed: another file may have
 * come under it. It is renamed to a name of our own, and what is under that is looked at first.
 *
 * A crash in between leaves the file where it was, or in both places, and perhaps an empty file or a
 * hidden `.copy` in the target, and a hidden `.part` there or beside it (`set-aside.ts`); never a half one under a proper name. A move on one file system is
 * not synced: should it be lost with the power, the file is read again, and its rows are known.
 */
import { rename, unlink } from 'node:fs/promises'
import { error } from '../error.ts'
import { copySynced, syncFolder } from './copy.ts'
import { asideName, copyName, joinPath, printableName } from './file-name.ts'
import { linkFree, reserve } from './free-name.ts'
import { makeFolder } from './make-folder.ts'
import type { FileIdentity } from './regular-file.ts'
import { errnoOf, identify, isSame } from './regular-file.ts'

/** `name` is what it is called there, and `copied` says that it is a copy, with an inode that nobody
 * else has open; `changed`: it is no longer the file that was meant, and is left
 * where it is; `gone`: somebody else has moved it. */
export type Moved =
  { kind: 'moved'; name: Buffer; copied: boolean } | { kind: 'changed' } | { kind: 'gone' }

/** Throws what the system throws, with nothing moved. `folder` is made when it is missing. */
export async function moveInto(
  path: Buffer,
  identity: FileIdentity,
  folder: string,
  name: Buffer,
): Promise<Moved> {
  const move = async (): Promise<Moved> =>
    (await moveByLink(path, identity, folder, name)) ??
    (await moveByRename(path, identity, folder, name))
  // The folder is missing, or the file: another one that is put in its place takes a link's source away.
  const missing = async (thrown: unknown): Promise<Moved | undefined> => {
    if (errnoOf(thrown) !== 'ENOENT') throw thrown
    return unfitToMove(path, identity)
  }
  try {
    return await move()
  } catch (thrown) {
    const unfit = await missing(thrown)
    if (unfit) return unfit
  }
  await makeFolder(folder)
  try {
    return await move()
  } catch (thrown) {
    const unfit = await missing(thrown)
    if (unfit) return unfit
    throw thrown
  }
}

/** Moves a file to a folder of the same file system, whatever was written to it since, under its name
 * or one that is free there; gives that. Throws what the system throws. */
export async function moveWithin(
  path: Buffer,
  folder: Buffer | string,
  name: Buffer,
): Promise<Buffer> {
  const linked = await linkFree(path, folder, name)
  if (linked) {
    // Nothing is lost when it stays under its old name too.
    await unlink(path).catch(() => undefined)
    return linked
  }
  const reserved = await reserve(folder, name)
  try {
    await rename(path, joinPath(folder, reserved))
  } catch (thrown) {
    await unlink(joinPath(folder, reserved))
    throw thrown
  }
  return reserved
}

/** Undefined, with nothing done, where that cannot be: no links, other inodes for them (some network
 * shares), or not the file that was meant. */
async function moveByLink(
  path: Buffer,
  identity: FileIdentity,
  folder: string,
  name: Buffer,
): Promise<Moved | undefined> {
  const linked = await linkFree(path, folder, name)
  if (!linked) return undefined
  const target = joinPath(folder, linked)
  const there = await identify(target)
  if (!there || !isSame(there, identity)) {
    await unlink(target)
    return undefined
  }
  const aside = joinPath(folder, asideName())
  try {
    await rename(path, aside)
  } catch (thrown) {
    // Somebody took the old name away: all that is left to do is done.
    if (errnoOf(thrown) !== 'ENOENT') {
      await unlink(target)
      throw thrown
    }
  }
  await removeAside(aside, identity, path)
  return { kind: 'moved', name: linked, copied: false }
}

/** Removes what was set aside when it is the file that has another name now; else it goes back. */
async function removeAside(aside: Buffer, { dev, ino }: FileIdentity, path: Buffer): Promise<void> {
  const taken = await identify(aside)
  if (!taken) return
  if (taken.ino === ino && taken.dev === dev) await unlink(aside)
  else await putBack(aside, path)
}

async function putBack(aside: Buffer, path: Buffer): Promise<void> {
  try {
    await moveWithin(aside, ...split(path))
  } catch (cause) {
    const [where, as] = [printableName(path), printableName(aside)]
    throw error(
      'write-failed',
      `what came as ${where} is called ${as} now and was not read; move it back`,
      { cause },
    )
  }
}

async function moveByRename(
  path: Buffer,
  identity: FileIdentity,
  folder: string,
  name: Buffer,
): Promise<Moved> {
  const unfit = await unfitToMove(path, identity)
  if (unfit) return unfit
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
  if (moved && isSame(moved, identity)) return { kind: 'moved', name: reserved, copied: false }
  await moveWithin(target, ...split(path))
  return { kind: 'changed' }
}

async function unfitToMove(path: Buffer, identity: FileIdentity): Promise<Moved | undefined> {
  const now = await identify(path)
  if (!now) return { kind: 'gone' }
  return isSame(now, identity) ? undefined : { kind: 'changed' }
}

/** False when it changed while it was copied; then it is where it was, and the copy is no good. */
async function copyOver(
  path: Buffer,
  identity: FileIdentity,
  folder: string,
  target: Buffer,
): Promise<boolean> {
  const part = joinPath(folder, copyName())
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
    return await removeCopied(path, identity)
  } catch (thrown) {
    // Else each further try would leave one more copy.
    await unlink(target).catch(() => undefined)
    throw thrown
  }
}

/** Removes the file that was copied. One that was written to meanwhile goes back (false: the copy
 * lacks what was written), and so does another one that came under its name (true: it is copied). */
async function removeCopied(path: Buffer, identity: FileIdentity): Promise<boolean> {
  const [folder] = split(path)
  const aside = joinPath(folder, asideName())
  try {
    await rename(path, aside)
  } catch (thrown) {
    // Somebody took it away: all that is left to do is done.
    if (errnoOf(thrown) === 'ENOENT') return true
    throw thrown
  }
  const taken = await identify(aside)
  if (!taken) return true
  if (isSame(taken, identity)) {
    try {
      await unlink(aside)
      return true
    } catch (thrown) {
      await putBack(aside, path)
      throw thrown
    }
  }
  await putBack(aside, path)
  return taken.ino !== identity.ino || taken.dev !== identity.dev
}

/** The folder and the name. */
function split(path: Buffer): [folder: Buffer, name: Buffer] {
  const slash = path.lastIndexOf(0x2f)
  return [path.subarray(0, slash), path.subarray(slash + 1)]
}

/**
 * Moves a file into another folder, never over an existing one. The name is reserved first (created
 * empty, and only if nothing has it; with the UTC time in it when something has), then the file is
 * renamed onto it. To another file system it is copied under a temporary name, synced, renamed and
 * only then removed.
 *
 * A crash in between leaves the file where it was, or in both places, and perhaps an empty file or a
 * hidden `.part` in the target; never a half one under a proper name. A rename on one file system is
 * not synced: should it be lost with the power, the file is read again, and its rows are known.
 */
import { randomUUID } from 'node:crypto'
import { mkdir, open, rename, unlink } from 'node:fs/promises'
import { copySynced, syncFolder } from './copy.ts'
import { joinPath, withStamp } from './file-name.ts'
import type { FileIdentity } from './regular-file.ts'
import { errnoOf, identify, isSame } from './regular-file.ts'

/** `name` is what it is called there; `changed`: it is no longer the file that was meant, and is left
 * where it is; `gone`: somebody else has moved it. */
export type Moved = { kind: 'moved'; name: Buffer } | { kind: 'changed' } | { kind: 'gone' }

/** Names that are tried before giving up. */
const tries = 1000

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
    const moved = errnoOf(thrown) === 'EXDEV' && (await copyOver(path, identity, folder, target))
    if (moved) return { kind: 'moved', name: reserved }
    await unlink(target)
    if (errnoOf(thrown) === 'ENOENT') return { kind: 'gone' }
    if (errnoOf(thrown) === 'EXDEV') return { kind: 'changed' }
    throw thrown
  }
  const moved = await identify(target)
  if (moved && isSame(moved, identity)) return { kind: 'moved', name: reserved }
  await giveBack(target, path)
  return { kind: 'changed' }
}

/** Removes the file, when it is still the one that is meant. */
export async function removeFile(path: Buffer, identity: FileIdentity): Promise<Moved['kind']> {
  const unfit = await unfitToMove(path, identity)
  if (unfit) return unfit.kind
  await unlink(path)
  return 'moved'
}

async function unfitToMove(path: Buffer, identity: FileIdentity): Promise<Moved | undefined> {
  const now = await identify(path)
  if (!now) return { kind: 'gone' }
  return isSame(now, identity) ? undefined : { kind: 'changed' }
}

/** Creates an empty file under the first of the names that is free, and gives that name. */
async function reserve(folder: Buffer | string, name: Buffer): Promise<Buffer> {
  const stamp = new Date().toISOString().replace(/[-:.]/g, '')
  for (let count = 0; ; count += 1) {
    const suffix = count > 1 ? `-${count}` : ''
    const candidate = count === 0 ? name : withStamp(name, `${stamp}${suffix}`)
    try {
      const handle = await open(joinPath(folder, candidate), 'wx', 0o600)
      await handle.close()
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
  await unlink(path)
  return true
}

/** What was moved by mistake goes back, under a name that is free there. */
async function giveBack(target: Buffer, path: Buffer): Promise<void> {
  const slash = path.lastIndexOf(0x2f)
  const folder = path.subarray(0, slash)
  const name = await reserve(folder, path.subarray(slash + 1))
  await rename(target, joinPath(folder, name))
}

/**
 * What becomes of an alert file when everything of it is durable, and of one that can never be read.
 */
import { createHash } from 'node:crypto'
import { writeFile } from 'node:fs/promises'
import { resolve } from 'node:path'
import type { Notice } from '../core.ts'
import type { CeflineError } from '../error.ts'
import { error } from '../error.ts'
import { removeAfter } from '../io/afterwards.ts'
import type { Afterwards } from '../io/afterwards.ts'
import { joinPath, printableName, withEnding } from '../io/file-name.ts'
import { idBytes } from '../io/lines.ts'
import { moveInto } from '../io/move.ts'
import { Purge } from '../io/purge.ts'
import { errnoOf } from '../io/regular-file.ts'
import type { SeenFile } from '../io/settled.ts'

export interface AlertFinish {
  /** Absolute paths. */
  folder: string
  done: string
  failed: string
  after: 'move' | 'delete' | 'keep'
}

/** The folders of a source's options, made absolute. Throws `config` when a file would come back to
 * the folder that it is taken from. */
export function alertFinish(
  source: string,
  options: Pick<AlertFinish, 'folder' | 'after'> & { done: string | null; failed: string | null },
): AlertFinish {
  const folder = resolve(options.folder)
  const done = resolve(options.done ?? `${folder}/done`)
  const failed = resolve(options.failed ?? `${folder}/failed`)
  for (const [option, path] of Object.entries({ done, failed })) {
    if (path !== folder) continue
    throw error(
      'config',
      `sources.${source}.${option}: "${path}" is the drop folder itself; name another folder`,
      { permanent: true },
    )
  }
  return { folder, done, failed, after: options.after }
}

/** What is to be deleted and was left in `done`, as by a crash, is removed a minute after its last
 * change; everything else is kept for `keepDone` ms. */
export function finishPurge(
  { done, failed, after }: AlertFinish,
  keepDone: number,
  afterwards: Afterwards,
): Purge {
  const age = after === 'delete' && done !== failed ? removeAfter : keepDone
  return new Purge([
    { folder: done, age, isKept: (name) => afterwards.isStuck(name) },
    { folder: failed, age: keepDone },
  ])
}

/** Moves the file to `done`, also one that is to be deleted, and has it looked after there: its writer
 * may not have finished. Gives what there is to tell; throws `write-failed` when it is still where it
 * was. */
export async function finish(
  { folder, done }: AlertFinish,
  { name, identity }: SeenFile,
  afterwards: Afterwards,
): Promise<Notice | undefined> {
  try {
    const moved = await moveInto(joinPath(folder, name), identity, done, name)
    // Nobody writes to a copy; one that is to be deleted is removed by the purge.
    if (moved.kind === 'moved' && !moved.copied) afterwards.remember(name, moved.name, identity)
    return moved.kind === 'changed' ? changedNotice(name) : undefined
  } catch (cause) {
    throw notMoved(`moved to ${done}`, cause)
  }
}

/** Moves the file to `failed` and writes the reason beside it. Throws as `finish` does. */
export async function fail(
  { folder, failed }: AlertFinish,
  { name, identity }: SeenFile,
  reason: CeflineError,
): Promise<Notice | undefined> {
  try {
    const moved = await moveInto(joinPath(folder, name), identity, failed, name)
    if (moved.kind === 'changed') return changedNotice(name)
    if (moved.kind === 'gone') return undefined
    return await writeReason(joinPath(failed, withEnding(moved.name, '.reason.txt')), reason)
  } catch (cause) {
    throw notMoved(`moved to ${failed}`, cause)
  }
}

/** 16 bytes that stand for a file that is left where it is: its name, inode, size and time. */
export function fingerprint({ name, identity }: SeenFile): Uint8Array {
  const { ino, size, mtimeNs } = identity
  return createHash('sha256')
    .update(name)
    .update(`/${ino}/${size}/${mtimeNs}`)
    .digest()
    .subarray(0, idBytes)
}

/** The file is out of the way already, so this may fail. */
async function writeReason(path: Buffer, reason: CeflineError): Promise<Notice | undefined> {
  try {
    const text = `${new Date().toISOString()} ${reason.code}\n${reason.message}\n`
    await writeFile(path, text, { flag: 'wx' })
    return undefined
  } catch (thrown) {
    const message = `${printableName(path)} cannot be written (${errnoOf(thrown) || String(thrown)})`
    return { level: 'warn', code: 'write-failed', message }
  }
}

function changedNotice(name: Buffer): Notice {
  return {
    level: 'warn',
    code: 'file-changed',
    message: `${printableName(name)} changed after it was read; it is read again`,
  }
}

function notMoved(what: string, cause: unknown): Error {
  const errno = errnoOf(cause)
  const cure: Record<string, string> = {
    EACCES: 'the user that Cefline runs as needs permission to write there',
    EPERM: 'the user that Cefline runs as needs permission to write there',
    EROFS: 'the file system is read-only; name another folder, or set after to keep',
    ENOSPC: 'the file system is full; make room',
    EDQUOT: 'the quota is used up; make room',
    ENOTDIR: 'a part of the path is a file',
    EEXIST: 'a file of that name is in the way of the folder',
  }
  return error(
    'write-failed',
    `files cannot be ${what} (${errno || String(cause)}); ${cure[errno] ?? 'it is tried again'}`,
    { cause },
  )
}

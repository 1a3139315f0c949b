/**
 * Regular files, and nothing that only looks like one: a symlink is not followed (it may lead out of
 * the folder), a FIFO does not block, a device or socket is not read.
 */
import type { BigIntStats } from 'node:fs'
import { closeSync, constants, fstatSync, openSync } from 'node:fs'
import type { FileHandle } from 'node:fs/promises'
import { lstat, open } from 'node:fs/promises'
import { error } from '../error.ts'

/** What tells one content under a name from another one, as far as a file system can say. */
export interface FileIdentity {
  dev: bigint
  ino: bigint
  size: bigint
  mtimeNs: bigint
}

export function identityOf({ dev, ino, size, mtimeNs }: BigIntStats): FileIdentity {
  return { dev, ino, size, mtimeNs }
}

export function isSame(a: FileIdentity, b: FileIdentity): boolean {
  return a.ino === b.ino && a.dev === b.dev && a.size === b.size && a.mtimeNs === b.mtimeNs
}

/** What is under the path now; undefined when there is nothing. */
export async function identify(path: Buffer): Promise<FileIdentity | undefined> {
  try {
    return identityOf(await lstat(path, { bigint: true }))
  } catch (thrown) {
    if (errnoOf(thrown) === 'ENOENT') return undefined
    throw thrown
  }
}

const reading = constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK

/**
 * Opens for reading. Throws `file-unreadable`: permanent when it is no regular file.
 * `name` is what the message calls it.
 */
export async function openRegular(
  path: Buffer,
  name: string,
): Promise<{ handle: FileHandle; identity: FileIdentity }> {
  let handle: FileHandle
  try {
    handle = await open(path, reading)
  } catch (cause) {
    throw unreadable(name, cause)
  }
  try {
    return { handle, identity: regular(await handle.stat({ bigint: true }), name) }
  } catch (thrown) {
    await handle.close()
    throw thrown
  }
}

/** The same for a thread that does nothing else meanwhile; gives the file's descriptor. */
export function openRegularSync(
  path: Buffer,
  name: string,
): { descriptor: number; identity: FileIdentity } {
  let descriptor: number
  try {
    descriptor = openSync(path, reading)
  } catch (cause) {
    throw unreadable(name, cause)
  }
  try {
    return { descriptor, identity: regular(fstatSync(descriptor, { bigint: true }), name) }
  } catch (thrown) {
    closeSync(descriptor)
    throw thrown
  }
}

/** `EACCES` and the like, or '' for what is no error of the system. */
export function errnoOf(thrown: unknown): string {
  const code = thrown instanceof Error && 'code' in thrown ? thrown.code : undefined
  return typeof code === 'string' ? code : ''
}

export function unreadable(name: string, cause: unknown): Error {
  const errno = errnoOf(cause)
  const message = cause instanceof Error ? cause.message : String(cause)
  const cure: Record<string, string> = {
    EACCES: 'the user that Cefline runs as needs permission to read it',
    EPERM: 'the user that Cefline runs as needs permission to read it',
    EBUSY: 'another program has it locked; it is tried again',
    ENOENT: 'somebody removed or renamed it before it was read',
    ELOOP: 'it is a symlink, and those are not followed',
  }
  return error(
    'file-unreadable',
    `${name} cannot be read (${errno || message}); ${cure[errno] ?? 'it is tried again'}`,
    { cause },
  )
}

function regular(stats: BigIntStats, name: string): FileIdentity {
  if (stats.isFile()) return identityOf(stats)
  throw error('file-unreadable', `${name} is not a regular file; it is left alone`, {
    permanent: true,
  })
}

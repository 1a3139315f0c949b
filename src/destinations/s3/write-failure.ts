/**
 * What it means when the destination's own folder cannot be written.
 */
import { error } from '../../error.ts'
import type { CeflineError } from '../../error.ts'

const cures: Record<string, string> = {
  ENOSPC: 'the disk is full: make room, as objects are made there before they are sent',
  EDQUOT: 'the quota is used up: raise it or make room',
  EACCES: 'this user may not write there: give it the folder',
  EPERM: 'this user may not write there: give it the folder',
  EIO: 'the disk fails: replace it, or choose another spool.folder',
  EROFS: 'the file system is read-only: choose another spool.folder',
}

/** Undefined for what is no failure of the file system. */
export function writeFailure(thrown: unknown, place: string): CeflineError | undefined {
  const { code, path, syscall } = thrown as NodeJS.ErrnoException
  if (code === undefined || syscall === undefined || syscall === 'connect') return undefined
  const ofFile = path !== undefined || code in cures
  if (!ofFile || /^(getaddrinfo|read ECONN)/.test(syscall)) return undefined
  const why = cures[code] ?? `writing failed (${code})`
  return error('write-failed', `${path ?? 'the spool’s folder'} (${place}): ${why}`, {
    cause: thrown,
  })
}

/**
 * A file that was named on the command line and cannot be read: why, and what cures it.
 */
import { error } from '../error.ts'
import type { CeflineError } from '../error.ts'
import { printable } from '../io/printable.ts'
import { errnoOf } from '../io/regular-file.ts'

const cures: Record<string, string> = {
  ENOENT: 'there is no such file; correct the path',
  ENOTDIR: 'there is no such file; correct the path',
  EISDIR: 'it is a folder; name a file in it',
  EACCES: 'this user may not read it; give it the right, or run this as another user',
  EPERM: 'this user may not read it; give it the right, or run this as another user',
}

export function unreadable(path: string, thrown: unknown): CeflineError {
  const errno = errnoOf(thrown)
  const cure = cures[errno] ?? 'look at its disk, and try again'
  const text = `${printable(path)} cannot be read (${errno || String(thrown)}): ${cure}`
  return error('file-unreadable', text, { cause: thrown })
}

/**
 * How the verbs travel: `POST /<verb>` with the query as JSON, over HTTP on a socket in the spool's
 * folder. The answer is lines of JSON, so that a long one needs no memory: values, then `end`, or
 * the error that ended it. An answer without either was cut short.
 */
import { join, relative } from 'node:path'
import type { Code } from '../error.ts'

export type Message =
  { value: unknown } | { end: true } | { error: { code: Code; message: string } }

/** What `GET /` tells. */
export interface Running {
  version: string
  pid: number
}

/** unix(7): `sun_path` has 108 bytes, the last of them a zero. */
const longestPath = 107

/** By whichever name is shorter, the whole one or the one from here: a socket's has a limit. */
export function socketPath(folder: string): string {
  const path = join(folder, 'cefline.sock')
  const fromHere = relative('', path)
  return fromHere.length < path.length ? fromHere : path
}

export function isTooLong(path: string): boolean {
  return Buffer.byteLength(path) > longestPath
}

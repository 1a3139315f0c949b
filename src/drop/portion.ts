/**
 * What the reading of dropped files gives: batches, each with the files that end with it. Plain data,
 * as it crosses a thread's boundary.
 */
import type { Batch } from '../core.ts'
import type { Code } from '../error.ts'
import { error } from '../error.ts'
import type { FileIdentity } from '../io/regular-file.ts'

/** Why a file was not read to its end: an error in parts, as a thread's boundary keeps of one only
 * its text. */
export interface FileFailure {
  code: Code
  message: string
  permanent: boolean
}

/** A file that has no more rows than those given up to and including this batch. */
export interface FileEnd {
  /** Its place in the list of files. */
  index: number
  failure?: FileFailure
}

/** A batch may have rows of many files. */
export interface Portion {
  batch: Batch
  /** Each file of the list ends with one portion, in their order. */
  ended: FileEnd[]
}

/** A file to be read. */
export interface DropFile {
  path: Uint8Array
  /** As it was when it was found; another one under the path is `file-changed`. */
  identity?: FileIdentity
  /** Stands in the ids of its rows for the digest of its content: 12 bytes or more. */
  digest?: Uint8Array
}

export function asError({ code, message, permanent }: FileFailure): Error {
  return error(code, message, { permanent })
}

/**
 * The bytes of a file, as many as it had when it was opened, to be read more than once. It notices
 * when the file changes: then what was read belongs to two contents.
 *
 * A file of up to 4 MiB is read at once and closed. What is given of it is of one moment, whatever
 * becomes of the file; a larger one must be asked again and again whether it changed.
 *
 * The calls wait, as this is for a thread that has nothing else to do: five of them for a small file
 * take 13 µs so, and 100 µs and more by way of the thread pool (measured).
 */
import { closeSync, fstatSync, readSync } from 'node:fs'
import type { Scratch } from '../core.ts'
import { error } from '../error.ts'
import type { FileIdentity } from './regular-file.ts'
import { identityOf, isSame, openRegularSync, unreadable } from './regular-file.ts'

const chunkBytes = 256 * 1024
/** Up to this size a file is read at once. */
export const wholeBytes = 4 * 1024 * 1024

export class FileBytes {
  readonly identity: FileIdentity
  readonly #name: string
  readonly #size: number
  readonly #buffer: Buffer
  #descriptor: number | undefined

  /**
   * Opens it. `name` is what messages call it; `expected` is what it must be, else `file-changed`.
   * The bytes are in `scratch`, so one may serve many files, one after the other.
   * Throws `file-unreadable`: permanent when it is no regular file.
   */
  constructor(path: Buffer, name: string, scratch: Scratch, expected?: FileIdentity) {
    const { descriptor, identity } = openRegularSync(path, name)
    this.identity = identity
    this.#name = name
    this.#size = Number(identity.size)
    this.#descriptor = descriptor
    try {
      if (expected && !isSame(expected, identity)) throw changed(name)
      this.#buffer = room(scratch, this.#size > wholeBytes ? chunkBytes : this.#size)
      if (this.#size <= wholeBytes) this.#readWhole()
    } catch (thrown) {
      this.close()
      throw thrown
    }
  }

  /** It is in memory and cannot change any more. */
  get isWhole(): boolean {
    return this.#size <= wholeBytes
  }

  /** From the beginning, each time. Each chunk is valid until the next one is asked for. */
  *chunks(): Generator<Buffer> {
    for (let at = 0; at < this.#size;) {
      const length = Math.min(chunkBytes, this.#size - at)
      const chunk = this.isWhole
        ? this.#buffer.subarray(at, at + length)
        : this.#read(at, 0, length)
      at += chunk.length
      yield chunk
    }
  }

  /** Throws `file-changed` when it is not what it was when it was opened. */
  checkUnchanged(): void {
    if (this.#descriptor === undefined) return
    const now = identityOf(fstatSync(this.#descriptor, { bigint: true }))
    if (!isSame(now, this.identity)) throw changed(this.#name)
  }

  /** Safe twice. */
  close(): void {
    if (this.#descriptor !== undefined) closeSync(this.#descriptor)
    this.#descriptor = undefined
  }

  #readWhole(): void {
    for (let at = 0; at < this.#size;) at += this.#read(at, at, this.#size - at).length
    this.checkUnchanged()
    this.close()
  }

  /** Up to `length` bytes of the file from `at` on, to that place of the buffer. */
  #read(at: number, place: number, length: number): Buffer {
    let count = 0
    try {
      if (this.#descriptor !== undefined) {
        count = readSync(this.#descriptor, this.#buffer, place, length, at)
      }
    } catch (cause) {
      throw unreadable(this.#name, cause)
    }
    // Shorter than it was: somebody cut it.
    if (count === 0) throw changed(this.#name)
    return this.#buffer.subarray(place, place + count)
  }
}

/** `file-changed`: it will be another file the next time it is looked at. */
function changed(name: string): Error {
  return error('file-changed', `${name} changed while it was read; it is read again`)
}

function room(scratch: Scratch, size: number): Buffer {
  const { buffer } = scratch
  if (buffer && buffer.length >= size) return buffer
  const grown = Math.min(wholeBytes, Math.max(size, chunkBytes, (buffer?.length ?? 0) * 2))
  return (scratch.buffer = Buffer.allocUnsafeSlow(grown))
}

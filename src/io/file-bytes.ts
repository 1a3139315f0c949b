/**
 * The bytes of an open file, as many as it had when it was opened, to be read more than once. It
 * notices when the file changes: then what was read belongs to two contents.
 */
import type { FileHandle } from 'node:fs/promises'
import { error } from '../error.ts'
import type { FileIdentity } from './regular-file.ts'
import { identityOf, isSame, unreadable } from './regular-file.ts'

const chunkBytes = 256 * 1024
/** Up to this size a file is read once and kept for the second pass. */
const keptBytes = 4 * 1024 * 1024

export class FileBytes {
  readonly #handle: FileHandle
  readonly #name: string
  readonly #identity: FileIdentity
  #kept: Buffer[] = []

  constructor(handle: FileHandle, name: string, identity: FileIdentity) {
    this.#handle = handle
    this.#name = name
    this.#identity = identity
  }

  /** Each chunk is valid until the next one is asked for. */
  async *chunks(): AsyncGenerator<Buffer> {
    if (this.#kept.length > 0) {
      yield* this.#kept
      return
    }
    const size = Number(this.#identity.size)
    const keep = size <= keptBytes
    let buffer = Buffer.allocUnsafeSlow(Math.min(size, keep ? keptBytes : chunkBytes))
    for (let at = 0; at < size;) {
      const { bytesRead } = await this.#read(buffer, at, Math.min(buffer.length, size - at))
      // Shorter than it was: somebody cut it.
      if (bytesRead === 0) throw changed(this.#name)
      const chunk = buffer.subarray(0, bytesRead)
      at += bytesRead
      if (keep) {
        this.#kept.push(chunk)
        buffer = Buffer.allocUnsafeSlow(size - at)
      }
      yield chunk
    }
  }

  async checkUnchanged(): Promise<void> {
    const now = identityOf(await this.#handle.stat({ bigint: true }))
    if (!isSame(now, this.#identity)) throw changed(this.#name)
  }

  async #read(buffer: Buffer, at: number, length: number): Promise<{ bytesRead: number }> {
    try {
      return await this.#handle.read(buffer, 0, length, at)
    } catch (cause) {
      throw unreadable(this.#name, cause)
    }
  }
}

/** `file-changed`: it will be another file the next time it is looked at. */
export function changed(name: string): Error {
  return error('file-changed', `${name} changed while it was read; it is read again`)
}

/**
 * The file that a command reads from its beginning to its end, or standard input: its bytes, counted,
 * and that it did not change meanwhile.
 */
import { fstatSync } from 'node:fs'
import type { BigIntStats } from 'node:fs'
import { open } from 'node:fs/promises'
import type { FileHandle } from 'node:fs/promises'
import { basename } from 'node:path'
import { error } from '../error.ts'
import { printable } from '../io/printable.ts'
import { identityOf, isSame } from '../io/regular-file.ts'
import { unreadable } from './unreadable.ts'

const chunkBytes = 256 * 1024

export class Input {
  /** For messages. */
  readonly name: string
  /** Bytes that have been read. */
  bytes = 0
  readonly #handle: FileHandle | undefined
  readonly #stats: BigIntStats | undefined

  private constructor(name: string, handle?: FileHandle, stats?: BigIntStats) {
    this.name = name
    this.#handle = handle
    this.#stats = stats
  }

  /** `-` is standard input. Throws `file-unreadable`. */
  static async open(path: string): Promise<Input> {
    if (path === '-') return new Input('standard input')
    const name = printable(basename(path))
    try {
      const handle = await open(path)
      const stats = await handle.stat({ bigint: true })
      if (!stats.isDirectory()) return new Input(name, handle, stats)
      await handle.close()
    } catch (thrown) {
      throw unreadable(path, thrown)
    }
    throw error('file-unreadable', `${printable(path)} is a folder; name a file in it`)
  }

  /** Undefined for what has none, such as a pipe. */
  get size(): number | undefined {
    return this.#stats?.isFile() ? Number(this.#stats.size) : undefined
  }

  /** What tells the file from any other one. */
  get identity(): BigIntStats | undefined {
    return this.#stats ?? standardInput()
  }

  /** ms since 1970. */
  get modified(): number {
    return this.#stats ? Number(this.#stats.mtimeMs) : Date.now()
  }

  /** Each chunk for good. Throws `file-unreadable`. */
  async *chunks(): AsyncGenerator<Buffer> {
    try {
      for await (const chunk of this.#handle ? read(this.#handle) : standardChunks()) {
        this.bytes += chunk.length
        yield chunk
      }
    } catch (thrown) {
      throw unreadable(this.name, thrown)
    }
  }

  /** Throws `file-changed`: what was read belongs to two contents. */
  async checkUnchanged(): Promise<void> {
    if (!this.#handle || this.size === undefined || !this.#stats) return
    const now = await this.#handle.stat({ bigint: true })
    if (isSame(identityOf(now), identityOf(this.#stats))) return
    const cure = 'convert it when nobody writes to it any more'
    throw error('file-changed', `${this.name} changed while it was read; ${cure}`)
  }

  /** Ends a wait for more, such as for what is typed. */
  stop(): void {
    if (!this.#handle) process.stdin.destroy()
  }

  async close(): Promise<void> {
    await this.#handle?.close()
  }
}

async function* read(handle: FileHandle): AsyncGenerator<Buffer> {
  for (;;) {
    const { buffer, bytesRead } = await handle.read(Buffer.allocUnsafe(chunkBytes))
    if (bytesRead === 0) return
    yield buffer.subarray(0, bytesRead)
  }
}

function standardChunks(): AsyncIterable<Buffer> {
  return process.stdin as AsyncIterable<Buffer>
}

/** `convert - FILE < FILE` is to be found out too. */
function standardInput(): BigIntStats | undefined {
  try {
    return fstatSync(0, { bigint: true })
  } catch {
    return undefined
  }
}

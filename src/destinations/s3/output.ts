/**
 * The file that becomes an object: written as a stream, compressed or not, so that its size does not
 * matter to memory, and counted and digested on the way.
 */
import { createHash } from 'node:crypto'
import { once } from 'node:events'
import { createReadStream, createWriteStream } from 'node:fs'
import { PassThrough } from 'node:stream'
import type { Transform } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { createGzip } from 'node:zlib'

/** What was written, in hexadecimal where it is a digest (SHA-256). */
export interface Written {
  /** Bytes of the file. */
  size: number
  /** Of the file. */
  sha256: string
  /** Of the lines before compression. */
  linesSha256: string
}

export class Output {
  readonly path: string
  readonly #head: Transform
  readonly #done: Promise<void>
  readonly #closed: Promise<void>
  readonly #file = createHash('sha256')
  readonly #lines = createHash('sha256')
  #size = 0

  /** The file must not be there yet. */
  constructor(path: string, gzip: boolean) {
    this.path = path
    this.#head = gzip ? createGzip() : new PassThrough()
    // `flush`: synced to the disk before it is closed.
    const file = createWriteStream(path, { flags: 'wx', mode: 0o600, flush: true })
    this.#closed = new Promise((resolve) => file.once('close', resolve))
    this.#done = pipeline(this.#head, (chunks) => this.#count(chunks), file)
    // Who writes or ends hears of it; who does neither has no use for it.
    this.#done.catch(() => {})
  }

  /** Resolves when there is room for more. */
  async write(chunk: Buffer): Promise<void> {
    this.#lines.update(chunk)
    if (this.#head.destroyed) await this.#done
    if (this.#head.write(chunk)) return
    const failed = this.#done.then(() => new Promise<never>(() => {}))
    await Promise.race([once(this.#head, 'drain'), failed])
  }

  /** Resolves when the file is whole and on the disk. */
  async end(): Promise<Written> {
    this.#head.end()
    await this.#done
    const [sha256, linesSha256] = [this.#file.digest('hex'), this.#lines.digest('hex')]
    return { size: this.#size, sha256, linesSha256 }
  }

  /** Gives it up; the file is left to be removed, and no longer open when it resolves: it would keep
   * its room on the disk. */
  async destroy(): Promise<void> {
    this.#head.destroy()
    await this.#done.catch(() => {})
    await this.#closed
  }

  async *#count(chunks: AsyncIterable<Buffer>): AsyncGenerator<Buffer, void, void> {
    for await (const chunk of chunks) {
      this.#file.update(chunk)
      this.#size += chunk.length
      yield chunk
    }
  }
}

/** SHA-256 of a file as `Written` has it; undefined where it is gone or the disk has lost it. */
export async function digestOfFile(path: string): Promise<string | undefined> {
  const hash = createHash('sha256')
  try {
    for await (const chunk of createReadStream(path)) hash.update(chunk as Buffer)
    return hash.digest('hex')
  } catch (thrown) {
    if (/^(ENOENT|EIO)$/.test((thrown as NodeJS.ErrnoException).code ?? '')) return undefined
    throw thrown
  }
}

/**
 * Appends CEF lines to a file. At least once: a block is written, synced to the disk, and only then
 * has its receipt. A write that fails half-way is taken back, a line that a crash left without its
 * end is closed first, and a file that was moved away (logrotate) is made anew.
 */
import { access, constants, open, rename, rm, stat } from 'node:fs/promises'
import type { FileHandle } from 'node:fs/promises'
import { dirname, resolve } from 'node:path'
import type { Block, CheckStep, Delivery, Destination } from '../core.ts'
import { asCefline, error } from '../error.ts'
import { eachLine } from '../io/lines.ts'
import { makeFolder } from '../io/make-folder.ts'
import { until } from './syslog/until.ts'

export interface Options {
  path: string
  rotate: number | null
  keep: number
}

export const schema = {
  path: {
    doc: 'File that lines are appended to; its folder is made when it is missing.',
    format: 'text',
    default: './cefline.log',
  },
  rotate: {
    doc: 'Size from which on a new file is begun and the old one becomes `path.1` (default: never).',
    format: 'bytes',
    nullable: true,
    default: null as number | null,
  },
  keep: {
    doc: 'How many old files are kept when `rotate` is set; the oldest is deleted.',
    format: 'nat',
    default: 10,
  },
}

const lineFeed = 10

export function create(options: Options, context: { name: string }): Destination {
  return new File(options, `destinations.${context.name}`)
}

class File implements Destination {
  readonly #options: Options
  readonly #path: string
  readonly #place: string

  constructor(options: Options, place: string) {
    if (options.rotate !== null && options.keep < 1) {
      throw error('config', `${place}.keep is ${options.keep}: keep at least 1 old file`)
    }
    this.#options = options
    this.#path = resolve(options.path)
    this.#place = place
  }

  async *check(): AsyncGenerator<CheckStep> {
    const start = performance.now()
    const step = (ok: boolean, detail: string) => {
      return { name: 'file', ok, detail, milliseconds: performance.now() - start }
    }
    for (let place = this.#path; ; place = dirname(place)) {
      try {
        await access(place, constants.W_OK)
        yield step(true, place === this.#path ? place : `${this.#path} will be made`)
        return
      } catch (thrown) {
        const missing = (thrown as NodeJS.ErrnoException).code === 'ENOENT'
        if (missing && dirname(place) !== place) continue
        yield step(false, this.#explain(thrown).message)
        return
      }
    }
  }

  async deliver(
    blocks: AsyncIterable<Block>,
    delivery: Delivery,
    signal: AbortSignal,
  ): Promise<void> {
    const iterator = blocks[Symbol.asyncIterator]()
    let output: Output | undefined
    try {
      output = await Output.open(this.#path, this.#options)
      delivery.proof('synced')
      delivery.connected(this.#path)
      for (;;) {
        const next = await until(iterator.next(), signal)
        if (next.done === true) return
        await output.append(textOf(next.value))
        delivery.receipt(next.value)
      }
    } catch (thrown) {
      if (!signal.aborted) throw this.#explain(thrown)
    } finally {
      await output?.close()
      void iterator.return?.()
    }
  }

  frame(cef: string): Buffer {
    return Buffer.from(`${cef}\n`)
  }

  async close(): Promise<void> {
    // Each delivery owns its file and closes it.
  }

  #explain(thrown: unknown): Error {
    const code = (thrown as NodeJS.ErrnoException).code
    if (code === undefined || asCefline(thrown) === thrown) return asCefline(thrown)
    const cure: Record<string, string> = {
      ENOSPC: 'the disk is full: make room',
      EDQUOT: 'the quota is used up: raise it or make room',
      EACCES: 'this user may not write there: give it the folder',
      EPERM: 'this user may not write there: give it the folder',
      EROFS: 'the file system is read-only: choose another path',
      ENOENT: 'its folder cannot be made there: choose another path',
      EISDIR: 'it is a folder: name a file in it',
    }
    const why = cure[code] ?? `writing failed (${code})`
    return error('write-failed', `${this.#path} (${this.#place}.path): ${why}`, { cause: thrown })
  }
}

/** The open file. */
class Output {
  readonly #path: string
  readonly #options: Options
  #file: FileHandle
  #inode = 0
  #size = 0

  private constructor(path: string, options: Options, file: FileHandle) {
    this.#path = path
    this.#options = options
    this.#file = file
  }

  static async open(path: string, options: Options): Promise<Output> {
    await makeFolder(dirname(path))
    const output = new Output(path, options, await openFile(path))
    await output.#begin()
    return output
  }

  /** Resolves when the text is on the disk. */
  async append(text: Buffer): Promise<void> {
    const { rotate } = this.#options
    if ((await inodeOf(this.#path)) !== this.#inode) await this.#reopen()
    if (rotate !== null && this.#size > 0 && this.#size + text.length > rotate) await this.#rotate()
    try {
      await this.#file.appendFile(text)
      await this.#file.datasync()
      this.#size += text.length
    } catch (thrown) {
      await this.#file.truncate(this.#size).catch(() => {})
      throw thrown
    }
  }

  async close(): Promise<void> {
    await this.#file.close()
  }

  async #begin(): Promise<void> {
    const { ino, size } = await this.#file.stat()
    this.#inode = ino
    this.#size = size
    if (size > 0) await this.#closeTornLine()
    else await syncFolder(dirname(this.#path))
  }

  async #closeTornLine(): Promise<void> {
    const last = Buffer.alloc(1)
    await this.#file.read(last, 0, 1, this.#size - 1)
    if (last[0] === lineFeed) return
    await this.#file.appendFile('\n')
    this.#size += 1
  }

  async #reopen(): Promise<void> {
    await this.#file.close()
    this.#file = await openFile(this.#path)
    await this.#begin()
  }

  /** `path.1` is the newest of the old files. */
  async #rotate(): Promise<void> {
    const { keep } = this.#options
    await rm(`${this.#path}.${keep}`, { force: true })
    for (let number = keep - 1; number >= 0; number -= 1) {
      const from = number === 0 ? this.#path : `${this.#path}.${number}`
      await rename(from, `${this.#path}.${number + 1}`).catch(ignoreMissing)
    }
    await this.#reopen()
  }
}

/** The block's lines, each with its line feed. */
function textOf(block: Block): Buffer {
  const parts: Buffer[] = []
  const end = Buffer.from('\n')
  eachLine(block.lines, (start, stop) => parts.push(block.lines.subarray(start, stop), end))
  return Buffer.concat(parts)
}

async function openFile(path: string): Promise<FileHandle> {
  return open(path, 'a+', 0o640)
}

async function inodeOf(path: string): Promise<number | undefined> {
  return stat(path).then(({ ino }) => ino, ignoreMissing)
}

function ignoreMissing(thrown: NodeJS.ErrnoException): undefined {
  if (thrown.code !== 'ENOENT') throw thrown
}

/** A new name is durable when its folder is synced too. */
async function syncFolder(path: string): Promise<void> {
  const folder = await open(path, 'r')
  await folder.sync().finally(() => folder.close())
}

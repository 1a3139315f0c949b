/**
 * What becomes of a dropped file that was read, or could not be. One that was goes to `done`; one that
 * can never be goes to `failed`; any other one, also one that cannot be moved now, waits by itself.
 * Where files are kept, those that are done with are remembered instead of moved.
 */
import { createHash } from 'node:crypto'
import type { Notice } from '../core.ts'
import { asCefline } from '../error.ts'
import { printableName } from '../io/file-name.ts'
import { Held } from '../io/held.ts'
import { idBytes } from '../io/lines.ts'
import type { SeenFile } from '../io/settled.ts'
import type { DropFinish } from './finish.ts'
import type { DropFolders } from './folders.ts'
import type { FileFailure } from './portion.ts'

/** A file that was read to its end, or to its failure. */
export interface ReadFile {
  file: SeenFile
  failure: FileFailure | undefined
}

/** Files moved at once: enough to hide the thread pool's latency. */
const atOnce = 16

export class DropFate {
  readonly held = new Held()
  readonly #folders: DropFolders
  readonly #finish: DropFinish
  /** The last thing that moving files failed with: said once, until a move succeeds. */
  #moveProblem = ''

  constructor(folders: DropFolders, finish: DropFinish) {
    this.#folders = folders
    this.#finish = finish
  }

  /** What there is to tell with the batch that the files end with, once: when the thread that reads
   * them ends, it is the same for each. */
  notices(files: ReadFile[]): Notice[] {
    const notices = files.flatMap((read) => this.#notices(read))
    return [...new Map(notices.map((notice) => [notice.message, notice])).values()]
  }

  /** What is to be remembered with that batch. */
  remembered(files: ReadFile[]): Uint8Array | undefined {
    const kept = files.filter(({ failure }) => this.#isKept && failure?.permanent !== false)
    if (kept.length === 0) return undefined
    return Buffer.concat(kept.map(({ file }) => fingerprint(file)))
  }

  /** To be called when that batch is durable. Gives what there is to tell. */
  async settle(files: ReadFile[]): Promise<Notice[]> {
    const left = [...files]
    const notices: Notice[] = []
    const work = async (): Promise<void> => {
      for (let next = left.shift(); next; next = left.shift()) {
        notices.push(...(await this.#settleOne(next)))
      }
    }
    await Promise.all(Array.from({ length: Math.min(atOnce, files.length) }, work))
    return notices
  }

  get #isKept(): boolean {
    return this.#folders.after === 'keep'
  }

  #notices({ file, failure }: ReadFile): Notice[] {
    if (!failure) return []
    const message = this.#textOf(file, failure)
    if (this.held.why(file) === message) return []
    const { code, permanent } = failure
    if (!permanent) {
      const level = code === 'file-changed' ? 'info' : code === 'internal' ? 'error' : 'warn'
      return [{ level, code, message }]
    }
    const { failed } = this.#folders
    const fate = this.#isKept ? 'it is left where it is' : `it goes to ${failed}`
    return [{ level: 'error', code, message: `${message}; ${fate}` }]
  }

  /** What is told of it. A fault of ours for the second time, when the file is read alone, is one that
   * this file brings out. */
  #textOf(file: SeenFile, { code, message, permanent }: FileFailure): string {
    const named = `${printableName(file.name)}: ${message}`
    const isAgain = [message, named].includes(this.held.why(file) ?? '')
    return code === 'internal' && !permanent && isAgain ? named : message
  }

  async #settleOne({ file, failure }: ReadFile): Promise<Notice[]> {
    if (failure?.permanent === false) {
      this.held.hold(file, false, performance.now(), this.#textOf(file, failure))
      return []
    }
    if (this.#isKept) {
      this.held.release(file)
      return []
    }
    try {
      const notice = await (failure ? this.#finish.failed(file, failure) : this.#finish.done(file))
      this.held.release(file)
      this.#moveProblem = ''
      return notice ? [notice] : []
    } catch (thrown) {
      const why = failure && this.#textOf(file, failure)
      this.held.hold(file, failure === undefined, performance.now(), why)
      return this.#notMoved(file, thrown)
    }
  }

  #notMoved({ name }: SeenFile, thrown: unknown): Notice[] {
    const { code, message } = asCefline(thrown, 'write-failed')
    if (message === this.#moveProblem) return []
    this.#moveProblem = message
    const fate = `${printableName(name)} stays where it is, and nothing of it is sent again`
    return [{ level: 'error', code, message: `${message}; ${fate}` }]
  }
}

/** 16 bytes that stand for a file that is left where it is: its name, inode, size and time. */
export function fingerprint({ name, identity }: SeenFile): Uint8Array {
  const { ino, size, mtimeNs } = identity
  return createHash('sha256')
    .update(name)
    .update(`/${ino}/${size}/${mtimeNs}`)
    .digest()
    .subarray(0, idBytes)
}

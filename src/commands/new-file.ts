/**
 * A file that a command makes: whole under its name, or not there at all. It is written under a hidden
 * name beside it, synced, and takes its name at the end. A program that is killed leaves the hidden
 * one, `.cefline-….part`.
 */
import { randomBytes } from 'node:crypto'
import type { BigIntStats } from 'node:fs'
import type { FileHandle } from 'node:fs/promises'
import { link, open, realpath, rename, rm, stat } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { Writable } from 'node:stream'
import { asCefline, error, isCeflineError } from '../error.ts'
import { syncFolder } from '../io/copy.ts'
import { errnoOf } from '../io/regular-file.ts'

/** What link(2) fails with where there are no links. */
const noLinks = ['EPERM', 'ENOTSUP', 'EOPNOTSUPP', 'ENOSYS', 'EMLINK']

/** Of what waits to be written. */
const bufferedBytes = 256 * 1024

/** A file that must not be replaced, as it is being read. */
export type Spared = Pick<BigIntStats, 'dev' | 'ino'>

export class NewFile {
  readonly #given: string
  readonly #path: string
  readonly #part: string
  readonly #replace: boolean
  readonly #handle: FileHandle
  #isOpen = true
  #isThere = true

  private constructor(
    given: string,
    { path, part, replace }: { path: string; part: string; replace: boolean },
    handle: FileHandle,
  ) {
    this.#given = given
    this.#path = path
    this.#part = part
    this.#replace = replace
    this.#handle = handle
  }

  /** `replace`: a regular file of that name may go. Throws `write-failed` for what cannot be made. */
  static async open(given: string, replace: boolean, spared?: Spared): Promise<NewFile> {
    const path = await judged(given, replace, spared)
    const part = join(dirname(path), `.cefline-${randomBytes(6).toString('hex')}.part`)
    try {
      return new NewFile(given, { path, part, replace }, await open(part, 'wx'))
    } catch (thrown) {
      throw unwritable(given, thrown)
    }
  }

  /** To be written to its end before `keep`. A stream of Node's own would close the file's number when
   * it is torn down, whosever that is by then. */
  stream(): Writable {
    return new Writable({
      highWaterMark: bufferedBytes,
      write: (chunk: Buffer, _encoding, done) =>
        void this.#handle.appendFile(chunk).then(() => done(), done),
    })
  }

  async append(text: string): Promise<void> {
    try {
      await this.#handle.appendFile(text)
    } catch (thrown) {
      throw unwritable(this.#given, thrown)
    }
  }

  /** Gives it its name. Throws `write-failed`, and then nothing is there. */
  async keep(): Promise<void> {
    try {
      await this.#handle.sync()
      await this.#close()
      if (this.#replace) await rename(this.#part, this.#path)
      else await this.#keepBeside()
      this.#isThere = false
      await syncFolder(dirname(this.#path))
    } catch (thrown) {
      await this.discard()
      throw errnoOf(thrown) === 'EEXIST' ? exists(this.#given) : unwritable(this.#given, thrown)
    }
  }

  /** Safe twice, and after `keep`. */
  async discard(): Promise<void> {
    await this.#close()
    if (this.#isThere) await rm(this.#part, { force: true })
    this.#isThere = false
  }

  /** A link replaces nothing, also not what came under the name meanwhile. */
  async #keepBeside(): Promise<void> {
    try {
      await link(this.#part, this.#path)
    } catch (thrown) {
      if (!noLinks.includes(errnoOf(thrown))) throw thrown
      if (await statOf(this.#path)) throw exists(this.#given)
      await rename(this.#part, this.#path)
      return
    }
    await rm(this.#part)
  }

  async #close(): Promise<void> {
    if (this.#isOpen) await this.#handle.close()
    this.#isOpen = false
  }
}

/** The path that is written to: where a link leads, when there is one. */
async function judged(given: string, replace: boolean, spared?: Spared): Promise<string> {
  try {
    const before = await statOf(given)
    if (!before) return given
    if (spared && before.dev === spared.dev && before.ino === spared.ino) {
      throw error('write-failed', `${given} is the file that is read; name another one`)
    }
    if (!before.isFile()) {
      const cure = 'name a file, or none for standard output'
      throw error('write-failed', `${given} is not a regular file; ${cure}`)
    }
    if (!replace) throw exists(given)
    return await realpath(given)
  } catch (thrown) {
    throw unwritable(given, thrown)
  }
}

async function statOf(path: string): Promise<BigIntStats | undefined> {
  try {
    return await stat(path, { bigint: true })
  } catch (thrown) {
    if (errnoOf(thrown) === 'ENOENT') return undefined
    throw thrown
  }
}

function exists(given: string): Error {
  return error('write-failed', `${given} exists; add --force to replace it`)
}

const reasons: Record<string, string> = {
  ENOENT: 'there is no such folder',
  ENOTDIR: 'there is no such folder',
  ENOSPC: 'the disk is full',
  EDQUOT: 'the quota is used up',
  EACCES: 'permission is missing',
  EPERM: 'permission is missing',
  EROFS: 'its file system is read-only',
}

/** What the system threw, in words; an error of ours stays. */
export function unwritable(given: string, thrown: unknown): Error {
  if (isCeflineError(thrown)) return thrown
  const errno = errnoOf(thrown)
  const reason = reasons[errno] ?? asCefline(thrown).message
  return error('write-failed', `${given} cannot be written (${errno || 'failed'}): ${reason}`, {
    cause: thrown,
  })
}

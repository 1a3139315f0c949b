/**
 * Where dropped files go: to `done` when everything of them is durable, to `failed`, with the reason
 * beside them, when they can never be read. Both folders belong to Cefline: what is in them is removed
 * after a while, and what is written to there comes back.
 */
import { unlink, writeFile } from 'node:fs/promises'
import type { Notice } from '../core.ts'
import { error, isCeflineError } from '../error.ts'
import { Afterwards, removeAfter } from '../io/afterwards.ts'
import { asideStem, copyName, joinPath, printableName, withEnding } from '../io/file-name.ts'
import { localSettle } from '../io/folder.ts'
import { moveInto, moveWithin } from '../io/move.ts'
import type { Moved } from '../io/move.ts'
import { Purge } from '../io/purge.ts'
import { errnoOf } from '../io/regular-file.ts'
import { recoverAside } from '../io/set-aside.ts'
import type { SeenFile } from '../io/settled.ts'
import type { DropFolders } from './folders.ts'
import type { FileFailure } from './portion.ts'

const reasonEnding = '.reason.txt'

export class DropFinish {
  readonly #folders: DropFolders
  readonly #read: Afterwards
  readonly #refused: Afterwards
  readonly #purge: Purge
  readonly #margin: number

  /** `keepDone` and `settle` in ms; `again`: what it means for a file's rows that it is read once more. What is
   * to be deleted and was left in `done`, as by a crash, is removed a minute after its last change. */
  constructor(folders: DropFolders, keepDone: number, settle = localSettle, again = '') {
    const { folder, done, failed, after } = folders
    this.#folders = folders
    // An untouched file's times are `settle` apart at least; those of a written one hardly at all.
    this.#margin = Math.min(1_000, settle / 2)
    this.#read = new Afterwards({
      folder,
      target: done,
      remove: after === 'delete',
      told: { had: 'it had been read', means: again },
    })
    this.#refused = new Afterwards({
      folder,
      target: failed,
      remove: false,
      told: { had: 'it could not be read', means: '' },
      beside: reasonEnding,
    })
    const age = after === 'delete' && done !== failed ? removeAfter : keepDone
    this.#purge = new Purge([
      { folder: done, age, isKept: (name) => isAside(name) || this.#read.isStuck(name) },
      {
        folder: failed,
        age: keepDone,
        isKept: (name) => isAside(name) || this.#refused.isStuck(name),
      },
    ])
  }

  /** Moves the file to `done`, also one that is to be deleted, and has it looked after there: its
   * writer may not have finished. Gives what there is to tell; throws `write-failed` when it is still
   * where it was. */
  async done(file: SeenFile): Promise<Notice | undefined> {
    const moved = await move(file, this.#folders, this.#folders.done, this.#read)
    return moved.kind === 'changed' ? changedNotice(file.name) : undefined
  }

  /** Moves the file to `failed` and writes the reason beside it. As `done` does. */
  async failed(file: SeenFile, reason: FileFailure): Promise<Notice | undefined> {
    const { failed } = this.#folders
    const moved = await move(file, this.#folders, failed, this.#refused)
    if (moved.kind === 'changed') return changedNotice(file.name)
    if (moved.kind === 'gone') return undefined
    return writeReason(failed, withEnding(moved.name, reasonEnding), reason)
  }

  /** Waits for it, and meanwhile looks after the files. */
  async during<T>(waiting: Promise<T>): Promise<T> {
    return this.#refused.during(this.#read.during(waiting))
  }

  /** To be called when the source opens: looks after what was moved before, or was about to be. Where both folders are one
   * it is looked through once, by the one who knows of the reasons in it. Never throws. */
  async adopt(): Promise<Notice[]> {
    const { folder, done, failed, after } = this.#folders
    if (after === 'keep') return []
    const recovered = await recoverAside(new Set([folder, done, failed]), folder)
    const notices = recovered.map(recoveredNotice)
    if (done !== failed) notices.push(...(await this.#read.adopt(this.#margin)))
    notices.push(...(await this.#refused.adopt(this.#margin)))
    return notices
  }

  /** Does what is due, and gives what there is to tell. Never throws. */
  async due(): Promise<Notice[]> {
    return [...(await this.#read.due()), ...(await this.#refused.due())]
  }

  /** Begins to remove what is old, when it is time, and waits for none of it. Never throws. */
  purge(): Notice[] {
    return this.#purge.due()
  }

  /** Looks at all files once more, and forgets them. */
  async end(): Promise<Notice[]> {
    await this.#purge.end()
    return [...(await this.#read.end()), ...(await this.#refused.end())]
  }
}

/** What a crash left and could not be taken back yet: perhaps nobody has read it. */
function isAside(name: Buffer): boolean {
  return asideStem(name.toString('latin1')) !== undefined
}

async function move(
  { name, identity }: SeenFile,
  { folder }: DropFolders,
  target: string,
  afterwards: Afterwards,
): Promise<Moved> {
  try {
    const moved = await moveInto(joinPath(folder, name), identity, target, name)
    // Nobody writes to a copy; one that is to be deleted is removed by the purge.
    if (moved.kind === 'moved' && !moved.copied) afterwards.remember(name, moved.name, identity)
    return moved
  } catch (cause) {
    throw isCeflineError(cause) ? cause : notMoved(target, cause)
  }
}

/** Under its name once it is whole: whoever watches the folder reads no empty one. The file itself is
 * out of the way already, so this may fail. */
async function writeReason(
  folder: string,
  name: Buffer,
  reason: FileFailure,
): Promise<Notice | undefined> {
  const unfinished = joinPath(folder, copyName())
  try {
    const text = `${new Date().toISOString()} ${reason.code}\n${reason.message}\n`
    await writeFile(unfinished, text, { flag: 'wx' })
    await moveWithin(unfinished, folder, name)
    return undefined
  } catch (thrown) {
    await unlink(unfinished).catch(() => undefined)
    const path = printableName(joinPath(folder, name))
    const message = `${path} cannot be written (${errnoOf(thrown) || String(thrown)})`
    return { level: 'warn', code: 'write-failed', message }
  }
}

function recoveredNotice(name: Buffer): Notice {
  const message = `${printableName(name)} is what a move that was cut short left behind; it is read again`
  return { level: 'warn', code: 'file-recovered', message }
}

function changedNotice(name: Buffer): Notice {
  return {
    level: 'warn',
    code: 'file-changed',
    message: `${printableName(name)} changed after it was read; it is read again`,
  }
}

function notMoved(target: string, cause: unknown): Error {
  const errno = errnoOf(cause)
  const cure: Record<string, string> = {
    EACCES: 'the user that Cefline runs as needs permission to write there',
    EPERM: 'the user that Cefline runs as needs permission to write there',
    EROFS: 'the file system is read-only; name another folder, or set after to keep',
    ENOSPC: 'the file system is full; make room',
    EDQUOT: 'the quota is used up; make room',
    ENOTDIR: 'a part of the path is a file',
    EEXIST: 'a file of that name is in the way of the folder',
  }
  return error(
    'write-failed',
    `files cannot be moved to ${target} (${errno || String(cause)}); ${cure[errno] ?? 'it is tried again'}`,
    { cause },
  )
}

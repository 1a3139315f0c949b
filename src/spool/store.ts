/**
 * The LMDB environment: four databases, one owner, and one way to write.
 *
 * A write is one child transaction that begins by comparing the owner's epoch: a process that has
 * lost the spool changes nothing. It resolves after the sync, as neither overlapping syncs nor
 * batching by turn are on; writes that wait together share one sync. When it fails, nothing of it is
 * there and the environment can be used on (measured: a file size limit, a full disk).
 *
 * Keys: blocks and ids `[queue, number]`; rejects `number`; meta `[kind, …]`, values as JSON.
 */
import { mkdirSync, realpathSync } from 'node:fs'
import { join } from 'node:path'
import { open } from 'lmdb'
import type { Database, Key, RootDatabase } from 'lmdb'
import { error, isCeflineError } from '../error.ts'
import { inspectFile } from './file.ts'
import { isLiving, thisProcess } from './owner.ts'
import type { Owner } from './owner.ts'

/** Version of all that is stored; a newer one is refused. */
export const formatVersion = 1

/** Folders that are open in this process: LMDB must not be opened twice on one file. */
const opened = new Set<string>()

export class Store {
  readonly folder: string
  readonly #lock: string
  readonly #environment: RootDatabase<unknown, Key>
  readonly #blocks: Database<Buffer, Key>
  readonly #ids: Database<Buffer, Key>
  readonly #rejects: Database<Buffer, Key>
  readonly #meta: Database<unknown, Key>
  #epoch = 0
  #closed: Promise<void> | undefined

  /** Throws `spool-owner`, `spool-damaged` or `spool-failed`. */
  static async open(folder: string): Promise<Store> {
    let lock: string
    try {
      mkdirSync(folder, { recursive: true, mode: 0o700 })
      lock = realpathSync(folder)
    } catch (thrown) {
      throw failed(folder, 'cannot be made', thrown)
    }
    if (opened.has(lock)) throw inUse(folder, process.pid)
    inspectFile(join(lock, 'data.mdb'))
    opened.add(lock)
    let store: Store | undefined
    try {
      store = new Store(folder, lock)
      await store.#claim()
      return store
    } catch (thrown) {
      await store?.close()
      opened.delete(lock)
      throw isCeflineError(thrown) ? thrown : failed(folder, 'cannot be opened', thrown)
    }
  }

  private constructor(folder: string, lock: string) {
    this.folder = folder
    this.#lock = lock
    this.#environment = open({
      path: lock,
      // Else a folder with a dot in its name is taken for a file.
      noSubdir: false,
      overlappingSync: false,
      eventTurnBatching: false,
    })
    const database = (name: string) =>
      this.#environment.openDB<Buffer, Key>({ name, encoding: 'binary' })
    this.#blocks = database('blocks')
    this.#ids = database('ids')
    this.#rejects = database('rejects')
    this.#meta = this.#environment.openDB<unknown, Key>({ name: 'meta', encoding: 'json' })
  }

  get blocks(): Database<Buffer, Key> {
    this.#alive()
    return this.#blocks
  }

  get ids(): Database<Buffer, Key> {
    this.#alive()
    return this.#ids
  }

  get rejects(): Database<Buffer, Key> {
    this.#alive()
    return this.#rejects
  }

  get meta(): Database<unknown, Key> {
    this.#alive()
    return this.#meta
  }

  get closed(): boolean {
    return this.#closed !== undefined
  }

  /** Bytes of the environment's file: what it has ever needed, as it never shrinks. */
  get fileBytes(): number {
    this.#alive()
    const { pageSize, lastPageNumber } = this.#environment.getStats() as Record<string, number>
    return (pageSize ?? 0) * ((lastPageNumber ?? 0) + 1)
  }

  /**
   * Runs `change` in a transaction; resolves when it is durable, with its result. It must not be
   * asynchronous and sees what it has written itself. What it throws undoes all of it. Throws
   * `spool-owner`, or `spool-failed` with the system's reason as the cause.
   */
  async write<T>(change: () => T): Promise<T> {
    this.#alive()
    try {
      return await this.#environment.childTransaction(() => {
        this.#fence()
        return change()
      })
    } catch (thrown) {
      if (isCeflineError(thrown)) throw thrown
      const cause = await causeOf(thrown)
      await this.#advance()
      throw failed(this.folder, 'could not be written', cause)
    } finally {
      // Reads see the commit at once, not at the next turn.
      if (!this.closed) this.#environment.resetReadTxn()
    }
  }

  /** Waits for what is being written. Safe twice. */
  close(): Promise<void> {
    if (this.#closed) return this.#closed
    const released = this.#release()
    this.#closed = released
      .then(() => this.#environment.close())
      .finally(() => opened.delete(this.#lock))
    return this.#closed
  }

  async #claim(): Promise<void> {
    await this.#environment.childTransaction(() => {
      const format = (this.#meta.get(['format']) as number | undefined) ?? formatVersion
      if (format > formatVersion) {
        throw error(
          'spool-failed',
          `spool ${this.folder} has format ${format}, this release knows ${formatVersion}; start the newer release, or let it empty the spool first`,
          { retryAfter: Infinity },
        )
      }
      const owner = this.#meta.get(['owner']) as Owner | undefined
      if (owner && isLiving(owner)) throw inUse(this.folder, owner.pid)
      this.#epoch = (owner?.epoch ?? 0) + 1
      this.#meta.putSync(['owner'], thisProcess(this.#epoch))
      this.#meta.putSync(['format'], formatVersion)
    })
    this.#environment.resetReadTxn()
  }

  /** Leaves the spool to the next owner; one that was lost is left as it is. */
  async #release(): Promise<void> {
    if (this.#epoch === 0) return
    await this.write(() => {
      this.#meta.putSync(['owner'], { ...thisProcess(this.#epoch), pid: 0 })
    }).catch(() => {})
  }

  /**
   * A small commit after one that failed. LMDB gives out the pages that a transaction freed only two
   * transactions later; while every append fails for want of room, none would ever be the second one
   * (measured: with a file at its limit, appends failed for ever after all blocks were deleted).
   */
  async #advance(): Promise<void> {
    try {
      await this.#environment.childTransaction(() => {
        this.#fence()
        this.#meta.putSync(['advanced'], Date.now())
      })
    } catch (thrown) {
      await causeOf(thrown)
    }
  }

  #fence(): void {
    const owner = this.#meta.get(['owner']) as Owner | undefined
    if (owner?.epoch === this.#epoch) return
    throw error(
      'spool-owner',
      `spool ${this.folder} was taken over by process ${owner?.pid}; this process has stopped writing to it: run only one on a folder`,
      { retryAfter: Infinity },
    )
  }

  #alive(): void {
    if (this.#closed) throw error('spool-failed', `spool ${this.folder} is closed`)
  }
}

function inUse(folder: string, pid: number) {
  return error(
    'spool-owner',
    `spool ${folder} is in use by process ${pid}; stop that one first, or give this one a spool.folder of its own`,
  )
}

function failed(folder: string, what: string, cause: unknown) {
  const { message, code } = cause as NodeJS.ErrnoException
  const detail = code === undefined ? message : `${message} (${code})`
  return error('spool-failed', `spool ${folder} ${what}: ${detail}`, { cause })
}

/** lmdb hides the system's error of a failed commit in a promise of the error's own. */
async function causeOf(thrown: unknown): Promise<unknown> {
  const { commitError } = thrown as { commitError?: Promise<never> }
  if (!commitError) return thrown
  return commitError.catch((cause: unknown) => cause)
}

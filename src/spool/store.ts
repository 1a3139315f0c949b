/**
 * The spool's databases in the hand of their one owner, and one way to write.
 *
 * A write is one child transaction that begins by comparing the owner's epoch (`tenure.ts`): a process
 * that has lost the spool changes nothing. It resolves after the sync, as neither overlapping syncs nor
 * batching by turn are on; writes that wait together share one sync. When it fails, nothing of it is
 * there and the environment can be used on (measured: a file size limit, a full disk); where LMDB
 * itself refuses to go on, after its root could not be written, it is opened anew.
 */
import type { Database, Key } from 'lmdb'
import { error, isCeflineError } from '../error.ts'
import { within } from '../io/within.ts'
import type { Databases } from './databases.ts'
import { openEnvironment } from './environment.ts'
import type { Environment } from './environment.ts'
import { causeOf, failed, inUse } from './failure.ts'
import { makeDataFile, makeLockFile } from './lock-file.ts'
import { checkPlace } from './place.ts'
import type { Place } from './place.ts'
import { readable } from './owner.ts'
import { Tenure } from './tenure.ts'

/** Version of all that is stored; a newer one is refused. 2: sealed records, books, holes in rejects. */
export const formatVersion = 2

/** ms that the end of the process waits for LMDB, which may wait for a lock that nobody gives back. */
export const patience = 5000
/** ms between two looks for readers that are dead. */
const betweenChecks = 60_000

/** Folders that are open in this process: LMDB must not be opened twice on one file. */
const opened = new Set<string>()

export class Store implements Databases {
  readonly folder: string
  readonly #place: Place
  readonly #tenure: Tenure
  /** Undefined after LMDB has refused to go on, until it is used again. */
  #environment: Environment | undefined
  #leaving: Promise<void> | undefined
  #closed: Promise<void> | undefined
  #left = false
  #checked = Date.now()

  /** Throws `spool-owner`, `spool-damaged` or `spool-failed`. */
  static async open(place: Place): Promise<Store> {
    const { folder, real } = place
    if (opened.has(real)) throw inUse(folder, process.pid)
    opened.add(real)
    let store: Store | undefined
    try {
      await checkPlace(place)
      makeLockFile(real)
      makeDataFile(real)
      store = new Store(place)
      await store.#claim()
      return store
    } catch (thrown) {
      // One that does not close in time has LMDB open, and the folder with it.
      if (store) await store.close()
      else leave(place)
      throw isCeflineError(thrown) ? thrown : failed(folder, 'cannot be opened', thrown)
    }
  }

  private constructor(place: Place) {
    this.folder = place.folder
    this.#place = place
    this.#tenure = new Tenure(place.folder)
    this.#environment = openEnvironment(place.real)
  }

  get blocks(): Database<Buffer, Key> {
    return this.#alive().blocks
  }

  get ids(): Database<Buffer, Key> {
    return this.#alive().ids
  }

  get rejects(): Database<Buffer, Key> {
    return this.#alive().rejects
  }

  get meta(): Database<unknown, Key> {
    return this.#alive().meta
  }

  get closed(): boolean {
    return this.#closed !== undefined
  }

  /** Another process has taken the spool over: nothing more can be written. */
  get lost(): boolean {
    return this.#tenure.lost
  }

  /** It was closed, and LMDB did not end in time: it waits for a lock that another process holds, or
   * for a disk that does not answer, and so would the end of the process (measured). */
  get stuck(): boolean {
    return this.closed && !this.#left
  }

  /** Bytes of the environment's file: what it has ever needed, as it never shrinks. */
  get fileBytes(): number {
    const stats = this.#alive().root.getStats() as Record<string, number>
    return (stats['pageSize'] ?? 0) * ((stats['lastPageNumber'] ?? 0) + 1)
  }

  /** To be called when everything is loaded: the start has not died. */
  loaded(): void {
    this.#place.opening.loaded()
  }

  /**
   * Runs `change` in a transaction; resolves when it is durable, with its result. It must not be
   * asynchronous and sees what it has written itself. What it throws undoes all of it. Throws
   * `spool-owner`, or `spool-failed` with the system's reason as the cause.
   */
  async write<T>(change: () => T): Promise<T> {
    await this.#leaving
    const { root, meta } = this.#alive()
    if (Date.now() - this.#checked > betweenChecks) this.clearReaders()
    try {
      return await root.childTransaction(() => {
        this.#tenure.check(meta)
        return change()
      })
    } catch (thrown) {
      if (isCeflineError(thrown)) throw thrown
      const cause = await causeOf(thrown)
      await this.#advance()
      throw failed(this.folder, 'could not be written', cause)
    } finally {
      // Reads see the commit at once, not at the next turn.
      if (!this.closed) this.#environment?.root.resetReadTxn()
    }
  }

  /** A reader that was killed keeps pages from being used again until it is found to be dead. */
  clearReaders(): void {
    this.#checked = Date.now()
    this.#alive().root.readerCheck()
  }

  /** Waits for what is being written, for a while: then the folder stays taken. Safe twice. */
  async close(): Promise<void> {
    this.#closed ??= this.#end()
    await within(this.#closed, patience)
  }

  #end(): Promise<void> {
    return this.#release()
      .then(() => this.#environment?.root.close())
      .finally(() => {
        this.#left = true
        leave(this.#place)
      })
  }

  async #claim(): Promise<void> {
    const { root, meta } = this.#alive()
    await root.childTransaction(() => {
      const format = (readable(meta, ['format']) as number | undefined) ?? formatVersion
      if (format > formatVersion) {
        throw error(
          'spool-failed',
          `spool ${this.folder} has format ${format}, this release knows ${formatVersion}; start the newer release, or let it empty the spool first`,
          { retryAfter: Infinity },
        )
      }
      this.#tenure.begin(meta)
      meta.putSync(['format'], formatVersion)
    })
    root.resetReadTxn()
  }

  /** Leaves the spool to the next owner; one that was lost is left as it is. */
  async #release(): Promise<void> {
    if (!this.#tenure.hasBegun) return
    await this.#leaving
    if (!this.#environment) return
    const { root, meta } = this.#environment
    await root.childTransaction(() => this.#tenure.end(meta)).catch(causeOf)
  }

  /**
   * A small commit after one that failed. LMDB gives out the pages that a transaction freed only two
   * transactions later; while every append fails for want of room, none would ever be the second one
   * (measured: with a file at its limit, appends failed for ever after all blocks were deleted).
   */
  async #advance(): Promise<void> {
    try {
      const { root, meta } = this.#alive()
      await root.childTransaction(() => {
        this.#tenure.check(meta)
        meta.putSync(['advanced'], Date.now())
      })
    } catch (thrown) {
      if (isCeflineError(thrown)) return
      await causeOf(thrown)
      this.#leaving ??= this.#leave().finally(() => (this.#leaving = undefined))
      await this.#leaving
    }
  }

  /** Once its root could not be written, LMDB neither writes nor reads, until it is opened anew: here
   * at the next use. */
  async #leave(): Promise<void> {
    const environment = this.#environment
    if (!environment || this.closed) return
    try {
      environment.root.resetReadTxn()
      environment.meta.doesExist(['owner'])
    } catch {
      this.#environment = undefined
      await environment.root.close().catch(() => {})
    }
  }

  #alive(): Environment {
    if (this.#environment && !this.#closed) return this.#environment
    if (this.#closed) throw error('spool-failed', `spool ${this.folder} is closed`)
    if (this.#leaving) throw error('spool-failed', `spool ${this.folder} is being opened anew`)
    try {
      this.#environment = openEnvironment(this.#place.real)
      return this.#environment
    } catch (thrown) {
      throw failed(this.folder, 'cannot be opened anew', thrown)
    }
  }
}

/** To be called when LMDB is closed, or was never opened. */
function leave({ opening, claim, real }: Place): void {
  opening.end()
  claim.release()
  opened.delete(real)
}

/**
 * A source that takes files dropped into a folder. What is in them is its reading thread's to know.
 *
 * A file is taken when it is complete (`io/settled.ts`), oldest first, read in a worker thread, and
 * moved to `done` when its last row is durable; one that can never be read goes to `failed` with the
 * reason beside it. A file that cannot be read now, or not be moved, waits by itself, and the folder
 * goes on. Many small files share one batch, and so one commit; each of them is told apart all the
 * same. `done` and `failed` belong to Cefline: what is in them is removed after `keepDone`. What is
 * written to there is read again (`io/afterwards.ts`).
 *
 * It keeps no checkpoint: after a crash a file is read from its beginning, and the spool leaves out
 * what was given before, by the ids of its rows.
 */
import type { Batch, CheckStep, Notice, Source, SourceContext, StoredReject } from '../core.ts'
import { asCefline } from '../error.ts'
import { joinPath } from '../io/file-name.ts'
import { Folder } from '../io/folder.ts'
import type { FolderOptions } from '../io/folder.ts'
import { noLines } from '../io/lines.ts'
import type { Lines } from '../io/lines.ts'
import type { SeenFile } from '../io/settled.ts'
import { checkDropFolder } from './check.ts'
import { DropFate, fingerprint } from './fate.ts'
import type { ReadFile } from './fate.ts'
import { DropFinish } from './finish.ts'
import type { DropFolders, DropOptions } from './folders.ts'
import { dropGroups } from './groups.ts'
import type { DropGroup } from './groups.ts'
import type { Portion } from './portion.ts'
import type { ReadingThread } from './thread.ts'

/** Groups of files whose reading has begun while those before them are committed and moved. */
const readAhead = 2

/** ms: how often a folder without new files says that it is watched. */
const signOfLife = 30_000

export interface DropSourceOptions
  extends Pick<DropOptions, 'keepDone' | 'settle' | 'watch'>, Pick<SourceContext, 'remembers'> {
  folders: DropFolders
  /** What it means for a file's rows that the file is read once more; nothing when left out. */
  again?: string
  /** Not used before; the source ends it. */
  thread: ReadingThread
  /** As `Source.remap`. */
  remap(reject: StoredReject): Lines | Promise<Lines>
}

type Reading = AsyncIterable<Portion>

export class DropSource implements Source {
  readonly #folders: DropFolders
  readonly #watching: Pick<FolderOptions, 'settle' | 'watch'>
  readonly #remembers: SourceContext['remembers']
  readonly #remap: DropSourceOptions['remap']
  readonly #finish: DropFinish
  readonly #fate: DropFate
  readonly #folder: Folder
  readonly #thread: ReadingThread

  constructor(options: DropSourceOptions) {
    const { folders, keepDone, settle, watch, thread } = options
    const { folder, done, failed } = folders
    this.#folders = folders
    this.#watching = { settle, watch }
    this.#remembers = (id) => options.remembers(id)
    this.#remap = (reject) => options.remap(reject)
    this.#finish = new DropFinish(folders, keepDone, settle ?? undefined, options.again)
    this.#fate = new DropFate(folders, this.#finish)
    this.#folder = new Folder({ folder, settle, watch, own: [done, failed] })
    this.#thread = thread
  }

  check(): AsyncIterable<CheckStep> {
    return checkDropFolder(this.#folders, this.#watching)
  }

  async *batches(_checkpoint: string | undefined, signal: AbortSignal): AsyncGenerator<Batch> {
    // The worker may be in the middle of a huge file.
    const stop = () => void this.#thread.stop()
    signal.addEventListener('abort', stop, { once: true })
    try {
      await this.#folder.open()
      yield* told(await this.#finish.adopt())
      for (let lastSign = -Infinity; !signal.aborted;) {
        const listing = this.#folder.next((file) => this.#isSkipped(file), signal)
        const files = await this.#finish.during(listing)
        // It can be read, also when there is nothing in it. One that hangs, as on a dead share, says nothing.
        if (performance.now() - lastSign >= signOfLife) {
          yield empty()
          lastSign = performance.now()
        }
        yield* this.#work(files, signal)
        yield* told(await this.#finish.due())
        yield* told([...this.#folder.takeNotices(), ...this.#finish.purge()])
      }
      yield* told(await this.#finish.end())
    } finally {
      signal.removeEventListener('abort', stop)
      if (signal.aborted) await this.#finish.end()
      await this.#thread.abandon()
      await this.#folder.close()
    }
  }

  async remap(reject: StoredReject): Promise<Lines> {
    return await this.#remap(reject)
  }

  async close(): Promise<void> {
    await this.#thread.stop()
    await this.#folder.close()
  }

  #isSkipped(file: SeenFile): boolean {
    if (this.#fate.held.isHeld(file, performance.now())) return true
    return this.#folders.after === 'keep' && this.#remembers(fingerprint(file))
  }

  /** The next files are being read while the last batch of these is committed. */
  async *#work(files: SeenFile[], signal: AbortSignal): AsyncGenerator<Batch> {
    const groups = dropGroups(files, this.#fate.held)
    const begun: { files: SeenFile[]; reading: Reading | undefined; alone: boolean }[] = []
    let group: DropGroup | undefined
    while (!signal.aborted) {
      // Who may end the thread is alone in it: what is read beside it would be lost with it each time.
      while (begun.length <= readAhead && !begun.some(({ alone }) => alone)) {
        group ??= groups.next().value ?? undefined
        if (!group || (group.alone && begun.length > 0)) break
        begun.push({ ...group, reading: this.#begin(group) })
        group = undefined
      }
      const next = begun.shift()
      if (!next) return
      if (next.reading) yield* this.#take(next.files, next.reading, signal)
      else yield* this.#settle(empty(), next.files.map(asRead))
      yield* told(await this.#finish.due())
    }
  }

  /** Undefined for files that were read before, of which only the move is missing. */
  #begin({ files, wasRead }: DropGroup): Reading | undefined {
    if (wasRead) return undefined
    const { folder } = this.#folders
    return this.#thread.read(
      files.map(({ name, identity }) => ({ path: joinPath(folder, name), identity })),
    )
  }

  async *#take(
    files: SeenFile[],
    reading: Reading,
    signal: AbortSignal,
  ): AsyncGenerator<Batch, void, undefined> {
    const left = new Set(files)
    try {
      for await (const { batch, ended } of reading) {
        const read: ReadFile[] = []
        for (const { index, failure } of ended) {
          const file = files[index]
          if (file && left.delete(file)) read.push({ file, failure })
        }
        yield* this.#settle(batch, read)
        if (signal.aborted) return
      }
    } catch (thrown) {
      if (signal.aborted) return
      const { code, message, permanent } = asCefline(thrown)
      const failure = { code, message, permanent }
      yield* this.#settle(
        empty(),
        [...left].map((file) => ({ file, failure })),
      )
    }
  }

  /** Gives the batch that these files end with; when it is durable they are out of the way. */
  async *#settle(batch: Batch, files: ReadFile[]): AsyncGenerator<Batch, void, undefined> {
    const notices = [...(batch.notices ?? []), ...this.#fate.notices(files)]
    const remember = this.#fate.remembered(files)
    yield { ...batch, ...(notices.length > 0 && { notices }), ...(remember && { remember }) }
    yield* told(await this.#fate.settle(files))
  }
}

function asRead(file: SeenFile): ReadFile {
  return { file, failure: undefined }
}

function empty(): Batch {
  return { read: 0, lines: noLines, rejects: [], ignored: 0 }
}

function* told(notices: Notice[]): Generator<Batch> {
  if (notices.length > 0) yield { ...empty(), notices }
}

/**
 * Netwrix Auditor's alerts, as files dropped into a folder.
 *
 * Netwrix runs an alert's response action with a TAB-delimited "CSV" that it deletes when the action
 * ends, so the action copies it here and exits 0 ("Response action for alerts"). A file is taken when
 * it is complete (`io/settled.ts`), oldest first, read in a worker thread, and moved to `done` when
 * its last row is durable; one that can never be read goes to `failed` with the reason beside it. A
 * row that cannot be read is set aside, and its file goes on; a file that cannot be read now, or
 * not be moved, waits by itself, and the folder goes on. Many small files share one batch, and so
 * one commit; each of them is told apart all the same.
 *
 * The same file dropped twice, or read again after a crash, adds nothing: a row's id is its RID, or
 * the digest of the whole file with the row's number. `done` and `failed` belong to Cefline: what is
 * in them is removed after `keepDone`. What is written to there is read again (`io/afterwards.ts`).
 */
import type { Batch, CheckStep, Notice, Source, SourceContext, StoredReject } from '../core.ts'
import { asCefline } from '../error.ts'
import { joinPath } from '../io/file-name.ts'
import { Folder } from '../io/folder.ts'
import { noLines } from '../io/lines.ts'
import type { Lines } from '../io/lines.ts'
import type { SeenFile } from '../io/settled.ts'
import { compileMapping } from '../mappings/compile.ts'
import type { AlertPortion } from '../netwrix/alert-batch.ts'
import { checkAlertFolder } from '../netwrix/alert-check.ts'
import { AlertFate, fingerprint } from '../netwrix/alert-fate.ts'
import type { ReadFile } from '../netwrix/alert-fate.ts'
import { AlertFinish, alertFolders } from '../netwrix/alert-finish.ts'
import type { AlertFolders } from '../netwrix/alert-finish.ts'
import { alertGroups } from '../netwrix/alert-groups.ts'
import type { AlertGroup } from '../netwrix/alert-groups.ts'
import type { Options } from '../netwrix/alert-options.ts'
import { remapAlert } from '../netwrix/alert-remap.ts'
import { AlertThread } from '../netwrix/alert-thread.ts'
import { fromZone } from '../netwrix/zone.ts'

export { schema } from '../netwrix/alert-options.ts'
export type { Options }

/** Groups of files whose reading has begun while those before them are committed and moved. */
const readAhead = 2

/** ms: how often a folder without new files says that it is watched. */
const signOfLife = 30_000

/** Throws `config` for options that are each well formed and cannot be used. */
export function create(options: Options, context: SourceContext): Source {
  return new NetwrixAlerts(options, context)
}

type Reading = AsyncIterable<AlertPortion>

class NetwrixAlerts implements Source {
  readonly #options: Options
  readonly #context: SourceContext
  readonly #folders: AlertFolders
  readonly #finish: AlertFinish
  readonly #fate: AlertFate
  readonly #folder: Folder
  readonly #thread: AlertThread

  constructor(options: Options, context: SourceContext) {
    const { settle, watch, keepDone, timezone, dateFormat, profile, mapping } = options
    fromZone(timezone)
    compileMapping(mapping, `sources.${context.name}.mapping`)
    this.#options = options
    this.#context = context
    this.#folders = alertFolders(context.name, options)
    this.#finish = new AlertFinish(this.#folders, keepDone, settle ?? undefined)
    this.#fate = new AlertFate(this.#folders, this.#finish)
    const { folder, done, failed } = this.#folders
    this.#folder = new Folder({ folder, settle, watch, own: [done, failed] })
    this.#thread = new AlertThread({ timezone, dateFormat, profile, ...(mapping && { mapping }) })
  }

  check(): AsyncIterable<CheckStep> {
    return checkAlertFolder(this.#folders, this.#options)
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
    return new Promise((resolve) => resolve(remapAlert(reject, this.#options)))
  }

  async close(): Promise<void> {
    await this.#thread.stop()
    await this.#folder.close()
  }

  #isSkipped(file: SeenFile): boolean {
    if (this.#fate.held.isHeld(file, performance.now())) return true
    return this.#folders.after === 'keep' && this.#context.remembers(fingerprint(file))
  }

  /** The next files are being read while the last batch of these is committed. */
  async *#work(files: SeenFile[], signal: AbortSignal): AsyncGenerator<Batch> {
    const groups = alertGroups(files, this.#fate.held)
    const begun: { files: SeenFile[]; reading: Reading | undefined; alone: boolean }[] = []
    let group: AlertGroup | undefined
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
  #begin({ files, wasRead }: AlertGroup): Reading | undefined {
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

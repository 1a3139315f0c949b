/**
 * Netwrix Auditor's alerts, as files dropped into a folder.
 *
 * Netwrix runs an alert's response action with a TAB-delimited "CSV" that it deletes when the action
 * ends, so the action copies it here and exits 0 ("Response action for alerts"). A file is taken when
 * it is complete (`io/settled.ts`), oldest first, read in a worker thread, and moved to `done` when
 * its last row is durable; one that can never be read goes to `failed` with the reason beside it. A
 * row that cannot be read is set aside, and its file goes on; a file that cannot be read now, or
 * not be moved, waits by itself, and the folder goes on.
 *
 * The same file dropped twice, or read again after a crash, adds nothing: a row's id is its RID, or
 * the digest of the whole file with the row's number. `done` and `failed` belong to Cefline: what is
 * in them is removed after `keepDone`. What is written to there is read again (`io/afterwards.ts`).
 */
import type { Batch, CheckStep, Notice, Source, SourceContext, StoredReject } from '../core.ts'
import { Afterwards } from '../io/afterwards.ts'
import { noLines } from '../io/lines.ts'
import type { Lines } from '../io/lines.ts'
import { asCefline, error } from '../error.ts'
import { joinPath, printableName } from '../io/file-name.ts'
import { Folder } from '../io/folder.ts'
import { Held } from '../io/held.ts'
import type { Purge } from '../io/purge.ts'
import type { SeenFile } from '../io/settled.ts'
import { checkAlertFolder } from '../netwrix/alert-check.ts'
import type { AlertFinish } from '../netwrix/alert-finish.ts'
import { alertFinish, fail, fingerprint, finish, finishPurge } from '../netwrix/alert-finish.ts'
import type { AlertReading } from '../netwrix/alert-reader.ts'
import { AlertThread } from '../netwrix/alert-thread.ts'
import { fromZone } from '../netwrix/zone.ts'

export interface Options extends AlertReading {
  folder: string
  after: 'move' | 'delete' | 'keep'
  done: string | null
  failed: string | null
  /** ms; 0: for ever. */
  keepDone: number
  /** ms. */
  settle: number | null
  watch: 'auto' | 'poll' | 'events'
}

export const schema = {
  folder: {
    doc: 'The folder that alert files are dropped into; it is made when its parent exists.',
    format: 'text',
    default: './drop',
  },
  after: {
    doc: 'What becomes of a file that was read; delete removes it from done after a minute; with keep, for read-only shares, it is remembered.',
    format: ['move', 'delete', 'keep'],
    default: 'move',
  },
  done: {
    doc: 'Where files go that were read; <folder>/done when not set; on the same file system, so that what a slow program adds later is noticed. For Cefline alone.',
    format: 'text?',
    default: null,
  },
  failed: {
    doc: 'Where files go that can never be read; <folder>/failed when not set. For Cefline alone.',
    format: 'text?',
    default: null,
  },
  keepDone: {
    doc: 'How long files stay in done and failed before they are removed; 0 keeps them for ever.',
    format: 'age',
    default: 30 * 86_400_000,
  },
  settle: {
    doc: 'How long a file must not change before it is read; 250ms when not set, 5s on a network share.',
    format: 'duration',
    default: null,
  },
  watch: {
    doc: 'How new files are noticed; auto polls where the file system is a network one.',
    format: ['auto', 'poll', 'events'],
    default: 'auto',
  },
  timezone: {
    doc: 'The IANA time zone of dates that have no offset.',
    format: 'timezone',
    default: 'UTC',
  },
  dateFormat: {
    doc: 'What 03/04/2026 is; with auto, a date that could be both is rejected.',
    format: ['auto', 'month-first', 'day-first'],
    default: 'auto',
  },
  profile: {
    doc: 'The CEF that is made; classic is what Netwrix’s own add-on sends.',
    format: ['standard', 'classic'],
    default: 'standard',
  },
} as const

/** Files whose reading has begun while the one before them is committed and moved. */
const readAhead = 3

export function create(options: Options, context: SourceContext): Source {
  return new NetwrixAlerts(options, context)
}

class NetwrixAlerts implements Source {
  readonly #options: Options
  readonly #context: SourceContext
  readonly #finish: AlertFinish
  readonly #folder: Folder
  readonly #thread: AlertThread
  readonly #held = new Held()
  readonly #afterwards: Afterwards
  readonly #purge: Purge
  /** The last thing that moving files failed with: said once, until a move succeeds. */
  #moveProblem = ''

  constructor(options: Options, context: SourceContext) {
    const { settle, watch, keepDone, timezone, dateFormat, profile } = options
    this.#finish = alertFinish(context.name, options)
    fromZone(timezone)
    const { folder, done, after } = this.#finish
    this.#options = options
    this.#context = context
    this.#folder = new Folder({ folder, settle, watch })
    this.#afterwards = new Afterwards({ folder, done, remove: after === 'delete' })
    this.#purge = finishPurge(this.#finish, keepDone, this.#afterwards)
    this.#thread = new AlertThread({ timezone, dateFormat, profile })
  }

  check(): AsyncIterable<CheckStep> {
    return checkAlertFolder(this.#finish, this.#options)
  }

  async *batches(_checkpoint: string | undefined, signal: AbortSignal): AsyncGenerator<Batch> {
    // The worker may be in the middle of a huge file.
    const stop = () => void this.#thread.stop()
    signal.addEventListener('abort', stop, { once: true })
    try {
      await this.#folder.open()
      for (let first = true; !signal.aborted; first = false) {
        const listing = this.#folder.next((file) => this.#isSkipped(file), signal)
        const files = await this.#afterwards.during(listing)
        // It can be read, also when there is nothing in it.
        if (first) yield empty()
        yield* this.#work(files, signal)
        yield* told(await this.#afterwards.due())
        yield* told([...this.#folder.takeNotices(), ...(await this.#purge.due())])
      }
      yield* told(await this.#afterwards.end())
    } finally {
      signal.removeEventListener('abort', stop)
      if (signal.aborted) await this.#afterwards.end()
      await this.#thread.abandon()
      await this.#folder.close()
    }
  }

  async remap(_reject: StoredReject): Promise<Lines> {
    await Promise.resolve()
    throw error('internal', 'not built')
  }

  async close(): Promise<void> {
    await this.#thread.stop()
    await this.#folder.close()
  }

  #isSkipped(file: SeenFile): boolean {
    if (this.#held.isHeld(file, performance.now())) return true
    return this.#options.after === 'keep' && this.#context.remembers(fingerprint(file))
  }

  /** The next files are being read while this one's last batch is committed. */
  async *#work(files: SeenFile[], signal: AbortSignal): AsyncGenerator<Batch> {
    const ahead: (AsyncIterable<Batch> | undefined)[] = []
    for (const [index, file] of files.entries()) {
      if (signal.aborted) return
      const begun = index + ahead.length
      for (const next of files.slice(begun, index + 1 + readAhead)) ahead.push(this.#begin(next))
      yield* this.#one(file, ahead.shift(), signal)
      yield* told(await this.#afterwards.due())
    }
  }

  /** Undefined for a file that was read before, of which only the move is missing. */
  #begin(file: SeenFile): AsyncIterable<Batch> | undefined {
    if (this.#held.wasRead(file)) return undefined
    const path = joinPath(this.#finish.folder, file.name)
    return this.#thread.read({ path, identity: file.identity })
  }

  async *#one(
    file: SeenFile,
    reading: AsyncIterable<Batch> | undefined,
    signal: AbortSignal,
  ): AsyncGenerator<Batch, void, undefined> {
    try {
      for await (const batch of reading ?? []) {
        yield batch
        if (signal.aborted) return
      }
    } catch (thrown) {
      if (!signal.aborted) yield* this.#unread(file, thrown)
      return
    }
    if (this.#options.after === 'keep') {
      yield { ...empty(), remember: fingerprint(file) }
      this.#held.release(file)
      return
    }
    const move = () => finish(this.#finish, file, this.#afterwards)
    yield* told(await this.#tried(file, true, move))
  }

  /** A file that can never be read goes out of the way; any other one waits. */
  async *#unread(file: SeenFile, thrown: unknown): AsyncGenerator<Batch> {
    const failure = asCefline(thrown)
    const { code, message, permanent } = failure
    const isNew = !this.#held.knows(file)
    if (!permanent) {
      this.#held.hold(file, false, performance.now())
      const level = code === 'file-changed' ? 'info' : code === 'internal' ? 'error' : 'warn'
      yield isNew ? { ...empty(), notices: [{ level, code, message }] } : empty()
      return
    }
    const isKept = this.#options.after === 'keep'
    const fate = isKept ? 'it is left where it is' : `it goes to ${this.#finish.failed}`
    const notices: Notice[] = isNew
      ? [{ level: 'error', code, message: `${message}; ${fate}` }]
      : []
    yield { ...empty(), notices, ...(isKept && { remember: fingerprint(file) }) }
    if (isKept) return
    yield* told(await this.#tried(file, false, () => fail(this.#finish, file, failure)))
  }

  /** Moves; when that fails the file is held, and what failed is told once. */
  async #tried(
    file: SeenFile,
    wasRead: boolean,
    move: () => Promise<Notice | undefined>,
  ): Promise<Notice[]> {
    try {
      const notice = await move()
      this.#held.release(file)
      this.#moveProblem = ''
      return notice ? [notice] : []
    } catch (thrown) {
      this.#held.hold(file, wasRead, performance.now())
      const { code, message } = asCefline(thrown, 'write-failed')
      if (message === this.#moveProblem) return []
      this.#moveProblem = message
      const fate = `${printableName(file.name)} stays where it is, and nothing of it is sent again`
      return [{ level: 'error', code, message: `${message}; ${fate}` }]
    }
  }
}

function empty(): Batch {
  return { read: 0, lines: noLines, rejects: [], ignored: 0 }
}

function* told(notices: Notice[]): Generator<Batch> {
  if (notices.length > 0) yield { ...empty(), notices }
}

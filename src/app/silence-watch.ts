/**
 * Looks every minute whether a source has fallen silent (`telemetry/silence.ts`), and keeps what is
 * usual for each in `silence.json` beside the spool, so that a restart forgets nothing. The file is
 * no part of the books: one that is missing or cannot be read means learning anew, and one that
 * cannot be written is said once and holds nothing up.
 */
import { readFile, rename, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { SourceConfiguration } from '../config/load.ts'
import { asCefline } from '../error.ts'
import type { Events } from '../telemetry/events.ts'
import type { Memory } from '../telemetry/silence.ts'

/** ms */
const lookEvery = 60_000
/** Looks from one writing of the file to the next. */
const looksUntilKept = 10

export interface SilenceWatchOptions {
  events: Events
  /** The spool's folder. */
  folder: string
  /** As the configuration in force has them. */
  sources: () => readonly Pick<SourceConfiguration, 'name' | 'silentAfter'>[]
  /** ms between two looks. */
  interval?: number
}

export class SilenceWatch {
  readonly #options: SilenceWatchOptions
  readonly #file: string
  #timer: NodeJS.Timeout | undefined
  #looks = 0
  #kept = ''
  #complained = false
  /** One writing at a time. */
  #turn: Promise<void> = Promise.resolve()

  constructor(options: SilenceWatchOptions) {
    this.#options = options
    this.#file = join(options.folder, 'silence.json')
  }

  /** Reads what was kept, which must be known before the sources begin, and looks from now on. */
  async start(): Promise<void> {
    const { events, interval = lookEvery } = this.#options
    const text = await readFile(this.#file, 'utf8').catch(() => '')
    for (const [name, memory] of memoriesIn(text)) events.remember(name, memory)
    this.#timer = setInterval(() => this.look(), interval).unref()
  }

  /** One look at every source. */
  look(): void {
    const { events, sources } = this.#options
    for (const { name, silentAfter } of sources()) events.sources.get(name)?.look(silentAfter)
    this.#looks += 1
    if (this.#looks % looksUntilKept === 0) void this.keep()
  }

  /** Writes the file, where anything has changed. Never throws. */
  keep(): Promise<void> {
    this.#turn = this.#turn.then(() => this.#keep())
    return this.#turn
  }

  /** Safe before use, safe twice. */
  async stop(): Promise<void> {
    clearInterval(this.#timer)
    if (this.#timer) await this.keep()
  }

  async #keep(): Promise<void> {
    const { events } = this.#options
    const sources = [...events.sources].map(([name, { silence }]) => [name, silence.memory])
    const text = JSON.stringify({ version: 1, sources: Object.fromEntries(sources) as object })
    if (text === this.#kept) return
    const unfinished = `${this.#file}.new`
    try {
      await writeFile(unfinished, text, { mode: 0o600 })
      await rename(unfinished, this.#file)
      this.#kept = text
    } catch (thrown) {
      if (this.#complained) return
      this.#complained = true
      const why = asCefline(thrown).message
      events.warned(`how often sources give records cannot be kept in ${this.#file}: ${why}`)
    }
  }
}

/** What a file holds; nothing when it is not one of ours, or damaged. */
function memoriesIn(text: string): [name: string, memory: Memory][] {
  try {
    const { version, sources } = JSON.parse(text) as { version: unknown; sources: object }
    if (version !== 1) return []
    return Object.entries(sources).filter((entry): entry is [string, Memory] => isMemory(entry[1]))
  } catch {
    return []
  }
}

function isMemory(value: unknown): value is Memory {
  if (typeof value !== 'object' || value === null) return false
  const { since, lastRecordAt, gaps, silent } = value as Record<keyof Memory, unknown>
  const isGap = (gap: unknown) =>
    Array.isArray(gap) && gap.length === 2 && gap.every(Number.isFinite)
  return (
    Number.isFinite(since) &&
    (lastRecordAt === undefined || Number.isFinite(lastRecordAt)) &&
    Array.isArray(gaps) &&
    gaps.every(isGap) &&
    typeof silent === 'boolean'
  )
}

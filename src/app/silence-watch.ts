/**
 * Looks every minute whether a source has fallen silent (`telemetry/silence.ts`), and keeps what is
 * usual for each in `silence.json` beside the spool, so that a restart forgets nothing. The file is
 * no part of the books: one that is missing or cannot be read means learning anew, and one that
 * cannot be written is said once and holds nothing up.
 */
import { rename, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { readKept } from './kept-file.ts'
import type { SourceConfiguration } from '../config/load.ts'
import { asCefline } from '../error.ts'
import type { Events } from '../telemetry/events.ts'
import type { Memory } from '../telemetry/silence.ts'

/** ms */
const lookEvery = 60_000
/** Looks from one writing of the file to the next. */
const looksUntilKept = 10
/** ms for which nobody may have read the sources, so that the gap is still theirs. */
const longestAway = 3_600_000

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
    const { text = '', fault } = await readKept(this.#file)
    if (fault !== undefined) {
      events.warned(
        `${this.#file} ${fault}: it is not read, and what is usual for each source is learnt anew; see what wrote it`,
      )
    }
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

  /** Writes the file. Never throws. */
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
    const memories = Object.fromEntries(sources) as object
    const text = JSON.stringify({ version: 1, keptAt: Date.now(), sources: memories })
    const unfinished = `${this.#file}.new`
    try {
      await writeFile(unfinished, text, { mode: 0o600 })
      await rename(unfinished, this.#file)
    } catch (thrown) {
      if (this.#complained) return
      this.#complained = true
      const why = asCefline(thrown).message
      events.warned(`how often sources give records cannot be kept in ${this.#file}: ${why}`)
    }
  }
}

/** What a file holds; nothing when it is not one of ours, or damaged. While nobody reads a source its
 * silence is not its own. */
function memoriesIn(text: string): [name: string, memory: Memory][] {
  try {
    const { version, keptAt, sources } = JSON.parse(text) as Record<string, unknown>
    if (version !== 1) return []
    const wasAway = Date.now() - Number(keptAt ?? NaN) > longestAway
    return Object.entries(sources as object).flatMap(([name, memory]: [string, unknown]) => {
      if (!isMemory(memory)) return []
      return [[name, wasAway ? { ...memory, disturbed: true } : memory]]
    })
  } catch {
    return []
  }
}

function isMemory(value: unknown): value is Memory {
  if (typeof value !== 'object' || value === null) return false
  const { since, lastRecordAt, gaps, silent, disturbed } = value as Record<keyof Memory, unknown>
  const isGap = (gap: unknown) =>
    Array.isArray(gap) && gap.length === 2 && gap.every(Number.isFinite)
  return (
    Number.isFinite(since) &&
    (lastRecordAt === undefined || Number.isFinite(lastRecordAt)) &&
    Array.isArray(gaps) &&
    gaps.every(isGap) &&
    typeof silent === 'boolean' &&
    (disturbed === undefined || typeof disturbed === 'boolean')
  )
}

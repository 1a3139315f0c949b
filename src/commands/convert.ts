/**
 * `cefline convert IN [OUT]`: one timeline in, CEF out, or CadoJson; a line for each event. No
 * configuration, no spool, no network.
 *
 * OUT is there whole or not at all, and never replaces a file unless that is asked for. Every row is in
 * it, or in the rejects, or said to be without content, and the summary says how many of each. Memory
 * does not grow with the file. When the program is interrupted nothing is left behind.
 *
 * Exit code 0; 1 when rows were rejected, or for an error that another try may cure; 65 (sysexits.h:
 * EX_DATAERR) for a file whose format cannot be told; 130 and 143 when it was interrupted.
 */
import { pipeline } from 'node:stream/promises'
import { createGzip } from 'node:zlib'
import type { Batch } from '../core.ts'
import { asCefline, isCeflineError } from '../error.ts'
import { printable } from '../io/printable.ts'
import { zoneOffset } from '../io/time-zone.ts'
import { cadoProfiles } from '../mappings/cado.ts'
import { RowBatch, rowPacker } from '../drop/batch.ts'
import { formats } from '../timeline/decoder.ts'
import { evidenceName } from '../timeline/origin.ts'
import { readTimeline } from '../timeline/reader.ts'
import type { TimelineReading } from '../timeline/reader.ts'
import { Input } from './convert-input.ts'
import { summaryJson, summaryText } from './convert-summary.ts'
import type { Conversion } from './convert-summary.ts'
import { Tally } from './convert-tally.ts'
import { cefText, jsonText, rejectLines } from './convert-text.ts'
import { interruption } from './interruption.ts'
import { NewFile, unwritable } from './new-file.ts'
import { Progress } from './progress.ts'

/** The words that options take. */
export const choices = {
  format: ['auto', ...formats],
  profile: cadoProfiles,
  severity: ['alarm', 'verbatim'],
  summary: ['text', 'json'],
} as const

export interface ConvertOptions extends Partial<Omit<TimelineReading, 'mapping'>> {
  /** A path; `-` is standard input. */
  input: string
  /** A path; without one, or with `-`, standard output. */
  output?: string
  json?: boolean
  /** The evidence's name and number where rows have none. */
  evidence?: string
  evidenceId?: number
  /** A path: the rejects are written there, an object a line. */
  rejects?: string
  force?: boolean
  /** No progress and no summary, but one in JSON that is asked for. */
  quiet?: boolean
  summary?: 'text' | 'json'
}

const endsData = 65

export async function convert(options: ConvertOptions): Promise<number> {
  zoneOffset(options.timezone ?? 'UTC', '--timezone')
  const input = await Input.open(options.input)
  const conversion = new Converting(options, input)
  const interrupted = interruption(() => input.stop())
  const started = performance.now()
  let isDone = false
  try {
    await conversion.run(interrupted.signal)
    isDone = true
    return conversion.tally.rejected > 0 ? 1 : 0
  } catch (thrown) {
    if (interrupted.code !== undefined) return interrupted.code
    const failure = asCefline(thrown)
    if (failure.code === 'internal') throw failure
    console.error(printable(failure.message))
    return failure.code === 'header' ? endsData : 1
  } finally {
    interrupted.end()
    await input.close()
    const isTold = isDone || conversion.tally.read > 0
    if (isTold && interrupted.code === undefined) {
      tell(options, conversion.ended(performance.now() - started))
    }
  }
}

function tell({ summary, quiet }: ConvertOptions, done: Conversion): void {
  if (summary === 'json') console.error(summaryJson(done))
  else if (!quiet) for (const line of summaryText(done)) console.error(line)
}

class Converting {
  readonly tally = new Tally()
  readonly #notices: string[] = []
  #bytesMade = 0
  readonly #options: ConvertOptions
  readonly #input: Input
  readonly #packer = rowPacker()
  readonly #progress: Progress | undefined

  constructor(options: ConvertOptions, input: Input) {
    this.#options = options
    this.#input = input
    // Lines that come by on the same terminal are progress enough.
    const isSeen = isStandard(options.output) && process.stdout.isTTY
    if (!options.quiet && !isSeen) this.#progress = new Progress(process.stderr, input.size)
  }

  /** Throws what stopped it; rejects are kept also when nothing could be converted. */
  async run(signal: AbortSignal): Promise<void> {
    const { output = '-', rejects: rejectsPath, force = false } = this.#options
    const { identity } = this.#input
    const files: NewFile[] = []
    const make = async (path: string): Promise<NewFile> => {
      const file = await NewFile.open(path, force, identity)
      files.push(file)
      return file
    }
    try {
      const rejects = rejectsPath === undefined ? undefined : await make(rejectsPath)
      const made = isStandard(output) ? undefined : await make(output)
      try {
        await this.#write(rejects, made, signal)
      } catch (thrown) {
        if (this.tally.rejected > 0 && !signal.aborted) await rejects?.keep()
        throw thrown
      }
      await made?.keep()
      await rejects?.keep()
    } finally {
      this.#progress?.end()
      for (const file of files) await file.discard()
    }
  }

  ended(milliseconds: number): Conversion {
    const { bytes: bytesRead } = this.#input
    const { tally } = this
    return { tally, notices: this.#notices, bytesRead, bytesMade: this.#bytesMade, milliseconds }
  }

  async #write(
    rejects: NewFile | undefined,
    made: NewFile | undefined,
    signal: AbortSignal,
  ): Promise<void> {
    const { output = '-' } = this.#options
    const lines = () => this.#lines(rejects)
    try {
      if (!made) await pipeline(lines, process.stdout, { signal, end: false })
      else if (!output.endsWith('.gz')) await pipeline(lines, made.stream(), { signal })
      else await pipeline(lines, createGzip(), made.stream(), { signal })
    } catch (thrown) {
      if (signal.aborted || isCeflineError(thrown)) throw thrown
      throw unwritable(made ? output : 'standard output', thrown)
    }
  }

  /** Text of whole lines. What stops it comes after everything that was converted before. */
  async *#lines(rejects: NewFile | undefined): AsyncGenerator<Buffer> {
    for await (const batch of this.#batches()) {
      this.tally.add(batch)
      for (const { message } of batch.notices ?? []) this.#notices.push(message)
      if (rejects && batch.rejects.length > 0) await rejects.append(rejectLines(batch))
      const text = this.#options.json ? jsonText(batch) : cefText(batch)
      // Its bytes are copied, and may be written to again.
      this.#packer.giveBack(batch.lines.bytes.buffer as ArrayBuffer)
      this.#bytesMade += text.length
      if (text.length > 0) yield text
      this.#progress?.update(this.tally.read, this.#input.bytes)
    }
    await this.#input.checkUnchanged()
  }

  async *#batches(): AsyncGenerator<Batch> {
    const { input, evidence, evidenceId } = this.#options
    const { timezone = 'UTC', format = 'auto' } = this.#options
    const { profile = 'cado', severity = 'alarm' } = this.#options
    const { name } = this.#input
    const origin = {
      name,
      // An event without a time is to be told from the others.
      receivedAt: NaN,
      evidence: { id: evidenceId, name: evidence ?? (input === '-' ? '' : evidenceName(name)) },
    }
    const reading = { timezone, format, profile, severity }
    const batch = new RowBatch(this.#packer)
    const pauses = readTimeline(this.#input.chunks(), origin, reading, batch)
    try {
      while ((await pauses.next()).done !== true) yield batch.take().batch
    } catch (thrown) {
      if (!batch.isEmpty) yield batch.take().batch
      throw thrown
    }
    if (!batch.isEmpty) yield batch.take().batch
  }
}

function isStandard(output = '-'): boolean {
  return output === '-'
}

/**
 * The records that `preview` is given, read as a source of the configuration reads them, and mapped: a
 * file or standard input, of alerts, activity records or a timeline, as told by its content.
 */
import { createReadStream } from 'node:fs'
import { mkdtemp, readFile, realpath, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { basename, join } from 'node:path'
import { buffer } from 'node:stream/consumers'
import type { Configuration } from '../config/load.ts'
import type { Batch, Reject } from '../core.ts'
import { asCefline, error } from '../error.ts'
import { printable, shorten } from '../io/printable.ts'
import { activityBatch } from '../netwrix/activity-batch.ts'
import { readFileOnce } from '../netwrix/alert-reader.ts'
import { bodyText } from '../netwrix/body-text.ts'
import { readXml } from '../netwrix/page-xml.ts'
import { readPage } from '../netwrix/page.ts'
import { withoutValues } from '../telemetry/without-values.ts'
import { WatchedMapping } from './preview-record.ts'
import type { Mapped } from './preview-record.ts'
import { timelineBatches, timelineSource } from './preview-timeline.ts'
import type { Watched } from './preview-timeline.ts'
import { unreadable } from './unreadable.ts'

export interface Reading {
  configuration: Configuration
  /** `--source`. */
  source: string | undefined
  /** With what the mapping hides. */
  raw: boolean
}

/** A file that can be read twice. */
export interface Given {
  path: string
  /** As it was named, for messages. */
  name: string
  /** What the events say they came from. */
  shown: string
}

/** Does the work with the file; `-` is standard input, kept in a file meanwhile. */
export async function* withGiven<T>(
  name: string,
  work: (given: Given) => AsyncIterable<T>,
): AsyncGenerator<T> {
  const folder = name === '-' ? await temporaryFolder() : undefined
  try {
    const path = folder ? join(folder, 'standard input') : await realpath(name).catch(() => name)
    if (folder) await writeFile(path, await buffer(process.stdin))
    yield* work({ path, name, shown: folder ? 'standard input' : basename(name) })
  } finally {
    if (folder) await rm(folder, { recursive: true })
  }
}

/** Throws `file-unreadable`, `bad-answer`, `header`, or `config` for a source that is not there. */
export async function* batchesOf(
  { path, name: file, shown }: Given,
  { configuration, source: wanted, raw }: Reading,
): AsyncGenerator<{ batch: Batch; mapping: Watched }> {
  const timeline = await timelineSource(path, configuration, wanted)
  if (timeline) {
    yield* timelineBatches(path, shown, timeline, raw)
    return
  }
  const content = await beginning(path)
  const isActivity = /^\s*[{[<]/.test(content)
  const { name, options } = sourceOptions(configuration, isActivity, wanted)
  const mapping = new WatchedMapping(options as Mapped, `sources.${name}.mapping`, raw)
  const { map } = mapping
  try {
    if (!isActivity) {
      const batches = readFileOnce(path, options as Parameters<typeof readFileOnce>[1], map)
      for (const batch of batches) yield { batch, mapping }
    } else {
      const records = recordsIn(await readFile(path), file)
      const { profile } = options as Mapped
      const batch = activityBatch(records, { profile, map, receivedAt: Date.now(), origin: file })
      yield { batch, mapping }
    }
  } catch (thrown) {
    // What stands where a header belongs may be a record, and what is no JSON is quoted.
    const { code, message } = asCefline(thrown)
    throw mapping.hides ? error(code, withoutValues(message)) : thrown
  }
}

/** A text that may quote the record. */
export function hideIn(text: string, { hides }: Watched): string {
  return hides ? withoutValues(text) : text
}

/** Without what the mapping hides. */
export function shownReject(reject: Reject, mapping: Watched): Reject {
  if (!mapping.hides) return reject
  return { ...reject, reason: hideIn(reject.reason, mapping), record: 'shown by --raw' }
}

/** The reader wants a file that it can read twice. */
async function temporaryFolder(): Promise<string> {
  try {
    return await mkdtemp(join(tmpdir(), 'cefline-'))
  } catch (cause) {
    const { code } = cause as NodeJS.ErrnoException
    throw error(
      'write-failed',
      `standard input cannot be kept in ${tmpdir()} (${String(code)}); name the file, or set TMPDIR to a folder that can be written to`,
      { cause },
    )
  }
}

async function beginning(path: string): Promise<string> {
  try {
    return bodyText(await buffer(createReadStream(path, { end: 1023 })), undefined)
  } catch (thrown) {
    throw unreadable(path, thrown)
  }
}

/** A page as the API answers it, a list of records, or one record. */
function recordsIn(body: Buffer, file: string): unknown[] {
  const value = valueIn(body, file)
  if (Array.isArray(value)) return value
  const known = ['ActivityRecordList', 'ActivityRecordsList', 'ActivityRecord', 'ContinuationMark']
  if (typeof value !== 'object' || value === null || !known.some((key) => key in value))
    return [value]
  return readPage(body, undefined, file, (text) => shorten(printable(text), 200)).records
}

function valueIn(body: Buffer, file: string): unknown {
  let form = 'text'
  try {
    const content = bodyText(body, undefined)
    form = /^\s*</.test(content) ? 'XML' : 'JSON'
    if (form === 'JSON') return JSON.parse(content)
    const { name, value } = readXml(content.trimStart())
    if (/^ActivityRecord(s?List)?$/.test(name)) return { [name]: value }
    throw new Error(
      `its <${shorten(name, 40)}> is neither an ActivityRecordList nor an ActivityRecord`,
    )
  } catch (thrown) {
    const what = form === 'XML' ? 'XML of activity records' : form
    throw error('bad-answer', `${file} is not ${what}: ${(thrown as Error).message}`, {
      cause: thrown,
    })
  }
}

/** The source that is named, the first that such a file could be of, or the defaults. */
function sourceOptions(
  { sources }: Configuration,
  isActivity: boolean,
  wanted: string | undefined,
): { name: string; options: object } {
  const types = isActivity ? ['netwrix-api'] : ['netwrix-alerts', 'netwrix-push']
  const able = sources.filter(({ type }) => types.includes(type))
  const source = able.find(({ name }) => wanted === undefined || name === wanted)
  if (wanted !== undefined && source === undefined) {
    const what = `there is no source of that name and type ${types.join(' or ')}`
    throw error('config', `--source ${wanted}: ${what}`)
  }
  return (
    source ?? {
      name: 'default',
      options: { profile: 'standard', timezone: 'UTC', dateFormat: 'auto' },
    }
  )
}

/**
 * `cefline preview FILE…|-`: what would be sent for the records in a file: record → CEF → frame.
 * No network, no spool, and the file stays where it is. What the source's mapping hides of a record is
 * hidden here too, unless `--raw` asks for it; a record that is rejected is then not shown at all.
 *
 * A file of a known format of timelines is one. Another one that begins with `{`, `[` or `<` is activity
 * records as the Integration API gives them, in JSON or XML, anything else is a file of alerts. Exit code 0, or 1 when a record was rejected.
 */
import { createReadStream } from 'node:fs'
import { mkdtemp, readFile, realpath, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { basename, join } from 'node:path'
import { buffer } from 'node:stream/consumers'
import colors from 'picocolors'
import { createDestination } from '../components.ts'
import { decode } from '../cef/decode.ts'
import type { Configuration } from '../config/load.ts'
import type { Batch, Reject } from '../core.ts'
import { asCefline, error } from '../error.ts'
import { unpackLines } from '../io/lines.ts'
import { printable, shorten } from '../io/printable.ts'
import { activityBatch } from '../netwrix/activity-batch.ts'
import { readFileOnce } from '../netwrix/alert-reader.ts'
import { bodyText } from '../netwrix/body-text.ts'
import { readXml } from '../netwrix/page-xml.ts'
import { readPage } from '../netwrix/page.ts'
import { withoutValues } from '../telemetry/without-values.ts'
import { readConfiguration, withEmbedded } from './configuration.ts'
import { WatchedMapping } from './preview-record.ts'
import type { Fields, Mapped } from './preview-record.ts'
import { timelineBatches, timelineSource } from './preview-timeline.ts'
import type { Watched } from './preview-timeline.ts'

export interface PreviewOptions {
  config: string | undefined
  files: string[]
  source?: string
  limit?: number
  json?: boolean
  /** Records as they were read, with what the mapping hides. */
  raw?: boolean
}

interface Frame {
  destination: string
  frame: Buffer
}

type Line = ReturnType<typeof unpackLines>[number]

export async function preview(options: PreviewOptions): Promise<number> {
  const { files, source, limit = Infinity, json, raw = false } = options
  const configuration = withEmbedded(readConfiguration(options.config), 'tcp://127.0.0.1:514')
  const destinations = configuration.destinations.map((configuration) => ({
    name: configuration.name,
    destination: createDestination(configuration),
  }))
  let shown = 0
  let rejected = 0
  for (const file of files) {
    for await (const { batch, mapping } of batchesOf(file, configuration, source, raw)) {
      const hideIn = (text: string) => (mapping.hides ? withoutValues(text) : text)
      for (const { message } of batch.notices ?? []) console.error(printable(hideIn(message)))
      for (const reject of batch.rejects) {
        rejected += 1
        const shown = mapping.hides
          ? { ...reject, reason: hideIn(reject.reason), record: 'shown by --raw' }
          : reject
        console.log(json ? JSON.stringify(shown) : rejectText(shown))
      }
      for (const line of unpackLines(batch.lines.bytes)) {
        if (shown === limit) return rejected > 0 ? 1 : 0
        shown += 1
        const fields = mapping.next()
        const frames = destinations.map(({ name, destination }) => ({
          destination: name,
          frame: destination.frame(line.cef, line.time, line.severity),
        }))
        console.log(json ? lineJson(fields, line, frames) : lineText(shown, fields, line, frames))
      }
    }
  }
  return rejected > 0 ? 1 : 0
}

async function* batchesOf(
  file: string,
  configuration: Configuration,
  wanted: string | undefined,
  raw: boolean,
): AsyncGenerator<{ batch: Batch; mapping: Watched }> {
  const folder = file === '-' ? await temporaryFolder() : undefined
  try {
    const path = folder ? join(folder, 'standard input') : await realpath(file).catch(() => file)
    if (folder) await writeFile(path, await buffer(process.stdin))
    const timeline = await timelineSource(path, configuration, wanted)
    if (timeline) {
      yield* timelineBatches(path, folder ? 'standard input' : basename(file), timeline, raw)
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
  } finally {
    if (folder) await rm(folder, { recursive: true })
  }
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
    const { code } = thrown as NodeJS.ErrnoException
    throw error('file-unreadable', `${path} cannot be read (${String(code)})`, { cause: thrown })
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

function lineJson(fields: Fields, { cef, time, severity }: Line, frames: Frame[]): string {
  return JSON.stringify({
    record: Object.fromEntries(fields),
    time: new Date(time).toISOString(),
    severity,
    cef,
    frames: Object.fromEntries(
      frames.map(({ destination, frame }) => [destination, frame.toString('utf8')]),
    ),
  })
}

function lineText(
  number: number,
  fields: Fields,
  { cef, time, severity }: Line,
  frames: Frame[],
): string {
  const { vendor, product, classId, name, extension } = decode(cef)!
  const width = Math.max(...[...fields, ...extension].map(([key]) => key.length))
  return [
    colors.bold(`#${number} ${printable(name)}`),
    ...fields.map(([name, value]) => `  ${colors.green(name.padEnd(width))}  ${printable(value)}`),
    `  ${vendor} | ${printable(product)} | ${printable(classId)} | severity ${severity} | ${new Date(time).toISOString()}`,
    ...extension.map(([key, value]) => `  ${colors.cyan(key.padEnd(width))}  ${printable(value)}`),
    `  ${colors.dim(`CEF, ${Buffer.byteLength(cef)} bytes`)}  ${printable(cef)}`,
    ...frames.map(({ destination, frame }) => {
      const size = colors.dim(`${destination}, ${frame.length} bytes`)
      return `  ${size}  ${printable(frame.toString('utf8'))}`
    }),
    '',
  ].join('\n')
}

function rejectText({ code, reason, record }: Reject): string {
  return `${colors.red(`rejected (${code})`)} ${printable(reason)}\n  ${printable(record)}\n`
}

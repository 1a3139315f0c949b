/**
 * The part of `preview` that reads timelines: whether a file is one, as told by its content, and its
 * events with the fields of each, by Cado's names, as the mapping's privacy leaves them.
 */
import { createReadStream } from 'node:fs'
import type { Configuration } from '../config/load.ts'
import type { Batch } from '../core.ts'
import { asCefline, error, isCeflineError } from '../error.ts'
import type { CeflineError } from '../error.ts'
import { eventFields } from '../mappings/cado-field.ts'
import { compileTimelineMapping, compileTimelineRedaction } from '../mappings/cado.ts'
import type { TimelineMapper } from '../mappings/cado.ts'
import { RowBatch, rowPacker } from '../drop/batch.ts'
import { timelineText } from '../timeline/content.ts'
import { rowLimit } from '../timeline/decoder.ts'
import { fileEvidence } from '../timeline/file-reader.ts'
import type { FileReading } from '../timeline/file-reader.ts'
import { readTimeline } from '../timeline/reader.ts'
import { recognise } from '../timeline/recognise.ts'
import { withoutValues } from '../telemetry/without-values.ts'
import type { Fields } from './preview-record.ts'
import { unreadable } from './unreadable.ts'

/** What the lines of a batch were made of, one after the other. */
export interface Watched {
  readonly hides: boolean
  next(): Fields
}

export interface TimelineSource {
  name: string
  options: FileReading
}

/** A format is told by as many bytes. */
const beginningBytes = 64 * 1024

const defaults: TimelineSource = {
  name: 'default',
  options: {
    timezone: 'UTC',
    format: 'auto',
    profile: 'cado',
    severity: 'alarm',
    evidence: null,
  },
}

/** The source that reads the file, when it is a timeline: the one that is named, the first of that type,
 * or the defaults. Undefined for anything else. */
export async function timelineSource(
  path: string,
  { sources }: Configuration,
  wanted: string | undefined,
): Promise<TimelineSource | undefined> {
  const able = sources.filter(({ type }) => type === 'timeline')
  const named = wanted === undefined ? able[0] : able.find(({ name }) => name === wanted)
  const isNamed = wanted !== undefined && named !== undefined
  if (!isNamed && (wanted !== undefined || !(await isTimeline(path)))) return undefined
  // Read against the schema of the type.
  return (named as TimelineSource | undefined) ?? defaults
}

async function isTimeline(path: string): Promise<boolean> {
  let head: Buffer = Buffer.alloc(0)
  for await (const piece of timelineText(chunksOf(path))) {
    if (!Buffer.isBuffer(piece)) break
    head = Buffer.concat([head, piece])
    if (head.length >= beginningBytes) break
  }
  try {
    return recognise(head, true, 'auto', { timezone: 'UTC', rowLimit }) !== undefined
  } catch (thrown) {
    if (isCeflineError(thrown) && thrown.code === 'header') return false
    throw thrown
  }
}

/** Its batches. Throws `header` for what cannot be told, and `config` for a mapping that cannot be. */
export async function* timelineBatches(
  path: string,
  shown: string,
  { name, options }: TimelineSource,
  raw: boolean,
): AsyncGenerator<{ batch: Batch; mapping: Watched }> {
  const mapping = new WatchedTimeline(options, `sources.${name}.mapping`, raw)
  const batch = new RowBatch(rowPacker())
  const evidence = fileEvidence(shown, options.evidence)
  const origin = { name: shown, receivedAt: Date.now(), evidence }
  const taken = () => ({ batch: batch.take().batch, mapping })
  let failure: CeflineError | undefined
  const pauses = readTimeline(chunksOf(path), origin, options, batch, mapping.map)
  try {
    while ((await pauses.next()).done !== true) yield taken()
  } catch (thrown) {
    failure = asCefline(thrown)
  } finally {
    // Who has seen enough leaves in the middle of the file.
    await pauses.return()
  }
  if (!batch.isEmpty) yield taken()
  // That no row could be read is said by its rejects.
  if (!failure || (failure.permanent && failure.code !== 'header')) return
  // What stands where a header belongs may be a row.
  throw mapping.hides ? error(failure.code, withoutValues(failure.message)) : failure
}

class WatchedTimeline implements Watched {
  readonly map: TimelineMapper
  readonly hides: boolean
  readonly #waiting: Fields[] = []

  constructor({ mapping }: FileReading, place: string, raw: boolean) {
    const map = compileTimelineMapping(mapping, place)
    const redact = raw ? undefined : compileTimelineRedaction(mapping, place)
    this.hides = redact !== undefined
    this.map = (event, options) => {
      const mapped = map(event, options)
      this.#waiting.push(eventFields(redact ? redact(event) : event))
      return mapped
    }
  }

  /** A line that was CEF already has none. */
  next(): Fields {
    return this.#waiting.shift() ?? []
  }
}

async function* chunksOf(path: string): AsyncGenerator<Buffer> {
  try {
    yield* createReadStream(path, { highWaterMark: beginningBytes }) as AsyncIterable<Buffer>
  } catch (thrown) {
    throw unreadable(path, thrown)
  }
}

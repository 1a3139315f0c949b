/**
 * Reads one timeline, of whatever format, as CEF lines: for the drop folder, the bucket, `convert` and
 * `preview` alike. It keeps nothing of the file but a batch and the row that is being read.
 *
 *     bytes → unpacked, UTF-8 → recognised → decoded → mapped → encoded → batch
 *
 * Each row becomes a line (or several, as that of a bodyfile), a reject with the reason, or is ignored
 * because nothing is in it. Packed data that is torn ends the file with one reject. How many there are
 * of each is told when the file has ended.
 */
import { asCefline, error } from '../error.ts'
import { printable } from '../io/printable.ts'
import { compileTimelineMapping } from '../mappings/cado.ts'
import type { CadoProfile, TimelineMapper } from '../mappings/cado.ts'
import { isEmptyMapping } from '../mappings/options.ts'
import type { MappingSpec } from '../mappings/options.ts'
import type { RowBatch } from '../drop/batch.ts'
import { Beginning } from './beginning.ts'
import { timelineText } from './content.ts'
import type { Torn } from './content.ts'
import { rowLimit } from './decoder.ts'
import type { DecoderOptions, Format, TimelineDecoder } from './decoder.ts'
import type { TimelineOrigin } from './origin.ts'
import { recognise } from './recognise.ts'
import { TimelineRows } from './rows.ts'

export interface TimelineReading {
  /** IANA name: the zone of times that have none. */
  timezone: string
  format: 'auto' | Format
  profile: CadoProfile
  severity: 'alarm' | 'verbatim'
  mapping?: MappingSpec
}

/**
 * Reads to the end. Pauses whenever the batch is full, for it to be taken. A chunk must not be written
 * to after it was given. Throws `header` (permanent) when the format cannot be told or the header not
 * be read, the code of the first reject (permanent) when every row was refused, `config`, and what
 * `chunks` throws. All that is in the batch then stays good. `mapper` is who maps instead of `mapping`.
 */
export async function* readTimeline(
  chunks: AsyncIterable<Buffer>,
  origin: TimelineOrigin,
  reading: TimelineReading,
  batch: RowBatch,
  mapper?: TimelineMapper,
): AsyncGenerator<undefined, void> {
  const map = mapper ?? compileTimelineMapping(reading.mapping, 'mapping')
  const rows = new TimelineRows(origin, batch, map, reading)
  const format = new Recognition(reading)
  try {
    for await (const piece of timelineText(chunks)) {
      if (Buffer.isBuffer(piece)) {
        for (const text of format.write(piece)) yield* rows.take(text.items(), text.decoder)
      } else {
        for (const text of format.end()) yield* rows.take(text.items(), text.decoder)
        refuseTorn(piece, rows, format.decoder)
      }
    }
    for (const text of format.end()) yield* rows.take(text.items(), text.decoder)
  } catch (thrown) {
    throw named(thrown, origin.name)
  }
  const { decoder } = format
  if (rows.events === 0 && rows.firstReject) {
    if (!batch.isEmpty) yield
    throw nothingRead(rows, rows.firstReject, origin.name)
  }
  if (decoder?.format === 'cef' && rows.events > 0 && isMapped(reading)) {
    batch.notice(unmapped(origin))
  }
  batch.notice(decoder && rows.events > 0 ? summary(rows, decoder, origin) : empty(decoder, origin))
}

/** Text with the decoder that is to take it. */
interface Decodable {
  decoder: TimelineDecoder
  items: () => ReturnType<TimelineDecoder['write']>
}

/** Gathers the beginning until its format is told. */
class Recognition {
  decoder: TimelineDecoder | undefined
  readonly #format: TimelineReading['format']
  readonly #options: DecoderOptions
  readonly #head = new Beginning()
  #hasEnded = false

  constructor({ format, timezone }: TimelineReading) {
    this.#format = format
    this.#options = { timezone, rowLimit }
  }

  *write(chunk: Buffer): Generator<Decodable> {
    const { decoder } = this
    if (decoder) {
      yield { decoder, items: () => decoder.write(chunk) }
      return
    }
    this.#head.append(chunk)
    const isLong = this.#head.all.length > this.#options.rowLimit
    if (isLong || this.#head.hasContent) yield* this.#begin(isLong)
  }

  /** Safe twice. */
  *end(): Generator<Decodable> {
    if (this.#hasEnded) return
    this.#hasEnded = true
    if (!this.decoder && !this.#head.isBlank) yield* this.#begin(true)
    const { decoder } = this
    if (decoder) yield { decoder, items: () => decoder.end() }
  }

  *#begin(ended: boolean): Generator<Decodable> {
    const { all, content } = this.#head
    const decoder = recognise(content, ended, this.#format, this.#options)
    if (!decoder) {
      if (ended) throw error('header', 'its format cannot be told', { permanent: true })
      return
    }
    this.decoder = decoder
    this.#head.clear()
    yield { decoder, items: () => decoder.write(all) }
  }
}

/** One reject for what packed data ends with: of what was lost behind it nobody knows the rows. */
function refuseTorn({ reason, rest }: Torn, rows: TimelineRows, decoder?: TimelineDecoder): void {
  const where = rows.last === 0 ? 'before its first row' : `after row ${rows.last}`
  const cure = 'what comes then is lost; pack and drop it again, only what is new is added'
  rows.refuse(
    0,
    'encoding',
    `${reason}, ${where}; ${cure}`,
    decoder?.head ?? '',
    rest.toString('utf8'),
  )
}

/** The decoders do not know whose rows they read. */
function named(thrown: unknown, name: string): unknown {
  const { code, message, permanent } = asCefline(thrown)
  if (code !== 'header') return thrown
  return error(code, `${name}: ${message}`, { cause: thrown, permanent })
}

function nothingRead(
  { rejected }: TimelineRows,
  { code, reason }: NonNullable<TimelineRows['firstReject']>,
  name: string,
): Error {
  const rows = rejected === 1 ? 'its one row' : `any of its ${count(rejected)} rows`
  return error(code, `${name}: nothing could be read of ${rows}; the first: ${reason}`, {
    permanent: true,
  })
}

function summary(
  { events, rejected, ignored, evidence }: TimelineRows,
  { format }: TimelineDecoder,
  { name }: TimelineOrigin,
) {
  const parts = [
    format,
    ...(evidence === undefined ? [] : [`evidence ${printable(evidence)}`]),
    `${count(events)} event${events === 1 ? '' : 's'}`,
    ...(rejected > 0 ? [`${count(rejected)} rejected`] : []),
    ...(ignored > 0 ? [`${count(ignored)} with no event of their own`] : []),
  ]
  const level = rejected > 0 ? ('warn' as const) : ('info' as const)
  return { level, code: 'timeline-read', message: `${name}: ${parts.join(', ')}` }
}

function isMapped({ mapping }: TimelineReading): boolean {
  return mapping !== undefined && !isEmptyMapping(mapping)
}

/** Whoever has something hidden must know where it is not. */
function unmapped({ name }: TimelineOrigin) {
  const message = `${name} is CEF already, and its lines are sent as they are: mapping does not apply`
  return { level: 'warn' as const, code: 'not-mapped', message }
}

/** A file without any event is said to be one: it may be a fault of the writer. */
function empty(decoder: TimelineDecoder | undefined, { name }: TimelineOrigin) {
  const what = decoder ? `is ${decoder.format} and has no rows` : 'has no content'
  return { level: 'info' as const, code: 'empty-file', message: `${name} ${what}` }
}

function count(number: number): string {
  return number.toLocaleString('en-US')
}

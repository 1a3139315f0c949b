/**
 * Tells a timeline's format by its content, never by its name, from the first 64 KiB. Empty lines and
 * comments (`#`) before the first line do not count. In this order:
 *
 * 1. `cef`: the first line is CEF, with a syslog header or without.
 * 2. JSON, by the names in its beginning: `__container_type__` is plaso's (`json-line`); `message` with
 *    `timestamp_desc` Timesketch's; two of Cado's names Cado's.
 * 3. A header row (`recognise-header.ts`): `l2tcsv`, `mactime`, `tln`, `timesketch`, `dynamic`, `cado`.
 * 4. Lines without a header: `bodyfile` (11 fields, or 16 of version 2, the last ones numbers) before `tln`
 *    (a number and four to six more fields).
 *
 * A `format` that is given skips all that: only what cannot be at all, such as JSON where `l2tcsv` should
 * be, is refused here. Of `cado` and `timesketch` the first byte tells JSON from CSV.
 */
import { error } from '../error.ts'
import { printable, shorten } from '../io/printable.ts'
import { bodyfileDecoder } from './bodyfile.ts'
import { cadoCsvDecoder } from './cado-csv.ts'
import { cadoJsonDecoder } from './cado-json.ts'
import { cefLinesDecoder, cefOf } from './cef-lines.ts'
import { formats } from './decoder.ts'
import type { DecoderOptions, Format, TimelineDecoder } from './decoder.ts'
import { dynamicDecoder } from './dynamic.ts'
import { l2tcsvDecoder } from './l2tcsv.ts'
import { mactimeDecoder } from './mactime.ts'
import { plasoJsonDecoder } from './plaso-json.ts'
import { formatOfHeader } from './recognise-header.ts'
import { formatOfJson } from './recognise-json.ts'
import { timesketchCsvDecoder } from './timesketch-csv.ts'
import { timesketchJsonDecoder } from './timesketch-json.ts'
import { tlnDecoder } from './tln.ts'

/** Bytes that are looked at; enough for any header, and for the first objects of JSON. */
const beginningBytes = 64 * 1024
/** Lines that are looked at for one that has a bodyfile's fields. */
const mostLines = 20

/** How a format is written. */
type Shape = 'json' | 'cells' | 'pipes' | 'cef'

const shapes: Record<Format, Shape[]> = {
  cado: ['json', 'cells'],
  timesketch: ['json', 'cells'],
  'json-line': ['json'],
  l2tcsv: ['cells'],
  dynamic: ['cells'],
  mactime: ['cells'],
  bodyfile: ['pipes'],
  tln: ['pipes'],
  cef: ['cef'],
}

const inCells: Partial<Record<Format, (options: DecoderOptions) => TimelineDecoder>> = {
  cado: cadoCsvDecoder,
  timesketch: timesketchCsvDecoder,
  l2tcsv: l2tcsvDecoder,
  dynamic: dynamicDecoder,
  mactime: mactimeDecoder,
  bodyfile: bodyfileDecoder,
  tln: tlnDecoder,
  cef: cefLinesDecoder,
}

const inJson: Partial<typeof inCells> = {
  cado: cadoJsonDecoder,
  timesketch: timesketchJsonDecoder,
  'json-line': plasoJsonDecoder,
}

/**
 * A decoder for what begins with `head` (decompressed, UTF-8, no byte order mark); it has read nothing
 * yet. Undefined: more bytes are needed; never when `ended`. Throws `header` (permanent).
 */
export function recognise(
  head: Buffer,
  ended: boolean,
  format: 'auto' | Format,
  options: DecoderOptions,
): TimelineDecoder | undefined {
  if (head.length < beginningBytes && !ended) return undefined
  const beginning = head.toString('utf8', 0, beginningBytes)
  const lines = contentOf(beginning)
  const seen = shapeOf(lines)
  const found = format === 'auto' ? guess(beginning, lines, seen) : forced(format, lines, seen)
  const make = (seen === 'json' ? inJson : inCells)[found] ?? inJson[found]
  return make?.(options)
}

function guess(beginning: string, lines: string[], seen: Shape | undefined): Format {
  // Nothing but comments, which a bodyfile has.
  if (seen === undefined) return 'bodyfile'
  const found =
    seen === 'cef'
      ? seen
      : seen === 'json'
        ? formatOfJson(beginning)
        : (formatOfHeader(lines) ?? (seen === 'pipes' ? formatOfPipes(lines) : undefined))
  if (found) return found
  throw unknown(lines, `the format cannot be told; known are ${formats.join(', ')}`)
}

function forced(format: Format, lines: string[], seen: Shape | undefined): Format {
  // Between cells and fields with pipes the decoders tell, as one may have the other in it.
  const loose = (shape: Shape): Shape => (shape === 'pipes' ? 'cells' : shape)
  if (!seen || shapes[format].some((shape) => loose(shape) === loose(seen))) return format
  throw unknown(lines, `that is no ${format}, which format says it is; correct or leave out format`)
}

function unknown(lines: string[], what: string): Error {
  const line = printable(shorten(lines[0] ?? '', 120))
  return error('header', `the file begins with "${line}": ${what}`, { permanent: true })
}

/** The first lines, without those that do not count. */
function contentOf(beginning: string): string[] {
  const lines: string[] = []
  for (let from = 0; from < beginning.length && lines.length < mostLines;) {
    const feed = beginning.indexOf('\n', from)
    const end = feed < 0 ? beginning.length : feed
    const line = beginning.slice(from, end).replace(/\r$/, '')
    if (line.trim() !== '' && !line.startsWith('#')) lines.push(line)
    from = end + 1
  }
  return lines
}

function shapeOf(lines: string[]): Shape | undefined {
  const [first] = lines
  if (first === undefined) return undefined
  if (/^\s*(?:\{|\[\s*(?:[[{\]]|$))/.test(first)) return 'json'
  if (lines.some((line) => cefOf(line) !== undefined)) return 'cef'
  return lines.some((line) => pipes(line).length > 4) ? 'pipes' : 'cells'
}

function formatOfPipes(lines: string[]): Format | undefined {
  if (lines.some((line) => isBody(pipes(line)))) return 'bodyfile'
  return lines.some((line) => isTln(pipes(line))) ? 'tln' : undefined
}

/** Version 3 ends with a size and four times, and names may have pipes; version 2 with a size, three times
 * and two numbers of blocks. An MD5 or a 0 is before them. */
function isBody(fields: string[]): boolean {
  const [hash = ''] = fields
  const numbers = fields.slice(-5)
  return (
    fields.length >= 11 &&
    /^(?:[0-9a-f]{32}|\d*|-)$/i.test(hash.trim()) &&
    numbers.every((field) => /^-?\d*(?:\.\d*)?$/.test(field.trim()))
  )
}

/** A time and a source; the description may have pipes. */
function isTln([time = '', source = '', ...rest]: string[]): boolean {
  return rest.length >= 3 && /^-?\d+(?:\.\d+)?$/.test(time.trim()) && source.length <= 100
}

function pipes(line: string): string[] {
  return line.split('|')
}

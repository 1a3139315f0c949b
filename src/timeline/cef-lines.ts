/**
 * Lines that are CEF already, such as Cado's own export: passed on as they are, without the syslog header
 * that may be before them (RFC 3164, RFC 5424, ISO 8601 and a host as some write them; an octet count).
 * A line is one that has CEF's seven fields; what its extension says is not judged.
 */
import { splitLine } from '../cef/split.ts'
import type { TextLine } from '../decoders/text-lines.ts'
import { TextLines } from '../decoders/text-lines.ts'
import type { DecoderOptions, Format, Item, TimelineDecoder } from './decoder.ts'
import { refuseLine } from './row-items.ts'

export function cefLinesDecoder(options: DecoderOptions): TimelineDecoder {
  return new CefLines(options)
}

class CefLines implements TimelineDecoder {
  readonly format: Format = 'cef'
  readonly head = ''
  readonly #lines: TextLines
  readonly #limit: number

  constructor({ rowLimit }: DecoderOptions) {
    this.#limit = rowLimit
    this.#lines = new TextLines(rowLimit)
  }

  write(chunk: Buffer): Item[] {
    return this.#lines.write(chunk).map((line) => this.#item(line))
  }

  end(): Item[] {
    return this.#lines.end().map((line) => this.#item(line))
  }

  #item(line: TextLine): Item {
    if (line.problem) return refuseLine(line, this.#limit)
    const { row, text } = line
    if (text.trim() === '') return { kind: 'ignored', row }
    const cef = cefOf(text)
    const reason = cef === undefined ? noCef : forbidden.test(cef) ? control : undefined
    if (cef === undefined || reason !== undefined) {
      return { kind: 'refused', row, code: 'row', reason: reason ?? noCef, text }
    }
    return { kind: 'cef', row, line: cef }
  }
}

const noCef =
  'is no CEF: it does not begin with CEF: and seven fields, after a syslog header or without one'
const control = 'has a carriage return or NUL in it, which no receiver takes; write it as \\r'
const forbidden = /[\r\0]/

/** An octet count, and the beginning of a header: a priority, or a date of either RFC. */
const header = /^(?:\d{1,9} )?(?:<\d{1,3}>|[A-Z][a-z]{2} [ \d]\d \d\d:|\d{4}-\d\d-\d\dT|$)/
/** Bytes of a header that are looked through. */
const mostHeader = 2048

/** The CEF of a line, without a syslog header; undefined when there is none. */
export function cefOf(line: string): string | undefined {
  const start = line.slice(0, mostHeader).search(/(?<![^\s\ufeff>:])CEF:\d+\|/)
  if (start < 0) return undefined
  if (start > 0 && !header.test(line.slice(0, start).replace(/^\ufeff/, ''))) return undefined
  const cef = line.slice(start)
  return splitLine(cef) ? cef : undefined
}

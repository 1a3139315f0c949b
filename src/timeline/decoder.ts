/**
 * What the decoder of a timeline format is: bytes in, events out, no side effect. One takes the chunks
 * of one file (decompressed, UTF-8, without a byte order mark), in order, and is then done with.
 */
import type { Code } from '../error.ts'
import type { TimelineEvent } from './event.ts'

/** The formats by the words of the option `format`, and `cef` for lines that are CEF already. */
export const formats = [
  'cado',
  'l2tcsv',
  'dynamic',
  'json-line',
  'timesketch',
  'bodyfile',
  'mactime',
  'tln',
  'cef',
] as const

export type Format = (typeof formats)[number]

/** What became of one row (or of one of several events of a row, as a line of a bodyfile has). */
export type Item =
  | {
      kind: 'event'
      /** Physical line on which it begins, the first being 1; in a JSON list or map, the place of the
       * object in it, from 1. */
      row: number
      event: TimelineEvent
      /** The row as it was read; a function, as it is wanted only where mapping fails. */
      text: () => string
    }
  | {
      kind: 'refused'
      row: number
      code: Code
      /** Goes on after `name row 12 `: `has 16 cells where the header has 17; …cure`. */
      reason: string
      text: string
    }
  /** A row without content, or a comment. */
  | { kind: 'ignored'; row: number }
  /** A line of format `cef`, to be passed on as it is. */
  | { kind: 'cef'; row: number; line: string }

export interface TimelineDecoder {
  readonly format: Format
  /** What must stand before a row for it to be read again by itself: the header with its line end; ''
   * where a row needs none. */
  readonly head: string
  /** The items that are complete with this chunk. Throws `header` (permanent) when the file's beginning
   * shows that nothing of it can be read. */
  write(chunk: Buffer): Iterable<Item>
  /** The last ones: the file has ended. */
  end(): Iterable<Item>
}

export interface DecoderOptions {
  /** IANA name: the zone of times that have none. */
  timezone: string
  /** Bytes that a row may have; a longer one is refused as `too-large`, its beginning kept. */
  rowLimit: number
}

/** A row of a timeline, the largest that is read: well above plaso's largest (38 KB seen). */
export const rowLimit = 16 * 1024 * 1024

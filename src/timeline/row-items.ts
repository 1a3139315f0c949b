/**
 * What every decoder of rows says of a row that it cannot read.
 */
import type { TextLine } from '../decoders/text-lines.ts'
import { isCeflineError } from '../error.ts'
import type { Item } from './decoder.ts'

type Refused = Extract<Item, { kind: 'refused' }>

/** Characters of a row that is too large, and of a value, that are kept. */
const mostKept = 64 * 1024
const mostShown = 100

/** A line that has a problem: too large, or no UTF-8. */
export function refuseLine(line: TextLine, limit: number): Refused {
  if (line.problem === 'too-large') return tooLarge(line.row, line.text, limit)
  return {
    kind: 'refused',
    row: line.row,
    code: 'encoding',
    reason: `is not UTF-8: byte ${line.byte ?? 1} of the row is wrong; save the file as UTF-8`,
    text: line.text,
  }
}

/** A row beyond the limit (bytes), of which `text` is the beginning or all. */
export function tooLarge(row: number, text: string, limit: number): Refused {
  return {
    kind: 'refused',
    row,
    code: 'too-large',
    reason: `is longer than ${limit} bytes; shorten it and drop it again`,
    text: text.length > mostKept ? text.slice(0, mostKept) : text,
  }
}

/** A row with another number of cells than its header or format. */
export function wrongCells(row: number, text: string, has: number, wanted: string): Refused {
  return {
    kind: 'refused',
    row,
    code: 'row',
    reason: `has ${has} cells where ${wanted}; correct the row and drop it again`,
    text,
  }
}

/** A row that reading threw at. An error that is not ours goes on: it is a fault of the program. */
export function refuseThrown(row: number, text: string, thrown: unknown): Refused {
  if (!isCeflineError(thrown)) throw thrown
  return { kind: 'refused', row, code: thrown.code, reason: thrown.message, text }
}

/** A value as reasons show it. */
export function shown(value: string): string {
  return `"${value.length > mostShown ? `${value.slice(0, mostShown)}…` : value}"`
}

/**
 * Names of objects. A key begins with the time, which only grows, so that readers that go through a
 * bucket by name (QRadar, Elastic's `lexicographical_ordering`) never find an older name later; then
 * come series and queue, and the numbers of the first and the last line, so that a name says what is
 * in it and stands for these lines only. Every character is one of `A-Za-z0-9._/-`.
 */

/** A line's place in its queue: the block's sequence, and the line in the block, from 1. */
export interface LineNumber {
  sequence: number
  line: number
}

/** Characters of a series and of a queue in a name: a file's name has 255 bytes at most. */
const longestSeries = 80
const longestQueue = 64

export interface NameParts {
  /** ms since 1970 */
  time: number
  series: string
  queue: string
  first: LineNumber
  last: LineNumber
}

/** `20260108T110753.042Z_2-disk.dd_timelines_000000000001.0000001-000000000009.0000412` */
export function objectName({ time, series, queue, first, last }: NameParts): string {
  const numbers = `${padded(first)}-${padded(last)}`
  return [stamp(time), safe(series, longestSeries), safe(queue, longestQueue), numbers].join('_')
}

/** Whether a comes before b, or is b. */
export function isUpTo(a: LineNumber, b: LineNumber): boolean {
  return a.sequence < b.sequence || (a.sequence === b.sequence && a.line <= b.line)
}

/** Times for names: now, or just after the one before when the clock has not moved or was put back. */
export class Times {
  #last: number

  constructor(last = 0) {
    this.#last = last
  }

  next(now = Date.now()): number {
    this.#last = Math.max(now, this.#last + 1)
    return this.#last
  }
}

function stamp(time: number): string {
  return new Date(time).toISOString().replaceAll(/[-:]/g, '')
}

/** Of different length in digits they would not sort. */
function padded({ sequence, line }: LineNumber): string {
  return `${String(sequence).padStart(12, '0')}.${String(line).padStart(7, '0')}`
}

function safe(text: string, most: number): string {
  return text.replace(/[^A-Za-z0-9._-]+/g, '-').slice(0, most) || '-'
}

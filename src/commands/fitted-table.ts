/**
 * A table that fits a terminal: columns that are the easiest to do without are left out until the rest
 * has room, and the last one is cut.
 */
import { printable } from '../io/printable.ts'
import { fitting, padded, widthOf } from '../io/width.ts'

export interface Column {
  head: string
  /** Numbers stand to the right. */
  right?: boolean
  /** The greatest goes first; 0 or left out: it stays. */
  spare?: number
}

const gap = 2
/** Columns that the last one has at least, or its own width. */
const leastOfLast = 10
/** And a name. */
const longestCell = 32

/** The head, then the rows; none is wider than `width`. */
export function fittedTable(
  columns: readonly Column[],
  rows: readonly (readonly string[])[],
  width: number,
): string[] {
  const last = columns.length - 1
  const lines = [columns.map(({ head }) => head), ...rows].map((row) =>
    row.map((cell, index) => {
      const text = printable(cell)
      return index === last ? text : fitting(text, longestCell)
    }),
  )
  const widths = columns.map((_, index) =>
    Math.max(...lines.map((row) => widthOf(row[index] ?? ''))),
  )
  const kept = keptOf(columns, widths, width)
  return lines.map((row) => {
    const cells = kept.map((index) =>
      index === last
        ? (row[index] ?? '')
        : padded(row[index] ?? '', widths[index] ?? 0, columns[index]?.right),
    )
    return fitting(cells.join(' '.repeat(gap)).trimEnd(), width)
  })
}

/** Indexes of the columns that there is room for. */
function keptOf(columns: readonly Column[], widths: readonly number[], width: number): number[] {
  const last = columns.length - 1
  let kept = columns.map((_, index) => index)
  const needed = () =>
    kept.reduce((sum, index) => {
      const own = widths[index] ?? 0
      return sum + gap + (index === last ? Math.min(own, leastOfLast) : own)
    }, -gap)
  while (needed() > width) {
    const easiest = Math.max(...kept.map((index) => columns[index]?.spare ?? 0))
    if (easiest === 0) break
    kept = kept.filter((index) => columns[index]?.spare !== easiest)
  }
  return kept
}

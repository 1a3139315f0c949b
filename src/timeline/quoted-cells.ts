/**
 * Cells in one physical line by RFC 4180, for lines that are read by themselves; and back.
 */

/** The cells; undefined where a quote is not closed in this line. A quote that does not begin its cell
 * is a character. */
export function quotedCells(line: string, delimiter = ','): string[] | undefined {
  const cells: string[] = []
  let at = 0
  for (;;) {
    let end = at
    let cell = ''
    if (line.charAt(at) === '"') {
      end = closingQuote(line, at + 1)
      if (end < 0) return undefined
      cell = line.slice(at + 1, end).replaceAll('""', '"')
      at = end + 1
    }
    end = line.indexOf(delimiter, at)
    cells.push(cell + line.slice(at, end < 0 ? line.length : end))
    if (end < 0) return cells
    at = end + 1
  }
}

/** A row of such cells, each in quotes where it needs them, the first one also where `beginsQuoted`. */
export function quotedRow(cells: string[], delimiter: string, beginsQuoted = false): string {
  return cells
    .map((cell, place) => {
      const isFree = place > 0 || !beginsQuoted
      const isPlain = isFree && !/["\r\n]/.test(cell) && !cell.includes(delimiter)
      return isPlain ? cell : `"${cell.replaceAll('"', '""')}"`
    })
    .join(delimiter)
}

function closingQuote(line: string, from: number): number {
  for (let at = line.indexOf('"', from); at >= 0; at = line.indexOf('"', at + 2)) {
    if (line.charAt(at + 1) !== '"') return at
  }
  return -1
}

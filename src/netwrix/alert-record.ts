/**
 * A row as it is kept when it is set aside: the header, a line feed and the row, each as it could
 * stand in the file, so that the row can be read again by itself.
 */

/** What a record is cut to, in characters; the file itself is kept in `done`. */
const recordLength = 1024 * 1024

/** Any delimiter that a reader of this text might look for. */
const anyDelimiter = /["\r\n\t;,]/

export function keptRecord(header: string, row: string): string {
  const text = `${header}\n${row}`
  const left = text.length - recordLength
  return left > 0 ? `${text.slice(0, recordLength)}… (and ${left} characters)` : text
}

/** It is not all that the row had. */
export function isCut(record: string): boolean {
  return record.length > recordLength
}

export function rowText(cells: string[], delimiter: string): string {
  return joined(cells, delimiter, (cell) => /["\r\n]/.test(cell) || cell.includes(delimiter))
}

/** The header is what the delimiter is told by, so no other one may be in it without quotes. */
export function headerText(cells: string[], delimiter: string): string {
  return joined(cells, delimiter, (cell) => anyDelimiter.test(cell))
}

function joined(
  cells: string[],
  delimiter: string,
  needsQuotes: (cell: string) => boolean,
): string {
  return cells
    .map((cell) => (needsQuotes(cell) ? `"${cell.replaceAll('"', '""')}"` : cell))
    .join(delimiter)
}

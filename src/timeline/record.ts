/**
 * A row as it is kept when it is set aside: what its format needs before it, and the row, so that it
 * can be read again by itself.
 */

/** What a record is cut to, in characters; the file itself is kept in `done`. */
const recordLength = 1024 * 1024

export function keptRecord(head: string, text: string): string {
  const record = head + text
  const left = record.length - recordLength
  return left > 0 ? `${record.slice(0, recordLength)}… (and ${left} characters)` : record
}

/** It is not all that the row had. */
export function isCut(record: string): boolean {
  return record.length > recordLength
}

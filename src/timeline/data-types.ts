/**
 * What `l2tcsv` shows of plaso's data types, which JSON has alone. One that is not in the table (a
 * newer plaso's, a plugin's own) has its first part in capitals as the source, `EXAMPLE` for
 * `example:log:line`, and itself as the sourcetype: plaso writes `N/A` for both and thereby less.
 */
import { dataTypeTable } from './data-type-table.ts'

export interface DataType {
  /** `FILE`, `LOG`, `REG`. */
  source: string
  /** `File stat`. */
  sourcetype: string
  /** The attribute that is the short message; undefined where that is made of several. */
  short: string | undefined
}

const known = new Map<string, DataType>()
for (const [source, text] of Object.entries(dataTypeTable)) {
  for (const entry of text.split(';')) {
    const [left = '', sourcetype = ''] = entry.split('=')
    const [name = '', short] = left.split('>')
    known.set(name.trim(), { source, sourcetype: sourcetype.replace(/\s+/g, ' ').trim(), short })
  }
}

/** By name, in capitals or not; `''` has nothing. */
export function dataType(name: string): DataType {
  const found = known.get(name.toLowerCase())
  if (found) return found
  const [first = ''] = name.split(':')
  return { source: first.toUpperCase(), sourcetype: name, short: undefined }
}

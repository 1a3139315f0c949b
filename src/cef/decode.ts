/**
 * A CEF line of ours, read back: for the console's colours, for previews and for tests. What
 * `encode` was given comes back, cleaned as `cleanValue` says.
 */
import { splitLine } from './split.ts'
import { unescapeValue } from './value.ts'

export interface DecodedCef {
  vendor: string
  product: string
  version: string
  classId: string
  name: string
  /** `0` to `10`, or one of the standard's words. */
  severity: string
  /** Keys and values, unescaped, in the line's order. */
  extension: [key: string, value: string][]
}

/** The event, or undefined when the line is no CEF line (fewer than seven header fields). */
export function decode(line: string): DecodedCef | undefined {
  const parts = splitLine(line)
  if (parts === undefined) return undefined
  const [, vendor, product, version, classId, name, severity] = parts.header.map(unescapeHeader)
  if (vendor === undefined || product === undefined || version === undefined) return undefined
  if (classId === undefined || name === undefined || severity === undefined) return undefined
  const extension = parts.pairs.map(([key, raw]): [string, string] => [key, unescapeValue(raw)])
  return { vendor, product, version, classId, name, severity, extension }
}

function unescapeHeader(raw: string): string {
  return raw.includes('\\') ? raw.replace(/\\([\\|])/g, '$1') : raw
}

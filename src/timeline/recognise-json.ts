/**
 * Formats of JSON by the names in its beginning, whatever frames the objects. The beginning is not
 * parsed: its first object may be broken, or longer than what is looked at.
 */
import type { Format } from './decoder.ts'
import { isCado } from './recognise-header.ts'

/** An answer of the API's that has none. */
const noEvents = /^\s*\{[^[]*"(?:data|results)"\s*:\s*\[\s*\]/

/** Undefined: the names say nothing. */
export function formatOfJson(beginning: string): Format | undefined {
  // A list or map without anything in it is any format's.
  if (/^\s*(?:\[\s*\]|\{\s*\})\s*$/.test(beginning)) return 'json-line'
  const names = new Set<string>()
  // Quotes inside of a string have a backslash before them, and so match nothing here.
  for (const [, name = ''] of beginning.matchAll(/"(\w{1,100})"\s*:/g)) names.add(name)
  if (names.has('__container_type__')) return 'json-line'
  if (names.has('timestamp_desc') && names.has('message')) {
    // plaso's, as other programs hand it on: it has the data type and the number alone.
    const isPlaso = names.has('data_type') && names.has('timestamp') && !names.has('datetime')
    return isPlaso ? 'json-line' : 'timesketch'
  }
  return isCado([...names]) || noEvents.test(beginning) ? 'cado' : undefined
}

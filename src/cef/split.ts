/**
 * A CEF line in its raw parts, still escaped, and put together again. Splitting keeps to what
 * `encode` writes and a little more: pipes escaped in the header, no space or several before the
 * first key. `joinLine(splitLine(line))` is the line for all that `encode` makes.
 */

export interface SplitLine {
  /** `CEF:0`, vendor, product, version, event class id, name, severity. */
  header: [string, string, string, string, string, string, string]
  /** Keys with their values as they stand in the line, escapes and all. */
  pairs: [key: string, raw: string][]
}

/** The parts, or undefined when the line does not begin with seven fields of CEF. */
export function splitLine(line: string): SplitLine | undefined {
  if (!line.startsWith('CEF:')) return undefined
  const header: string[] = []
  let start = 0
  for (let index = 0; index < line.length && header.length < 7; index += 1) {
    const code = line.charCodeAt(index)
    if (code === 0x5c) index += 1
    else if (code === 0x7c) {
      header.push(line.slice(start, index))
      start = index + 1
    }
  }
  const [cef, vendor, product, version, classId, name, severity] = header
  if (cef === undefined || vendor === undefined || product === undefined) return undefined
  if (version === undefined || classId === undefined || name === undefined) return undefined
  if (severity === undefined) return undefined
  return {
    header: [cef, vendor, product, version, classId, name, severity],
    pairs: splitPairs(line, start),
  }
}

export function joinLine({ header, pairs }: SplitLine): string {
  let line = `${header.join('|')}|`
  for (const [key, raw] of pairs) line += ` ${key}=${raw}`
  return line
}

/** An unescaped `=` begins a value; the word before it is the key and ends the value before it. */
function splitPairs(line: string, from: number): SplitLine['pairs'] {
  const pairs: SplitLine['pairs'] = []
  let key: string | undefined
  let start = from
  let space = from - 1
  for (let index = from; index < line.length; index += 1) {
    const code = line.charCodeAt(index)
    if (code === 0x5c) index += 1
    else if (code === 0x20) space = index
    else if (code === 0x3d) {
      // A second `=` in one word belongs to the value: foreign lines have such, ours have not.
      if (key !== undefined && space < start) continue
      if (key !== undefined) pairs.push([key, line.slice(start, space)])
      key = line.slice(space + 1, index)
      start = index + 1
    }
  }
  if (key !== undefined) pairs.push([key, line.slice(start)])
  return pairs
}

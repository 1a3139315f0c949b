/**
 * What frames the objects in a stream of JSON, told by its beginning:
 *
 *     lines      {…} LF {…} LF                        JSON Lines
 *     object     {LF …} {…}                           several lines an object, one after another
 *     list       [{…}, {…}]
 *     map        {"event_0": {…}, "event_1": {…}}     plaso's `json`
 *     envelope   {"status": "success", "data": [{…}]} an API's answer; `data`, `rows`, `results`, `events`
 */
import {
  backslash,
  closeList,
  closeObject,
  colon,
  comma,
  isBlank,
  kindOf,
  lineFeed,
  mayFollow,
  openList,
  openObject,
  quote,
} from './json-bytes.ts'

export type Frame = 'object' | 'list' | 'map' | 'envelope'

/** The brackets that are open around an object of the frame's. */
export const levels: Record<Frame, number[]> = {
  object: [],
  list: [openList],
  map: [openObject],
  envelope: [openObject, openList],
}

/** Keys of an answer whose list holds the objects. */
const listKeys = new Set(['data', 'rows', 'results', 'events'])
/** Keys that may stand before it: with any other the object is taken for an event. */
const answerKeys = new Set(
  'status,pagination,page,per_page,pages,total,total_records,format,version'.split(','),
)
/** Bytes that are looked at. What they do not decide is an object, in JSON Lines. */
const most = 1024 * 1024

/** The frame that the bracket at `from` opens; undefined: more bytes are needed. */
export function frameAt(buffer: Buffer, from: number, ended: boolean): Frame | undefined {
  if (buffer[from] === openList) return 'list'
  const bytes = buffer.subarray(0, from + most)
  const undecided = ended || bytes.length - from === most ? 'object' : undefined
  for (let at = from + 1; ; at += 1) {
    const open = skipBlanks(bytes, at)
    if (open === bytes.length) return undecided
    if (bytes[open] !== quote) return 'object'
    const close = skipValue(bytes, open)
    const colon = close === undefined ? bytes.length : skipBlanks(bytes, close)
    const value = skipBlanks(bytes, colon + 1)
    if (close === undefined || value >= bytes.length) return undecided
    const key = bytes.toString('utf8', open + 1, close - 1)
    if (/^event_\d+$/.test(key) && bytes[value] === openObject) return 'map'
    if (listKeys.has(key) && bytes[value] === openList) {
      const first = skipBlanks(bytes, value + 1)
      if (first === bytes.length) return undecided
      if (bytes[first] === openObject || bytes[first] === closeList) return 'envelope'
    }
    if (!answerKeys.has(key)) return 'object'
    const end = skipValue(bytes, value)
    if (end === undefined) return undecided
    at = skipBlanks(bytes, end)
    if (at === bytes.length) return undecided
    if (bytes[at] !== comma) return 'object'
  }
}

/**
 * Whether the object at `from` is the first of JSON Lines: it ends on its line, or it is broken there
 * and the next line begins another. Undefined: more bytes are needed.
 */
export function isLines(buffer: Buffer, from: number, ended: boolean): boolean | undefined {
  const bytes = buffer.subarray(0, from + most)
  const feed = bytes.indexOf(lineFeed, from)
  if (feed < 0 && bytes.length - from === most) return true
  if (feed < 0 && !ended) return undefined
  const end = feed < 0 ? bytes.length : feed
  const open: number[] = []
  let last = 0
  for (let at = skipBlanks(bytes, from); at < end; at = skipBlanks(bytes, at)) {
    const byte = bytes[at] ?? 0
    // More on the line than one object: objects that only blanks or commas are between.
    if (open.length === 0 && last !== 0) return false
    if (byte === openObject || byte === openList) open.push(byte)
    else if (byte === closeObject || byte === closeList) open.pop()
    const next = byte === quote ? skipValue(bytes, at) : at + 1
    // A string has no line end: the line is a broken one.
    if (next === undefined || next > end) return true
    last = kindOf(byte)
    at = next
  }
  if (open.length === 0) return true
  const next = skipBlanks(bytes, end)
  if (next === bytes.length) return ended || next - from === most ? true : undefined
  if (bytes[next] !== openObject) return false
  const fits = mayFollow(openObject, last, open.at(-1), false)
  // Nobody prints the object that belongs to a key in the first column.
  return !fits || (last === colon && next === end + 1)
}

/** The place of the first byte from here on that is neither blank nor line end, or the length. */
export function skipBlanks(bytes: Buffer, from: number): number {
  let at = from
  while (at < bytes.length && isBlank(bytes[at] ?? 0)) at += 1
  return Math.min(at, bytes.length)
}

/** The place after the value that begins here; undefined when it does not end. */
function skipValue(bytes: Buffer, from: number): number | undefined {
  let depth = 0
  for (let at = from; at < bytes.length; at += 1) {
    const byte = bytes[at] ?? 0
    if (byte === quote) {
      for (at += 1; at < bytes.length && bytes[at] !== quote; at += 1)
        if (bytes[at] === backslash) at += 1
      if (at >= bytes.length) return undefined
    } else if (byte === openObject || byte === openList) depth += 1
    else if (byte === closeObject || byte === closeList) {
      if (depth === 0) return at
      depth -= 1
    } else if (byte === comma && depth === 0) return at
    else continue
    if (depth === 0) return at + 1
  }
  return undefined
}

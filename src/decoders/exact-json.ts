/**
 * JSON whose whole numbers keep all their digits: one that a JavaScript number cannot hold becomes a
 * `bigint`. Forensic JSON is full of them: nanoseconds since 1970, the 100 ns of an NTFS time, NTFS
 * file references. (Node 20 hands a reviver no source text, so such numbers are put in quotes first.)
 *
 * As with Python's reader, the last of two equal keys counts. A key `__proto__` is one like any other.
 */

/** What may be too great for a number: 17 digits and more, or 16 that begin with a 9. */
const great = /\d{17}|9\d{15}/
/** Stands before the digits of a quoted number; the rest of it is a character no text has by chance. */
const mark = '\u0001integer '

/** Throws `SyntaxError` for what is no JSON, `RangeError` for one that is nested too deeply. */
export function parseExactly(text: string): unknown {
  if (!great.test(text)) return JSON.parse(text)
  const quoted = quoteGreat(text)
  if (quoted === text) return JSON.parse(text)
  return JSON.parse(quoted, (_key, value: unknown) => {
    return typeof value === 'string' && value.startsWith(mark) && isWhole(value.slice(mark.length))
      ? BigInt(value.slice(mark.length))
      : value
  })
}

/** The JSON text of what `parseExactly` gave. Throws `RangeError` for what is nested too deeply. */
export function writeExactly(value: unknown): string {
  try {
    return JSON.stringify(value)
  } catch (thrown) {
    // It is a bigint, for which JSON has no form of its own.
    if (!(thrown instanceof TypeError)) throw thrown
  }
  const text = JSON.stringify(value, (_key, member: unknown) => {
    return typeof member === 'bigint' ? `${mark}${member}` : member
  })
  return text.replace(markedText, '$1')
}

/** A quote within a string has a backslash before it, one that begins a string never. */
const markedText = /(?<!\\)"\\u0001integer (-?\d+)"/g

/** The text with its great whole numbers in quotes, marked; what stands in strings is passed over. */
function quoteGreat(text: string): string {
  let result = ''
  let at = 0
  while (at < text.length) {
    const open = text.indexOf('"', at)
    const outside = text.slice(at, open < 0 ? undefined : open)
    result += outside.replace(/-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?/g, (digits) =>
      isWhole(digits) && !Number.isSafeInteger(Number(digits))
        ? `"${JSON.stringify(mark).slice(1, -1)}${digits}"`
        : digits,
    )
    if (open < 0) break
    const close = closing(text, open)
    result += text.slice(open, close)
    at = close
  }
  return result
}

/** Where the string that begins here has ended; the text's end when it does not. */
function closing(text: string, open: number): number {
  for (let quote = text.indexOf('"', open + 1); quote >= 0; quote = text.indexOf('"', quote + 1)) {
    let escapes = 0
    while (text.charCodeAt(quote - 1 - escapes) === 0x5c) escapes += 1
    if (escapes % 2 === 0) return quote + 1
  }
  return text.length
}

/** Without a leading zero, which JSON does not allow: quoting must not make it good. */
function isWhole(digits: string): boolean {
  return /^-?[1-9]\d*$/.test(digits)
}

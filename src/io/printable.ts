/**
 * Text that may be shown on a terminal or in a log: whatever came from a file or a peer must not
 * move the cursor, change colours or forge a line.
 */

const unfit = /[\u0000-\u001f\u007f-\u009f\u200e\u200f\u2028-\u202e\u2066-\u2069\ufeff]/g

/** Control characters, bidirectional overrides and line separators as `\xNN` or `\uNNNN`. */
export function printable(text: string): string {
  return text.replace(unfit, (character) => {
    const code = character.charCodeAt(0)
    return code < 0x100 ? `\\x${code.toString(16).padStart(2, '0')}` : escaped(character)
  })
}

/** A value as one line of JSON, with the same characters as its own `\uNNNN`: read back, it is equal. */
export function printableJson(value: unknown): string {
  return JSON.stringify(value).replace(unfit, escaped)
}

function escaped(character: string): string {
  return `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`
}

/** At most `length` characters, whole code points, with an ellipsis where something is left out. */
export function shorten(text: string, length: number): string {
  if (text.length <= length) return text
  const splitsPair = text.charCodeAt(length - 1) >> 10 === 0x36
  return `${text.slice(0, splitsPair ? length - 1 : length)}…`
}

/**
 * A value that is, or was meant to be, a url, with `****` in place of the user and password before
 * its `@`. Not for whole sentences: what stands between a colon and the last `@` is hidden.
 */
export function withoutUserinfo(value: string): string {
  // A password with a slash, a space or an @ in it is no user information to a parser of urls, nor
  // is one after `tcp:/`; it is one to whoever wrote it.
  return value.replace(/:(\/*)[^]*@/, ':$1****@')
}

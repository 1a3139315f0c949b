/**
 * JSON's grammar as far as it can be told byte by byte (RFC 8259): what may follow what, strings and
 * words being one sign each.
 */

export const quote = 0x22
export const comma = 0x2c
export const colon = 0x3a
export const backslash = 0x5c
export const openList = 0x5b
export const closeList = 0x5d
export const openObject = 0x7b
export const closeObject = 0x7d
export const lineFeed = 0x0a
/** Stands for all that numbers and words are made of. */
export const word = 0x61

const structural = new Set([quote, comma, colon, openList, closeList, openObject, closeObject])

export function isBlank(byte: number): boolean {
  return byte === 0x20 || byte === lineFeed || byte === 0x0d || byte === 0x09
}

/** The byte itself where it has a meaning of its own, else `word`. */
export function kindOf(byte: number): number {
  return structural.has(byte) ? byte : word
}

/**
 * Whether this byte may follow `last` (by `kindOf`; a string is its quote) inside of the bracket `top`.
 * Outside of any bracket nothing may but a comma after a bracket.
 */
export function mayFollow(
  byte: number,
  last: number,
  top: number | undefined,
  afterBlank: boolean,
): boolean {
  const afterValue = last === closeObject || last === closeList || last === quote || last === word
  switch (byte) {
    case openObject:
    case openList:
      return top === openList ? last === openList || last === comma : last === colon
    case closeObject:
      return top === openObject && (afterValue || last === openObject)
    case closeList:
      return top === openList && (afterValue || last === openList)
    case comma:
      return afterValue
    case colon:
      return top === openObject && last === quote
    case quote:
      return top !== undefined && !afterValue
    default:
      if (top === undefined) return false
      return last === word ? !afterBlank : !afterValue && last !== openObject
  }
}

/** For a message. */
export function shown(byte: number): string {
  return byte > 0x20 && byte < 0x7f ? JSON.stringify(String.fromCharCode(byte)) : `byte ${byte}`
}

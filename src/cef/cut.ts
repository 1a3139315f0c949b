/**
 * Shortening an escaped value so that it stays one: at a code point, never inside an escape, and
 * with a mark that says so. The mark is `[cut]`, plain ASCII without anything that needs an escape,
 * rather than an ellipsis, which real values end with as well.
 */

export const cutMark = '[cut]'

/** `bytes` of the line in UTF-8, as transports count; `characters` of the value without its
 * escapes, in UTF-16 units, as ESM (Java) counts. */
export type Measure = 'bytes' | 'characters'

/** How long the raw value is. */
export function measure(raw: string, by: Measure): number {
  if (by === 'bytes') return Buffer.byteLength(raw)
  let length = raw.length
  for (let index = raw.indexOf('\\'); index >= 0; index = raw.indexOf('\\', index + 2)) length -= 1
  return length
}

/** The raw value within `limit`, its mark included; '' when not even one character has room. */
export function cutRaw(raw: string, limit: number, by: Measure): string {
  if (measure(raw, by) <= limit) return raw
  const room = limit - cutMark.length
  let used = 0
  let end = 0
  while (end < raw.length) {
    const [units, cost] = step(raw, end, by)
    if (used + cost > room) break
    used += cost
    end += units
  }
  return end === 0 ? '' : raw.slice(0, end) + cutMark
}

/** What stands at `index` and may not be parted: its UTF-16 units, and what it costs. */
function step(raw: string, index: number, by: Measure): [units: number, cost: number] {
  const code = raw.charCodeAt(index)
  if (code === 0x5c) return [2, by === 'bytes' ? 2 : 1]
  if (code < 0x80) return [1, 1]
  if (code >= 0xd800 && code < 0xdc00) return [2, by === 'bytes' ? 4 : 2]
  if (by === 'characters') return [1, 1]
  return [1, code < 0x800 ? 2 : 3]
}

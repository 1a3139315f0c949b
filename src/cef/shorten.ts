/**
 * Makes a line's parts fit a number of bytes. First long texts (more than 256 bytes) are shortened
 * to no less than that, the least important first, so that one huge value does not cost the others;
 * if that is not enough, values are shortened further or left out in the same order; at the very
 * last the header's fields. Nothing is shortened more than it must be.
 */
import { cutRaw } from './cut.ts'
import { importance, mayBeCut } from './importance.ts'
import type { SplitLine } from './split.ts'
import { joinLine } from './split.ts'

/** Something that can give bytes: it returns how many it gave. */
interface Part {
  readonly name: string
  give(wanted: number, floor: number): number
}

/** Bytes that the first round leaves to every text. */
const firstFloor = 256

/** Changes `parts` in place; names what was cut or left out in `cut`. */
export function shorten(parts: SplitLine, maxBytes: number, cut: Set<string>): void {
  let over = Buffer.byteLength(joinLine(parts)) - maxBytes
  const all = [...extensionParts(parts), ...headerParts(parts)]
  for (const floor of [firstFloor, 0]) {
    for (const part of all) {
      if (over <= 0) break
      const given = part.give(over, floor)
      if (given > 0) cut.add(part.name)
      over -= given
    }
  }
  parts.pairs = parts.pairs.filter(([, raw]) => raw !== '')
}

/** Values, each with its label, the least important first; a pair that is gone has the raw ''. */
function extensionParts(parts: SplitLine): Part[] {
  const byKey = new Map(parts.pairs.map((pair) => [pair[0], pair]))
  const vendor = parts.header[1]
  return parts.pairs
    .filter(([key]) => !isLabelOf(key, byKey))
    .reverse()
    .sort((one, other) => importance(one[0], vendor) - importance(other[0], vendor))
    .map((pair) => ({
      name: pair[0],
      give: (wanted, floor) => {
        const shortened = mayBeCut(pair[0], vendor) ? shortenValue(pair, wanted, floor) : 0
        if (shortened > 0 || floor > 0) return shortened
        return leaveOut(pair) + leaveOut(byKey.get(`${pair[0]}Label`))
      },
    }))
}

/** Returns the bytes given; 0 when the value is short already or nothing of it would be left. */
function shortenValue(pair: [string, string], wanted: number, floor: number): number {
  const size = Buffer.byteLength(pair[1])
  if (size <= floor) return 0
  const shorter = cutRaw(pair[1], Math.max(size - wanted, floor), 'bytes')
  if (shorter === '') return 0
  pair[1] = shorter
  return size - Buffer.byteLength(shorter)
}

function isLabelOf(key: string, byKey: ReadonlyMap<string, unknown>): boolean {
  return key.endsWith('Label') && byKey.has(key.slice(0, -'Label'.length))
}

/** The bytes of ` key=value`. */
function leaveOut(pair: [string, string] | undefined): number {
  if (pair === undefined || pair[1] === '') return 0
  const given = pair[0].length + 2 + Buffer.byteLength(pair[1])
  pair[1] = ''
  return given
}

/** The header's texts: name, class id, product, version, vendor. One byte of each stays. */
function headerParts({ header }: SplitLine): Part[] {
  return (
    [
      ['name', 5],
      ['deviceEventClassId', 4],
      ['deviceProduct', 2],
      ['deviceVersion', 3],
      ['deviceVendor', 1],
    ] as const
  ).map(([name, index]) => ({
    name,
    give: (wanted, floor) => {
      const size = Buffer.byteLength(header[index])
      if (size <= Math.max(floor, 1)) return 0
      header[index] = cutRaw(header[index], Math.max(size - wanted, floor), 'bytes') || '-'
      return size - Buffer.byteLength(header[index])
    },
  }))
}

/**
 * Cado's keys for receivers that would take them for something else. CEF's dictionary has `type` as a
 * number and `eventId` as a number that the SIEM itself sets; a receiver that goes by it drops a text
 * there, or fails the event. And it has keys of letters and digits only: `_` is beyond the standard.
 *
 * - `keep`: as Cado's standard has them;
 * - `rename`: those that the dictionary has as something else than a producer's text, in the form of
 *   CEF's chapter 4: `CadoResponseType`, `CadoResponseEventId`;
 * - `rename-all`: those with `_` too, `CadoResponseEvidenceId`.
 *
 * Only lines of Cado's have such keys; any other stays as it is.
 */
import { cadoOtherKey, cadoOwn, cadoVendor } from './cado.ts'
import { dictionary } from './dictionary.ts'
import type { SplitLine } from './split.ts'

export const clashChoices = ['keep', 'rename', 'rename-all'] as const

export type Clashes = (typeof clashChoices)[number]

/** How every line begins that can have such keys. */
export const clashingStart = `CEF:0|${cadoVendor}|`

/** Their names, by choice. */
const renamed: Record<Clashes, ReadonlyMap<string, string>> = {
  keep: new Map(),
  rename: namesOf(isOfAnotherType),
  'rename-all': namesOf((key) => isOfAnotherType(key) || key.includes('_')),
}

/** Whether there may be something to rename in the line. */
export function mayClash(line: string, clashes: Clashes): boolean {
  return clashes !== 'keep' && line.startsWith(clashingStart)
}

/** Renames in place. What has such a name already, as a column of a row may, gets a number: both stay, and
 * nobody's column stands where a receiver's rules look for Cado's own. */
export function renameClashes(parts: SplitLine, clashes: Clashes): void {
  const names = renamed[clashes]
  const taken = new Set(parts.pairs.map(([key]) => key))
  const given = new Set<string>()
  for (const [key] of parts.pairs) {
    const name = names.get(key)
    if (name !== undefined) given.add(name)
  }
  for (const pair of parts.pairs) {
    const name = names.get(pair[0])
    if (name !== undefined) pair[0] = name
    else if (given.has(pair[0])) pair[0] = numbered(pair[0], taken)
  }
}

function numbered(name: string, taken: Set<string>): string {
  let free = name
  for (let number = 2; taken.has(free); number += 1) free = `${name}${number}`
  taken.add(free)
  return free
}

function namesOf(clashing: (key: string) => boolean): Map<string, string> {
  return new Map([...cadoOwn].filter(clashing).map((key) => [key, cadoOtherKey(key)]))
}

function isOfAnotherType(key: string): boolean {
  const entry = dictionary.get(key)
  return entry !== undefined && (entry.type !== 'string' || entry.origin === 'consumer')
}

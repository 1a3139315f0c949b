/**
 * What one destination's receiver needs of a line that is otherwise the same for all. Pure: the line
 * in the spool stays whole, and the names of what was shortened or left out come back, so that the
 * destination can keep the uncut line in the rejects.
 */
import { mayClash, renameClashes } from './clashes.ts'
import type { Clashes } from './clashes.ts'
import { dictionary, headerLengths } from './dictionary.ts'
import { cutRaw, measure } from './cut.ts'
import { spareKey } from './encode.ts'
import { shorten } from './shorten.ts'
import type { SplitLine } from './split.ts'
import { joinLine, splitLine } from './split.ts'
import { escapeValue, unescapeValue } from './value.ts'

export interface FitOptions {
  /** Most bytes of the line in UTF-8, without syslog header and framing. */
  maxBytes?: number
  /** Cut by the dictionary's field lengths; ArcSight only. */
  lengths: boolean
  /**
   * `substitute` is for receivers that part a value at every `=`, escaped or not (Graylog, fluentd,
   * nsyslog) or show the backslash (ParCEFone, pycef, SC4S): `=` becomes U+FF1D, the one sign all
   * parsers keep that still reads the same. `CEF:0` inside a value gets U+FF1A for its colon, since
   * Graylog takes the last one for the header and fails the event.
   */
  equals: 'escape' | 'substitute'
  /**
   * `ipv4` is for receivers whose `src`, `dst`, `dvc` take IPv4 only, as the standard has it: IPv6
   * moves to `c6a2`, `c6a3`, `c6a1` with chapter 3's labels, else under `Cefline<Key>`.
   */
  address?: 'any' | 'ipv4'
  /** What becomes of Cado's keys that CEF's dictionary has as something else; `keep` when not set. */
  clashes?: Clashes
}

export interface Fitted {
  line: string
  /** Keys (and header fields, by their full names) that were shortened or left out. */
  cut: string[]
}

/**
 * The line as this receiver should get it: a valid CEF line, of at most `maxBytes` unless that is
 * less than the smallest header. A line that is not CEF comes back as it is.
 */
export function fit(line: string, options: FitOptions): Fitted {
  const substitute = options.equals === 'substitute' && needsSubstitutes(line)
  const tooLong = options.maxBytes !== undefined && exceeds(line, options.maxBytes)
  const ipv4 = options.address === 'ipv4'
  const clashes = mayClash(line, options.clashes ?? 'keep')
  if (!substitute && !tooLong && !options.lengths && !ipv4 && !clashes) return { line, cut: [] }
  const parts = splitLine(line)
  if (parts === undefined) return { line, cut: [] }
  const cut = new Set<string>()
  if (clashes) renameClashes(parts, options.clashes ?? 'keep')
  if (ipv4) moveAddresses(parts)
  if (substitute) for (const pair of parts.pairs) pair[1] = substituted(pair[1])
  if (options.lengths) cutLengths(parts, cut)
  // Anew, since a substitute has more bytes than what it stands for.
  if (options.maxBytes !== undefined) shorten(parts, options.maxBytes, cut)
  return { line: joinLine(parts), cut: [...cut] }
}

function exceeds(line: string, maxBytes: number): boolean {
  // A UTF-16 unit has three bytes at most: short lines need no count.
  return line.length * 3 > maxBytes && Buffer.byteLength(line) > maxBytes
}

function needsSubstitutes(line: string): boolean {
  return line.includes('\\=') || line.indexOf('CEF:', 1) > 0
}

function substituted(raw: string): string {
  const text = unescapeValue(raw)
  if (!text.includes('=') && !text.includes('CEF:')) return raw
  return escapeValue(text.replaceAll('=', '\uff1d').replace(/CEF:(?=\s?\d)/g, 'CEF\uff1a'))
}

const fieldOf = {
  deviceVendor: 1,
  deviceProduct: 2,
  deviceVersion: 3,
  deviceEventClassId: 4,
  name: 5,
} as const

function cutLengths(parts: SplitLine, cut: Set<string>): void {
  for (const [name, length] of Object.entries(headerLengths)) {
    const index = fieldOf[name as keyof typeof headerLengths]
    const shorter = cutRaw(parts.header[index], length, 'characters')
    if (shorter !== parts.header[index]) cut.add(name)
    parts.header[index] = shorter
  }
  for (const pair of parts.pairs) {
    const length = dictionary.get(pair[0])?.length
    if (length === undefined || measure(pair[1], 'characters') <= length) continue
    pair[1] = cutRaw(pair[1], length, 'characters')
    cut.add(pair[0])
  }
}

/** Chapter 3, "Device Custom IPv6 Address": the three keys with their labels. */
const sixth: Record<string, readonly [key: string, label: string]> = {
  dvc: ['c6a1', 'Device IPv6 Address'],
  src: ['c6a2', 'Source IPv6 Address'],
  dst: ['c6a3', 'Destination IPv6 Address'],
}

function moveAddresses(parts: SplitLine): void {
  const taken = new Set(parts.pairs.map(([key]) => key))
  parts.pairs = parts.pairs.flatMap(([key, raw]): SplitLine['pairs'] => {
    if (dictionary.get(key)?.type !== 'address4' || !raw.includes(':')) return [[key, raw]]
    const [to, label] = sixth[key] ?? []
    if (to === undefined || label === undefined || taken.has(to) || taken.has(`${to}Label`)) {
      const spare = spareKey(key, taken)
      taken.add(spare)
      return [[spare, raw]]
    }
    return [
      [to, raw],
      [`${to}Label`, label],
    ]
  })
}

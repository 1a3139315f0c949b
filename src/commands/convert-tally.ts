/**
 * Counts what a conversion makes: events by source and type, the first and the last instant, and what
 * was rejected for which reason. Its memory is bounded, whatever the file holds: kinds and reasons
 * beyond the first so many are counted together.
 */
import type { Batch, Reject } from '../core.ts'
import type { Code } from '../error.ts'
import { eachLine } from '../io/lines.ts'
import { unescapeValue } from '../cef/value.ts'

const mostKinds = 2_000
const mostReasons = 100
/** Rows that are named of each reason. */
const mostRows = 5

/** Events of one source and type. `others`: of all that are not told apart. */
export interface Kind {
  source: string
  type: string
  count: number
}

/** Rejects that differ in values and numbers only. */
export interface Reason {
  code: string
  /** Of the first one. */
  reason: string
  count: number
  /** The first of them. */
  rows: number[]
}

const sourceKey = Buffer.from(' source=')
const [blank, equals, pipe, backslash] = [0x20, 0x3d, 0x7c, 0x5c]
/** Header fields of CEF before the name. */
const fieldsBefore = 5

export class Tally {
  converted = 0
  rejected = 0
  ignored = 0
  /** ms since 1970, of the events that have a time. */
  first: number | undefined
  last: number | undefined
  /** Events without a time. */
  timeless = 0
  readonly #kinds = new Map<string, number>()
  readonly #reasons = new Map<string, Reason>()

  get read(): number {
    return this.converted + this.rejected + this.ignored
  }

  /** A line whose time is NaN has none. */
  add({ lines, rejects, ignored }: Batch): void {
    eachLine(lines.bytes, (start, end, time) => {
      this.converted += 1
      this.#time(time)
      bump(this.#kinds, kindOf(lines.bytes, start, end))
    })
    for (const reject of rejects) this.#refuse(reject)
    this.ignored += ignored
  }

  /** The most frequent first. */
  kinds(): Kind[] {
    return [...this.#kinds]
      .map(([kind, count]) => ({ ...kindFrom(kind), count }))
      .sort((a, b) => b.count - a.count)
  }

  reasons(): Reason[] {
    return [...this.#reasons.values()].sort((a, b) => b.count - a.count)
  }

  #time(time: number): void {
    if (Number.isNaN(time)) {
      this.timeless += 1
      return
    }
    if (this.first === undefined || time < this.first) this.first = time
    if (this.last === undefined || time > this.last) this.last = time
  }

  #refuse({ code, reason, row }: Reject): void {
    this.rejected += 1
    const key = `${code} ${withoutParticulars(reason)}`
    const known = this.#reasons.get(key) ?? this.#newReason(key, code, reason)
    known.count += 1
    if (known.rows.length < mostRows) known.rows.push(row)
  }

  #newReason(key: string, code: Code, reason: string): Reason {
    const isFull = this.#reasons.size >= mostReasons
    const made: Reason = isFull
      ? (this.#reasons.get('') ?? { code: '', reason: 'other reasons', count: 0, rows: [] })
      : { code, reason, count: 0, rows: [] }
    this.#reasons.set(isFull ? '' : key, made)
    return made
  }
}

function bump(kinds: Map<string, number>, kind: string): void {
  const known = kinds.get(kind)
  if (known !== undefined) kinds.set(kind, known + 1)
  else if (kinds.size < mostKinds) kinds.set(kind, 1)
  else kinds.set('', (kinds.get('') ?? 0) + 1)
}

/** Source and name as they stand in the line, without making a string of all of it. In a line of ours
 * no value has ` source=` in it, as its `=` would be escaped. */
function kindOf(bytes: Buffer, start: number, end: number): string {
  let at = start
  for (let field = 0; field < fieldsBefore; field += 1) at = fieldEnd(bytes, at, end) + 1
  const name = bytes.toString('latin1', Math.min(at, end), fieldEnd(bytes, at, end))
  const found = bytes.subarray(start, end).indexOf(sourceKey)
  if (found === -1) return `\n${name}`
  const from = start + found + sourceKey.length
  return `${bytes.toString('latin1', from, valueEnd(bytes, from, end))}\n${name}`
}

function fieldEnd(bytes: Buffer, from: number, end: number): number {
  let at = from
  while (at < end && bytes[at] !== pipe) at += bytes[at] === backslash ? 2 : 1
  return Math.min(at, end)
}

/** Before the blank that is before the next key. */
function valueEnd(bytes: Buffer, from: number, end: number): number {
  let lastBlank = end
  for (let at = from; at < end; at += 1) {
    const byte = bytes[at]
    if (byte === backslash) at += 1
    else if (byte === blank) lastBlank = at
    else if (byte === equals) return lastBlank
  }
  return end
}

function kindFrom(kind: string): { source: string; type: string } {
  if (kind === '') return { source: 'others', type: '' }
  const [source = '', name = ''] = Buffer.from(kind, 'latin1').toString('utf8').split('\n')
  return { source: unescapeValue(source), type: name.replace(/\\([\\|])/g, '$1') }
}

/** So that a thousand rows with a wrong date are one reason. */
function withoutParticulars(reason: string): string {
  return reason.replace(/["“][^"”]*["”]/g, '"…"').replace(/\d+/g, '#')
}

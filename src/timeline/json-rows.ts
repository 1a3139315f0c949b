/**
 * A decoder of formats whose rows are JSON objects, whatever frames them (`decoders/json-values.ts`).
 * What an object says is the format's; what is alike is here: what is no object, broken, cut off, too
 * large, no UTF-8, or has half of a character (a lone surrogate), is refused by itself.
 */
import { parseExactly } from '../decoders/exact-json.ts'
import { JsonValues } from '../decoders/json-values.ts'
import type { JsonText } from '../decoders/json-values.ts'
import { error, isCeflineError } from '../error.ts'
import { printable, shorten } from '../io/printable.ts'
import { isRecord, textOf } from './cell-value.ts'
import type { DecoderOptions, Format, Item, TimelineDecoder } from './decoder.ts'
import type { TimelineEvent } from './event.ts'
import { refuseThrown, shown, tooLarge } from './row-items.ts'

export type JsonRow = Record<string, unknown>

/** The event of an object. Throws ours for one that cannot be read. */
export type ReadJson = (row: JsonRow) => TimelineEvent

export class JsonRows implements TimelineDecoder {
  readonly format: Format
  readonly head = ''
  readonly #values: JsonValues
  readonly #read: ReadJson
  readonly #limit: number

  constructor(format: Format, read: ReadJson, { rowLimit }: DecoderOptions) {
    this.format = format
    this.#read = read
    this.#limit = rowLimit
    this.#values = new JsonValues(rowLimit)
  }

  *write(chunk: Buffer): Generator<Item, void> {
    for (const found of this.#values.write(chunk)) yield this.#item(found)
  }

  *end(): Generator<Item, void> {
    for (const found of this.#values.end()) yield this.#item(found)
  }

  #item({ row, text, problem }: JsonText): Item {
    if (problem?.code === 'too-large') return tooLarge(row, text, this.#limit)
    if (problem) return { kind: 'refused', row, code: problem.code, reason: problem.reason, text }
    if (text === '' || text.startsWith('#')) return { kind: 'ignored', row }
    try {
      return { kind: 'event', row, event: this.#read(objectOf(text)), text: () => text }
    } catch (thrown) {
      return refuseThrown(row, text, thrown)
    }
  }
}

/** Calls what throws an error whose message goes on after the value, and completes it. */
export function reading<T>(name: string, value: unknown, read: () => T): T {
  try {
    return read()
  } catch (thrown) {
    if (!isCeflineError(thrown)) throw thrown
    const place = `${printable(shown(textOf(value)))} in ${printable(shorten(name, 100))}`
    const message = `${place} ${thrown.message}`
    throw error(thrown.code, message, { cause: thrown, permanent: true })
  }
}

function objectOf(text: string): JsonRow {
  const value = parse(text)
  if (!isRecord(value)) {
    throw error('row', 'is no JSON object; an event has its fields between { and }', {
      permanent: true,
    })
  }
  if (escapedSurrogate.test(text)) refuseSurrogates(value, '', 0)
  return value
}

function parse(text: string): unknown {
  try {
    return parseExactly(text)
  } catch (cause) {
    if (cause instanceof RangeError) throw tooDeep()
    const message = cause instanceof Error ? shorten(printable(cause.message), 200) : ''
    const cure = 'correct the row and drop it again'
    throw error('row', `is no JSON (${message}); ${cure}`, { cause, permanent: true })
  }
}

/** Bytes were checked: a surrogate can only come of an escape. */
const escapedSurrogate = /\\u[dD][89a-fA-F]/
const loneSurrogate = /\p{Surrogate}/u
const mostLevels = 256

function refuseSurrogates(value: unknown, name: string, level: number): void {
  if (level > mostLevels) throw tooDeep()
  if (typeof value === 'string') {
    if (!loneSurrogate.test(value)) return
    const place = name === '' ? 'a name' : shorten(printable(name), 100)
    const reason = `has half of a character (a lone surrogate) in ${place}; correct it at its source`
    throw error('encoding', reason, { permanent: true })
  }
  if (typeof value !== 'object' || value === null) return
  for (const [key, member] of Object.entries(value)) {
    if (!Array.isArray(value)) refuseSurrogates(key, '', level)
    refuseSurrogates(member, name === '' ? key : name, level + 1)
  }
}

function tooDeep(): Error {
  return error('row', `is nested in more than ${mostLevels} levels, which no event is`, {
    permanent: true,
  })
}

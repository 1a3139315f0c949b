/**
 * An answer of the Cado API: `{"status": "success", "data": …, "pagination": {…}}`. What is none, or is
 * not whole, is an error that says what came instead, so that nothing cut passes for an end.
 *
 * Source: cado-security/api-reference, `cado-api.json` (OpenAPI 3.1, version 2.324.0). All of it is
 * marked beta there, so what is not needed is not asked for, and what is unknown is passed over. A whole
 * number that JavaScript cannot hold, as a file reference of NTFS (`inode`), is a `bigint`.
 */
import { parseExactly } from '../decoders/exact-json.ts'
import { error } from '../error.ts'
import { shorten } from '../io/printable.ts'

export type Json = Record<string, unknown>

/** More than is shown, as what is cut before it is masked could end in a part of the token. */
const shownBytes = 64 * 1024

export interface Answer {
  data: unknown
  /** {} where there is none. */
  pagination: Json
}

/** `place` is the address without its query; `show` makes the server's text fit to be shown. */
export function readAnswer(body: Buffer, place: string, show: (text: string) => string): Answer {
  const answer = parse(body, place, show)
  const { status, data, pagination, message } = answer
  if (status === 'error') {
    throw error('bad-answer', `${place} answered 200 with an error: ${show(String(message))}`)
  }
  if (data === undefined) {
    throw error(
      'bad-answer',
      `${place} answered without data: ${shorten(show(body.toString('utf8', 0, shownBytes)), 200)}`,
    )
  }
  return { data, pagination: isJson(pagination) ? pagination : {} }
}

/** The entries of a listing. Throws `bad-answer` for what is no list. */
export function listOf({ data }: Answer, place: string): unknown[] {
  if (Array.isArray(data)) return data as unknown[]
  throw error('bad-answer', `${place} answered with data that is no list: is it the Cado API?`)
}

export function isJson(value: unknown): value is Json {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

/** A whole number, also where it came as text; undefined for anything else. */
export function wholeOf(value: unknown): number | undefined {
  const number = typeof value === 'string' && /^\d+$/.test(value) ? Number(value) : value
  return Number.isSafeInteger(number) ? (number as number) : undefined
}

function parse(body: Buffer, place: string, show: (text: string) => string): Json {
  const text = body.toString('utf8')
  try {
    const value = parseExactly(text)
    if (isJson(value)) return value
  } catch {
    // Said below.
  }
  const seen = shorten(show(text.slice(0, shownBytes)), 200)
  if (/^\s*[{[]/.test(text)) {
    throw error('bad-answer', `${place} answered with JSON that is not whole: ${seen}`)
  }
  throw error(
    'bad-answer',
    `${place} answered with something else than JSON (${seen || 'nothing'}): check that url is the ` +
      'platform itself, and what stands in between (a proxy, a page to log in)',
  )
}

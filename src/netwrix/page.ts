/**
 * One answer of the Integration API as records and a continuation mark.
 *
 * The documentation is loose about the shape and silent on much of it, so this is tolerant of form
 * (`ActivityRecordList` or `ActivityRecordsList`, a single record in place of a list, null, a BOM,
 * unknown fields) and strict about substance: what is not whole JSON with a list or a mark in it is
 * an error of code `bad-answer`, never an empty page, as an empty page means "nothing new".
 */
import type { CeflineError } from '../error.ts'
import { error } from '../error.ts'

export interface Page {
  /** Records as they came, not yet read. */
  records: unknown[]
  /** Undefined when the answer had none, or an empty one. */
  mark: string | undefined
}

const listNames = ['ActivityRecordList', 'ActivityRecordsList', 'ActivityRecord']

/**
 * Reads the body of a 200. `place` is the address for messages; `show` makes a piece of the body
 * fit to be shown.
 */
export function readPage(
  body: Uint8Array,
  contentType: string | undefined,
  place: string,
  show: (text: string) => string,
): Page {
  // Bytes that are not UTF-8 become U+FFFD: a record with a mark in its text beats a page that
  // can never be read. The decoder takes a BOM away.
  const text = new TextDecoder().decode(body)
  const bad = (what: string): CeflineError =>
    error(
      'bad-answer',
      `${place} answered 200 with ${what}: ${show(text) || '(nothing)'}. Is the url the ` +
        'Integration API’s own, with no portal or proxy in between? The mark is kept',
    )
  if (contentType !== undefined && !/\bjson\b/i.test(contentType)) {
    throw bad(`${show(contentType)} where JSON is due`)
  }
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch {
    throw bad(`${body.length} bytes that are not whole JSON`)
  }
  const page = asPage(value)
  if (!page) throw bad('JSON that has no ActivityRecordList')
  return page
}

function asPage(value: unknown): Page | undefined {
  if (!isObject(value)) return undefined
  const name = listNames.find((key) => key in value)
  const mark = asMark(value['ContinuationMark'])
  if (name === undefined) return mark === undefined ? undefined : { records: [], mark }
  const list = value[name]
  if (Array.isArray(list)) return { records: list, mark }
  if (list === null || list === '') return { records: [], mark }
  if (!isObject(list)) return undefined
  // The XML form put into JSON letter by letter: records and mark are children of the list.
  if ('ActivityRecord' in list || 'ContinuationMark' in list) {
    const inner = asPage({ ActivityRecord: null, ...list })
    return inner && { records: inner.records, mark: inner.mark ?? mark }
  }
  return { records: Object.keys(list).length === 0 ? [] : [list], mark }
}

function asMark(value: unknown): string | undefined {
  return typeof value === 'string' && value.trim() !== '' ? value : undefined
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

/**
 * One answer of the Integration API as records and a continuation mark.
 *
 * The documentation is loose about the shape and silent on much of it, so this is tolerant of form
 * (JSON or XML, whichever was asked for; `ActivityRecordList` or `ActivityRecordsList`, a single
 * record in place of a list, null, a BOM, unknown fields) and strict about substance: what is not
 * whole, or has neither a list nor a mark in it, is an error of code `bad-answer`, never an empty
 * page, as an empty page means "nothing new".
 */
import type { CeflineError } from '../error.ts'
import { error } from '../error.ts'
import { bodyText } from './body-text.ts'
import { readXml } from './page-xml.ts'

export interface Page {
  /** Records as they came, not yet read; those of XML as the JSON that they would have been. */
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
  const { length } = body
  const bad = (what: string, said: string): CeflineError =>
    error(
      'bad-answer',
      `${place} answered 200 with ${what}: ${show(withoutRecords(said)) || '(nothing)'}. Is the url the ` +
        'Integration API’s own, with no portal or proxy in between? The mark is kept',
    )
  let text = ''
  try {
    text = bodyText(body, contentType)
  } catch (thrown) {
    throw bad(`${length} bytes that cannot be read`, (thrown as Error).message)
  }
  if (contentType !== undefined && !/\b(json|xml)\b/i.test(contentType)) {
    throw bad(`${show(contentType)} where JSON or XML is due`, text)
  }
  // By its beginning: a proxy, or the server, may have another opinion of the format.
  const isXml = /^\s*</.test(text)
  const form = isXml ? 'XML' : 'JSON'
  let value: unknown
  try {
    value = isXml ? xmlAsJson(text) : JSON.parse(text)
  } catch (thrown) {
    const why = isXml ? ` (${show((thrown as Error).message)})` : ''
    throw bad(`${length} bytes that are not whole ${form}${why}`, text)
  }
  const page = asPage(value)
  if (!page) throw bad(`${form} that has no ActivityRecordList`, text)
  return page
}

/** This text goes to the log, where no record's values belong. */
function withoutRecords(text: string): string {
  const hasRecords = /ActivityRecord|"(?:RID|Who|What)"/.test(text.slice(0, 4096))
  return hasRecords ? '(the beginning of activity records, not shown)' : text
}

/** The root as the only field of an object, as it is in JSON. */
function xmlAsJson(text: string): unknown {
  const { name, value } = readXml(text.trimStart())
  return { [name]: value }
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
    const records = [list['ActivityRecord'] ?? []].flat()
    return { records, mark: asMark(list['ContinuationMark']) ?? mark }
  }
  return { records: Object.keys(list).length === 0 ? [] : [list], mark }
}

function asMark(value: unknown): string | undefined {
  return typeof value === 'string' && value.trim() !== '' ? value.trim() : undefined
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

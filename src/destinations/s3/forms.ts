/**
 * The forms in which lines go into a bucket: as CEF, or as the JSON object that Cado calls CadoJson, one
 * a line. Where there are both, each has a folder of its own: a reader of one must not find the other.
 */
import { cadoJson } from '../../mappings/cado-json.ts'

export type Format = 'cef' | 'json' | 'both'

export interface Form {
  /** Extension of its objects, and the name of its folder where there are two. */
  name: 'cef' | 'json'
  /** Elastic's reader takes JSON by these, and anything else as lines. */
  contentType: string
}

const cef: Form = { name: 'cef', contentType: 'text/plain; charset=utf-8' }
const json: Form = { name: 'json', contentType: 'application/x-ndjson' }

const forms: Record<Format, readonly Form[]> = { cef: [cef], json: [json], both: [cef, json] }

export function formsOf(format: Format): readonly Form[] {
  return forms[format]
}

/** The object of a name. No Content-Encoding is said of it: readers tell gzip by its first bytes, and
 * an HTTP client would undo it. */
export function keyOf(folder: string, name: string, form: Form, format: Format, gzip: boolean) {
  const own = format === 'both' ? `${form.name}/` : ''
  return `${folder}${own}${name}.${form.name}${gzip ? '.gz' : ''}`
}

/** A CEF line as a line of JSON. What is no CEF line is kept whole under the key `cef`. */
export function jsonLine(line: string): string {
  return cadoJson(line) ?? JSON.stringify({ cef: line })
}

/**
 * A CEF line as JSON: what Cado calls CadoJson, "the same fields as CEF, represented in JSON structure".
 *
 * One object on one line, its names those of the extension in the line's order, but `user` where CEF has
 * `suser`, as in Cado's samples. Integers, booleans and lists are JSON's own; whatever is not of its type
 * (a list of which the line holds a part) stays the text that it is. What a line does not have is left
 * out: the samples have `null`, `"-"` and `""` for it, mixed. The header is left out as they do: name is
 * `type`, severity follows from the alarm. `rt` is left out too, `eventTime` being the time; where the
 * instant has more than seconds, it is in `datetime` in ISO 8601, as exactly as the line has it. A line
 * without `eventTime` keeps what it has of a time, as it is.
 *
 * A line that is not Cado's becomes an object of its header's fields, by their names in the standard, and
 * `extension`, with all values as text: no line is left out of a bucket of JSON.
 */
import { cadoKeys, cadoProduct, cadoVendor } from '../cef/cado.ts'
import type { CadoType } from '../cef/cado.ts'
import { decode } from '../cef/decode.ts'
import type { DecodedCef } from '../cef/decode.ts'
import { fromPythonText, pythonText } from '../timeline/python-text.ts'
import { dateTimeKey } from './cado-column.ts'

/** The JSON text, without a line end; undefined for what is no CEF line. Pure. */
export function cadoJson(cefLine: string): string | undefined {
  const event = decode(cefLine)
  if (event === undefined) return undefined
  const isCado = event.vendor === cadoVendor && event.product === cadoProduct
  return isCado ? cadoText(event) : plainText(event)
}

function cadoText({ extension }: DecodedCef): string {
  const object = new Members()
  const inFull = valueOf(extension, dateTimeKey)
  const hasTime = valueOf(extension, 'eventTime') !== undefined
  for (const [key, value] of extension) {
    if (key === 'rt' && hasTime) addTime(object, value, inFull)
    else if (key === 'suser') object.add('user', quoted(value))
    else if (key !== dateTimeKey || !hasTime) object.add(key, typedText(value, types.get(key)))
  }
  return object.text
}

function valueOf(extension: DecodedCef['extension'], key: string): string | undefined {
  return extension.find(([one]) => one === key)?.[1]
}

/** What `eventTime` does not say. */
function addTime(object: Members, milliseconds: string, inFull: string | undefined): void {
  const text = inFull ?? finerThanSeconds(milliseconds)
  if (text !== undefined) object.add('datetime', quoted(text))
}

function plainText({ extension, ...header }: DecodedCef): string {
  const members = new Members()
  for (const [key, value] of extension) members.add(key, quoted(value))
  const object = new Members()
  object.add('deviceVendor', quoted(header.vendor))
  object.add('deviceProduct', quoted(header.product))
  object.add('deviceVersion', quoted(header.version))
  object.add('deviceEventClassId', quoted(header.classId))
  object.add('name', quoted(header.name))
  object.add('severity', quoted(header.severity))
  object.add('extension', members.text)
  return object.text
}

/** An object's members as JSON; a name that comes again, as foreign lines may have it, makes a list. */
class Members {
  readonly #texts = new Map<string, string | string[]>()

  add(name: string, text: string): void {
    const known = this.#texts.get(name)
    if (Array.isArray(known)) known.push(text)
    else this.#texts.set(name, known === undefined ? text : [known, text])
  }

  get text(): string {
    let text = ''
    for (const [name, value] of this.#texts) {
      const shown = typeof value === 'string' ? value : `[${value.join(',')}]`
      text += `${text === '' ? '{' : ','}${quoted(name)}:${shown}`
    }
    return text === '' ? '{}' : `${text}}`
  }
}

/** What JSON escapes, and half of a sign. */
const special = /["\\\x00-\x1f\ud800-\udfff]/

function quoted(text: string): string {
  return special.test(text) ? JSON.stringify(text) : `"${text}"`
}

const types = new Map<string, CadoType>(Object.entries(cadoKeys))

function typedText(text: string, type: CadoType | undefined): string {
  switch (type) {
    case undefined:
    case 'text':
      return quoted(text)
    case 'integer':
      return /^-?\d{1,15}$/.test(text) ? String(Number(text)) : quoted(text)
    case 'boolean':
      return text === 'True' ? 'true' : text === 'False' ? 'false' : quoted(text)
    default:
      return JSON.stringify(listOf(text) ?? text)
  }
}

/** The list that the text is Python's print of, if nothing of it is lost. */
function listOf(text: string): unknown {
  if (!text.startsWith('[')) return undefined
  const list = fromPythonText(text)
  return list !== undefined && pythonText(list) === text ? list : undefined
}

/** ms since 1970 as ISO 8601, where `eventTime` does not say it all. */
function finerThanSeconds(milliseconds: string): string | undefined {
  const time = Number(milliseconds)
  if (time % 1000 === 0) return undefined
  const date = new Date(time)
  return Number.isNaN(date.getTime()) ? undefined : date.toISOString()
}

/**
 * A CEF line as JSON: what Cado calls CadoJson, "the same fields as CEF, represented in JSON structure".
 *
 * One object on one line, its names those of the extension in the line's order, but `user` where CEF has
 * `suser`, as in Cado's samples. Integers, booleans and lists are JSON's own; whatever is not of its type
 * (a list of which the line holds a part) stays the text that it is. What a line does not have is left
 * out: the samples have `null`, `"-"` and `""` for it, mixed. The header is left out as they do: name is
 * `type`, severity follows from the alarm. `rt` is left out too, `eventTime` being the time; where the
 * instant has more than seconds, it is in `datetime` in ISO 8601, as exactly as the line has it.
 *
 * A line that is not Cado's becomes an object of its header's fields, by their names in the standard, and
 * `extension`, with all values as text: no line is left out of a bucket of JSON.
 */
import { cadoKeys, cadoProduct, cadoVendor } from '../cef/cado.ts'
import type { CadoType } from '../cef/cado.ts'
import { decode } from '../cef/decode.ts'
import type { DecodedCef } from '../cef/decode.ts'
import { fromPythonText, pythonText } from '../timeline/python-text.ts'

/** The JSON text, without a line end; undefined for what is no CEF line. Pure. */
export function cadoJson(cefLine: string): string | undefined {
  const event = decode(cefLine)
  if (event === undefined) return undefined
  const isCado = event.vendor === cadoVendor && event.product === cadoProduct
  return JSON.stringify(isCado ? cadoObject(event) : plainObject(event))
}

function cadoObject({ extension }: DecodedCef): object {
  const object = new Members()
  const inFull = extension.find(([key]) => key === 'CadoResponseDateTime')?.[1]
  for (const [key, value] of extension) {
    if (key === 'rt') object.add('datetime', inFull ?? finerThanSeconds(value))
    else if (key === 'suser') object.add('user', value)
    else if (key !== 'CadoResponseDateTime') object.add(key, typed(value, typeOf(key)))
  }
  return object.made()
}

function plainObject({ extension, ...header }: DecodedCef): object {
  const members = new Members()
  for (const [key, value] of extension) members.add(key, value)
  return {
    deviceVendor: header.vendor,
    deviceProduct: header.product,
    deviceVersion: header.version,
    deviceEventClassId: header.classId,
    name: header.name,
    severity: header.severity,
    extension: members.made(),
  }
}

/** An object's members; a name that comes again, as foreign lines may have it, makes a list. */
class Members {
  readonly #values = new Map<string, unknown[]>()

  /** Undefined is left out. */
  add(name: string, value: unknown): void {
    if (value === undefined) return
    const known = this.#values.get(name)
    if (known) known.push(value)
    else this.#values.set(name, [value])
  }

  made(): object {
    const entries = [...this.#values].map(([name, values]) => [
      name,
      values.length === 1 ? values[0] : values,
    ])
    // Unlike an assignment it makes a member of `__proto__` as well.
    return Object.fromEntries(entries) as object
  }
}

function typeOf(key: string): CadoType {
  return Object.hasOwn(cadoKeys, key) ? cadoKeys[key as keyof typeof cadoKeys] : 'text'
}

function typed(text: string, type: CadoType): unknown {
  switch (type) {
    case 'text':
      return text
    case 'integer':
      return /^-?\d{1,15}$/.test(text) ? Number(text) : text
    case 'boolean':
      return text === 'True' ? true : text === 'False' ? false : text
    default:
      return listOf(text) ?? text
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
  const date = new Date(time)
  return time % 1000 === 0 || Number.isNaN(date.getTime()) ? undefined : date.toISOString()
}

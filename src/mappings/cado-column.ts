/**
 * Under which key a column of a timeline goes out that its event has no field for: Cado's own, where its
 * standard lists the name (`source_port`, `Source Port`), else one formed of the name (`cadoOtherKey`).
 */
import { cadoKeyNames, cadoKeys, cadoOtherKey } from '../cef/cado.ts'
import type { CadoKey } from '../cef/cado.ts'
import { pythonText } from '../timeline/python-text.ts'
import { plainName } from './field-set.ts'

/** The event's time in full. No column goes out under it: `date_time` of a row may be another one. */
export const dateTimeKey = 'CadoResponseDateTime'

/** Where what a column holds goes: under Cado's own key of its name, if the event has nothing there,
 * else under the other one. */
export interface Column {
  key: CadoKey | undefined
  otherKey: string
}

/** Keys that a column may fill, by plain names. What is a number for whoever reads Cado's events comes
 * from the event's fields alone. */
const keyOfPlainName = new Map<string, CadoKey>(
  cadoKeyNames.filter((key) => cadoKeys[key] !== 'integer').map((key) => [plainName(key), key]),
)

/** By the name as it is written. Names come from files, so this is bounded. */
const columns = new Map<string, Column>()
const mostColumns = 1024

export function columnOf(name: string): Column {
  const known = columns.get(name)
  if (known) return known
  const otherKey = cadoOtherKey(name)
  const column = {
    key: keyOfPlainName.get(plainName(name)),
    otherKey: otherKey === dateTimeKey ? `${dateTimeKey}2` : otherKey,
  }
  if (columns.size >= mostColumns) columns.clear()
  columns.set(name, column)
  return column
}

/** The value as the key's type has it: a boolean as Python prints it. */
export function columnText(key: CadoKey, value: string): string {
  if (cadoKeys[key] !== 'boolean' || !/^(?:true|false)$/i.test(value)) return value
  return pythonText(value.length === 'true'.length)
}

/**
 * An event of a JSON object whose fields are told by their names (`field-names.ts`), in any order: what
 * `columns.ts` is for CSV. Where several fill the same place the one that says more wins: `datetime`
 * before `timestamp`, `filename` before `display_name`.
 */
import { isEmpty } from './cell-value.ts'
import type { TimelineEvent } from './event.ts'
import { emptyEvent } from './event.ts'
import type { FieldSetter } from './field-names.ts'
import { fieldOf } from './field-names.ts'
import type { JsonRow } from './json-rows.ts'
import { reading } from './json-rows.ts'
import { macbOf } from './macb.ts'

const first = ['datetime', 'filename']
const last = ['timestamp', 'display_name']
const ranked = new Set([...first, ...last])

/** `ownSetter` is asked before `field-names.ts`. Throws ours for a value that cannot be. */
export function eventOfNames(
  row: JsonRow,
  timezone: string,
  ownSetter: (name: string) => FieldSetter | undefined = () => undefined,
): TimelineEvent {
  const event = emptyEvent()
  const set = (name: string): void => {
    const value = Object.hasOwn(row, name) ? row[name] : undefined
    if (isEmpty(value)) return
    reading(name, value, () => {
      const setter = ownSetter(name) ?? fieldOf(name)
      setter(event, value, timezone, name)
    })
  }
  first.forEach(set)
  for (const name of Object.keys(row)) if (!ranked.has(name)) set(name)
  last.forEach(set)
  if (event.macb === '' && event.type !== '') {
    const kind = row['data_type']
    event.macb = macbOf(event.type, event.format || (typeof kind === 'string' ? kind : ''))
  }
  return event
}

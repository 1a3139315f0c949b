/**
 * What differs between what two configurations make of a record: in the header, by CEF field, and in
 * what is sent to each destination.
 */
import { decode } from '../cef/decode.ts'
import type { Reject } from '../core.ts'
import { withoutValues } from '../telemetry/without-values.ts'
import type { Fields } from './preview-record.ts'
import type { Frame, Line } from './preview-event.ts'

/** A record that became an event, or was rejected. */
export type Outcome =
  | { keys: string[]; reject: Reject }
  | { keys: string[]; reject?: undefined; fields: Fields; line: Line; frames: Frame[] }

export interface Difference {
  /** Of CEF: a key, or `name`, `severity` … of the header; or of the frame for a destination. */
  what: 'header' | 'field' | 'frame' | 'outcome'
  name: string
  /** Undefined: not there. */
  before: string | undefined
  after: string | undefined
}

export function differencesOf(before: Outcome, after: Outcome): Difference[] {
  if (before.reject || after.reject) {
    // Of one that is hidden under one of them the same is said without its value.
    if (withoutValues(told(before)) === withoutValues(told(after))) return []
    return between('outcome', new Map([['outcome', told(before)]]), [['outcome', told(after)]])
  }
  const [was, is] = [partsOf(before.line), partsOf(after.line)]
  return [
    ...between('header', new Map(was.header), is.header),
    ...between('field', new Map(was.extension), is.extension),
    ...between('frame', new Map(framesIn(before.frames)), framesIn(after.frames)),
  ]
}

function told({ reject }: Outcome): string {
  return reject ? `rejected (${reject.code}): ${reject.reason}` : 'an event'
}

type Pairs = readonly (readonly [name: string, value: string])[]

function partsOf({ cef, time, severity }: Line): { header: Pairs; extension: Pairs } {
  const { extension = [], ...header } = decode(cef) ?? {}
  const instant = Number.isNaN(time) ? '' : new Date(time).toISOString()
  const parts = { ...header, severity: String(severity), time: instant }
  return { header: Object.entries(parts), extension }
}

function framesIn(frames: readonly Frame[]): Pairs {
  return frames.map(({ destination, frame }) => [destination, frame.toString('utf8')])
}

/** In the order of before, then what is new. */
function between(
  what: Difference['what'],
  before: ReadonlyMap<string, string>,
  pairs: Pairs,
): Difference[] {
  const after = new Map(pairs)
  return [...new Set([...before.keys(), ...after.keys()])]
    .map((name) => ({ what, name, before: before.get(name), after: after.get(name) }))
    .filter((one) => one.before !== one.after)
}

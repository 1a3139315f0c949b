/**
 * A record → a CEF event as a configuration wants it: the profile's mapping (`netwrix.ts`), with what
 * is to be hidden taken out before, and what is set by hand put in after.
 *
 * What is made of nothing but a profile is that mapping itself and costs nothing.
 */
import type { CefEvent } from '../cef/event.ts'
import type { ActivityRecord } from '../netwrix/record.ts'
import { compileFields, doubtfulKeys } from './fields.ts'
import { compileHeader } from './header.ts'
import type { MappingOptions } from './netwrix.ts'
import { mapRecord } from './netwrix.ts'
import type { MappingSpec, Tree } from './options.ts'
import { isEmptyMapping } from './options.ts'
import type { Redact } from './privacy.ts'
import { compilePrivacy } from './privacy.ts'
import { fieldNamed } from './record-field.ts'
import { compileSeverity } from './severity.ts'

/** Pure, and never throws. */
export type Mapper = (record: ActivityRecord, options: MappingOptions) => CefEvent

/**
 * `place` is the option's path, such as `sources.activity.mapping`. Throws `config` with the full path
 * of what cannot be, and the nearest name that is known.
 */
export function compileMapping(spec: MappingSpec | undefined, place: string): Mapper {
  if (spec === undefined || isEmptyMapping(spec)) return mapRecord
  const redact = compilePrivacy(spec.privacy, `${place}.privacy`)
  const severity = compileSeverity(spec.severity, spec.alertMinimum, {
    rules: `${place}.severity`,
    least: `${place}.alertMinimum`,
  })
  const header = compileHeader(spec.header, `${place}.header`)
  const fields = compileFields(spec.fields, `${place}.fields`)
  return (record, options) => {
    const shown = redact === undefined ? record : redact(record)
    const event = mapRecord(shown, options)
    if (severity !== undefined) event.severity = severity(record, options)
    header?.(event, shown)
    fields?.(event, shown)
    return event
  }
}

/** Gives what may be shown of a record; undefined where all may be. Throws `config`. */
export function compileRedaction(spec: MappingSpec | undefined, place: string): Redact | undefined {
  return spec && compilePrivacy(spec.privacy, `${place}.privacy`)
}

/** What a mapping that compiles holds, in a few words, and what in it may not be what was meant. */
export function describeMapping(spec: MappingSpec): string {
  const { fields, header, severity, alertMinimum, privacy } = spec
  const parts = [
    names('fields', fields),
    names('header', header),
    severityShown(severity),
    alertMinimum === null ? '' : `alerts ${alertMinimum} at least`,
    names('hidden', privacy.fields, hiddenName),
    ...doubtfulKeys(fields),
  ]
  return parts.filter((part) => part !== '').join('; ')
}

function severityShown(severity: Tree): string {
  if (Array.isArray(severity)) return `${severity.length} severity rule(s)`
  return typeof severity === 'number' ? `severity ${severity}` : ''
}

function names(what: string, tree: Tree, shown = (name: string) => name): string {
  const list = typeof tree === 'object' && tree !== null ? Object.keys(tree) : []
  return list.length === 0 ? '' : `${what} ${list.map(shown).join(', ')}`
}

/** A name that no field has hides nothing where there is no such column, and nothing else would say it. */
function hiddenName(name: string): string {
  return fieldNamed(name).kind === 'field' ? name : `${name} (a column of that name)`
}

/**
 * What a configuration's `mapping` may change, for one kind of record, and the mapping that comes of
 * it: the profile's, with what is to be hidden taken out before, and what is set by hand put in after.
 */
import type { CefEvent } from '../cef/event.ts'
import { compileFields, doubtfulKeys } from './fields.ts'
import type { FieldsSubject } from './fields.ts'
import { compileHeader } from './header.ts'
import type { MappingSpec, Tree } from './options.ts'
import { isEmptyMapping } from './options.ts'
import { compileSeverity } from './severity.ts'
import type { SeveritySubject } from './severity.ts'

export interface MappingSubject<Subject, Options> extends FieldsSubject<Subject> {
  /** The profile's mapping of a record as it may be shown; `read` is all of it. Pure, and never throws. */
  map: (shown: Subject, options: Options, read?: Subject) => CefEvent
  severity: SeveritySubject<Subject, Options>
  /** Gives what may be shown of a record; undefined where all may be. Throws `config`. */
  privacy(spec: MappingSpec['privacy'], place: string): ((record: Subject) => Subject) | undefined
}

/**
 * The mapping that a configuration wants; the profile's itself where it wants no other. Throws `config`
 * with the full path of what cannot be, and the nearest name that is known.
 */
export function compileSubject<Subject, Options>(
  subject: MappingSubject<Subject, Options>,
  spec: MappingSpec | undefined,
  place: string,
): (record: Subject, options: Options) => CefEvent {
  const { map } = subject
  if (spec === undefined || isEmptyMapping(spec)) return map
  const redact = subject.privacy(spec.privacy, `${place}.privacy`)
  const places = { rules: `${place}.severity`, least: `${place}.alertMinimum` }
  const severity = compileSeverity(spec.severity, spec.alertMinimum, places, subject.severity)
  const header = compileHeader(spec.header, `${place}.header`, subject.fields)
  const fields = compileFields(spec.fields, `${place}.fields`, subject)
  return (record, options) => {
    const shown = redact === undefined ? record : redact(record)
    const event = map(shown, options, record)
    if (severity !== undefined) event.severity = severity(record, options)
    header?.(event, shown)
    fields?.(event, shown)
    return event
  }
}

/** What a mapping that compiles holds, in a few words, and what in it may not be what was meant. */
export function describeSubject<Subject>(
  { fields: known, own }: FieldsSubject<Subject>,
  { fields, header, severity, alertMinimum, privacy }: MappingSpec,
): string {
  // A name that no field has hides nothing where there is no such column; nothing else would say it.
  const hiddenName = (name: string) =>
    known.named(name).kind === 'field' ? name : `${name} (a column of that name)`
  const parts = [
    names('fields', fields),
    names('header', header),
    severityShown(severity),
    alertMinimum === null ? '' : `alerts ${alertMinimum} at least`,
    names('hidden', privacy.fields, hiddenName),
    ...doubtfulKeys(fields, own),
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

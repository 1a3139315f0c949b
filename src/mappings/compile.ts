/**
 * An activity record → a CEF event as a configuration wants it: the profile's mapping (`netwrix.ts`), with
 * what is to be hidden taken out before, and what is set by hand put in after.
 *
 * What is made of nothing but a profile is that mapping itself and costs nothing.
 */
import type { CefEvent } from '../cef/event.ts'
import type { ActivityRecord } from '../netwrix/record.ts'
import { activitySeverity } from './netwrix-severity.ts'
import type { MappingOptions } from './netwrix.ts'
import { mapRecord } from './netwrix.ts'
import type { MappingSpec } from './options.ts'
import type { Redact } from './privacy.ts'
import { compilePrivacy } from './privacy.ts'
import { activityFields } from './record-field.ts'
import { compileSubject, describeSubject } from './subject.ts'
import type { MappingSubject } from './subject.ts'

/** Pure, and never throws. */
export type Mapper = (record: ActivityRecord, options: MappingOptions) => CefEvent

const subject: MappingSubject<ActivityRecord, MappingOptions> = {
  map: mapRecord,
  fields: activityFields,
  severity: activitySeverity,
  privacy: compilePrivacy,
}

/**
 * `place` is the option's path, such as `sources.activity.mapping`. Throws `config` with the full path
 * of what cannot be, and the nearest name that is known.
 */
export function compileMapping(spec: MappingSpec | undefined, place: string): Mapper {
  return compileSubject(subject, spec, place)
}

/** Gives what may be shown of a record; undefined where all may be. Throws `config`. */
export function compileRedaction(spec: MappingSpec | undefined, place: string): Redact | undefined {
  return spec && compilePrivacy(spec.privacy, `${place}.privacy`)
}

/** What a mapping that compiles holds, in a few words, and what in it may not be what was meant. */
export function describeMapping(spec: MappingSpec): string {
  return describeSubject(subject, spec)
}

/**
 * What severity rules are over for Netwrix's records: the record's fields, written as the other options are
 * (`objectType`), `outcome` (success, failure) and `kind` (alert, activity). Where no rule fits, the action
 * says it; an alert has 7 at least, but for profile `classic`, whose events have 0.
 */
import type { ActivityRecord } from '../netwrix/record.ts'
import { actionMeaning } from './netwrix-action.ts'
import type { MappingOptions } from './netwrix.ts'
import { activityFields } from './record-field.ts'
import type { SeveritySubject } from './severity.ts'

export const alertMinimum = 7

type Read = (record: ActivityRecord, options: MappingOptions) => string

export const activitySeverity: SeveritySubject<ActivityRecord, MappingOptions> = {
  conditions: new Map<string, Read>([
    ...activityFields.names.map((name): [string, Read] => [
      name === 'RID' ? 'rid' : lowerFirst(name),
      activityFields.reader({ kind: 'field', name }),
    ]),
    ['outcome', ({ action }) => actionMeaning(action).outcome],
    ['kind', (_record, { kind }) => kind],
  ]),
  usual: ({ action }, { profile }) => (profile === 'classic' ? 0 : actionMeaning(action).severity),
  isAlert: (_record, { kind }) => kind === 'alert',
  least: ({ profile }, byRule) => (profile === 'classic' && !byRule ? 0 : alertMinimum),
  example: '[{ action: Removed, objectType: group, severity: 8 }]',
}

function lowerFirst(name: string): string {
  return name.charAt(0).toLowerCase() + name.slice(1)
}

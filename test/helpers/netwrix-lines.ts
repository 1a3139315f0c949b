/** CEF lines of Netwrix's as the spool has them: mapped and encoded by the real code. */
import { encode } from '../../src/cef/encode.ts'
import { mapRecord } from '../../src/mappings/netwrix.ts'
import type { Profile } from '../../src/mappings/netwrix.ts'
import type { ActivityRecord } from '../../src/netwrix/record.ts'

export const recordTime = Date.UTC(2026, 0, 8, 11, 7, 53, 42)

const usual: ActivityRecord = {
  rid: '20260108110753042AB12CD34EF56AB78CD90EF12AB34CD56',
  action: 'Modified',
  objectType: 'user',
  dataSource: 'Active Directory',
  where: 'dc1.enterprise.local',
  who: 'ENTERPRISE\\admin',
  what: '\\local\\enterprise\\Users\\John Smith',
  workstation: '10.0.0.7',
  time: recordTime,
  monitoringPlan: 'AD',
  item: '',
  details: [],
  detailsText: 'User Account Disabled',
  other: [],
}

/** One record, with other fields where they are given, as a line. */
export function netwrixLine(
  fields: Partial<ActivityRecord> = {},
  profile: Profile = 'standard',
): string {
  return encode(
    mapRecord(
      { ...usual, ...fields },
      { kind: 'activity', profile, receivedAt: recordTime, id: 'x' },
    ),
  )
}

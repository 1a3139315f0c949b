import t from 'tap'
import { activitySeverity } from '../../src/mappings/netwrix-severity.ts'
import { compileSeverity, wildcard } from '../../src/mappings/severity.ts'
import type { MappingOptions } from '../../src/mappings/netwrix.ts'
import type { ActivityRecord } from '../../src/netwrix/record.ts'
import { emptyRecord } from '../../src/netwrix/record.ts'

const places = { rules: 'm.severity', least: 'm.alertMinimum' }

function severity(
  rules: unknown,
  record: Partial<ActivityRecord>,
  changed: Partial<MappingOptions> = {},
  least: number | null = null,
) {
  return compileSeverity(
    rules,
    least,
    places,
    activitySeverity,
  )?.(
    { ...emptyRecord(), ...record },
    { kind: 'activity', profile: 'standard', receivedAt: 0, id: '', ...changed },
  )
}

const rules = [
  { action: 'Removed', objectType: 'group', dataSource: '*Directory', severity: 9 },
  { who: ['corp\\svc-*', 'system'], severity: 1 },
  { outcome: 'failure', severity: 8 },
  { kind: 'alert', what: '*\\payroll\\*', severity: 10 },
  { details: '*password*', severity: 4 },
]

t.test('the first rule that fits counts, else the action', async (t) => {
  const group = { action: 'removed', objectType: 'GROUP', dataSource: 'Active Directory' }
  t.equal(severity(rules, group), 9)
  t.equal(severity(rules, { ...group, who: 'CORP\\svc-backup' }), 9)
  t.equal(severity(rules, { who: 'CORP\\svc-backup', action: 'Failed Logon' }), 1)
  t.equal(severity(rules, { action: 'Read (Failed Attempt)' }), 8)
  t.equal(severity(rules, { what: 'x\\payroll\\y' }), 5)
  t.equal(severity(rules, { detailsText: 'Password reset' }), 4)
  t.equal(severity(rules, { action: 'Read' }), 2)
  t.equal(severity(3, { action: 'Removed' }), 3, 'one number is for all')
})

t.test('an alert has its least', async (t) => {
  const alert = { kind: 'alert' } as const
  t.equal(severity(rules, { who: 'system' }, alert), 7)
  t.equal(severity(rules, { what: 'x\\payroll\\y' }, alert), 10)
  t.equal(severity(rules, { who: 'system' }, alert, 0), 1)
  t.equal(severity(null, { action: 'Read' }, alert, 4), 4)
  t.equal(severity(null, { action: 'Read' }, {}, 4), 2)
})

t.test('profile classic keeps its 0 where no rule fits', async (t) => {
  const classic = { profile: 'classic' } as const
  t.equal(severity(rules, { action: 'Read' }, classic), 0)
  t.equal(severity(rules, { action: 'Failed Logon' }, classic), 8)
  t.equal(severity(rules, { action: 'Read' }, { ...classic, kind: 'alert' }), 0)
  t.equal(severity(rules, { action: 'Read' }, { ...classic, kind: 'alert' }, 6), 6)
})

t.equal(compileSeverity(null, null, places, activitySeverity), undefined)

t.test('wildcards', async (t) => {
  const table: [pattern: string, value: string, fits: boolean][] = [
    ['a', 'A', true],
    ['a', ' a ', true],
    ['a', 'ab', false],
    ['*', '', true],
    ['a*', 'abc', true],
    ['*c', 'abc', true],
    ['a*c', 'abc', true],
    ['aa*aa', 'aaa', false],
    ['*b*', 'abc', true],
    ['*b*b*', 'abc', false],
    ['a*b*c', 'a-b-c', true],
    ['a*b*bc', 'a-bc', false],
    ['a.c', 'abc', false],
    ['JOS\u00c9', 'jose\u0301', true],
    ['*jose\u0301', 'CORP\\Jos\u00e9', true],
  ]
  for (const [pattern, value, fits] of table) t.equal(wildcard(pattern)(value), fits, pattern)
})

const refused: [rules: unknown, least: number | null, message: RegExp][] = [
  [11, null, /^m\.severity is 11; write a whole number from 0 to 10/],
  ['high', null, /^m\.severity is "high"; write a number from 0 to 10, or rules/],
  [[{ action: 'Added' }], null, /^m\.severity\.0 has no severity/],
  [[null], null, /^m\.severity\.0 is empty/],
  [['x'], null, /^m\.severity\.0 is "x" where a map belongs/],
  [[{ severity: 5 }, { severity: 1.5 }], null, /^m\.severity\.1\.severity is 1\.5/],
  [[{ objecttype: 'x', severity: 5 }], null, /^m\.severity\.0\.objecttype .*mean objectType\?/],
  [[{ action: 5, severity: 5 }], null, /^m\.severity\.0\.action is 5; write a text/],
  [[{ action: [], severity: 5 }], null, /^m\.severity\.0\.action is a list; write a text/],
  [null, 11, /^m\.alertMinimum is 11/],
]

for (const [written, least, message] of refused) {
  t.throws(() => compileSeverity(written, least, places, activitySeverity), {
    code: 'config',
    message,
  })
}

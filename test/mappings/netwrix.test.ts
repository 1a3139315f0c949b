import assert from 'node:assert/strict'
import fc from 'fast-check'
import t from 'tap'
import { decode } from '../../src/cef/decode.ts'
import { dictionary } from '../../src/cef/dictionary.ts'
import { encode } from '../../src/cef/encode.ts'
import { fit } from '../../src/cef/fit.ts'
import type { MappingOptions } from '../../src/mappings/netwrix.ts'
import { activityFacility, alertFacility, mapRecord } from '../../src/mappings/netwrix.ts'
import type { ActivityRecord } from '../../src/netwrix/record.ts'
import { emptyRecord } from '../../src/netwrix/record.ts'
import { anyText } from '../helpers/cef-events.ts'

const time = Date.UTC(2017, 2, 8, 14, 1, 48)
const options: MappingOptions = {
  kind: 'activity',
  profile: 'standard',
  receivedAt: 1_700_000_000_000,
  id: 'an-id',
}
const record: ActivityRecord = {
  ...emptyRecord(),
  rid: '20160215110503420B9451771F5964A9EAC0A5F35307EA155',
  who: 'ENTERPRISE\\Administrator',
  action: 'Added',
  what: '\\local\\enterprise\\Users\\Jason Smith',
  where: 'dc1.enterprise.local',
  objectType: 'user',
  monitoringPlan: 'AD Monitoring',
  dataSource: 'Active Directory',
  item: 'enterprise.local (Domain)',
  workstation: 'ws1',
  time,
}

function line(changes: Partial<ActivityRecord>, changed: Partial<MappingOptions> = {}): string {
  return encode(mapRecord({ ...record, ...changes }, { ...options, ...changed }))
}

function values(changes: Partial<ActivityRecord>, changed: Partial<MappingOptions> = {}) {
  return Object.fromEntries(decode(line(changes, changed))?.extension ?? [])
}

t.test('profile standard', async (t) => {
  t.equal(
    line({
      details: [{ property: 'Office', before: 'a', after: 'b', message: '' }],
      other: [['Risk score', '80']],
    }),
    [
      'CEF:0|Netwrix|Active Directory|1.0|Added|Added user|5|',
      'shost=dc1.enterprise.local cat=user suser=ENTERPRISE\\\\Administrator',
      'filePath=\\\\local\\\\enterprise\\\\Users\\\\Jason Smith start=Mar 08 2017 14:01:48 GMT',
      'msg=Office changed from "a" to "b"',
      'rt=1488981708000 externalId=B9451771F5964A9EAC0A5F35307EA155 act=Added outcome=success',
      'deviceFacility=Netwrix Auditor activity record',
      'dvchost=dc1.enterprise.local dhost=dc1.enterprise.local',
      'sntdom=ENTERPRISE duser=Jason Smith',
      'cs1=20160215110503420B9451771F5964A9EAC0A5F35307EA155 cs1Label=RID',
      'cs2=AD Monitoring cs2Label=MonitoringPlan',
      'cs3=enterprise.local (Domain) cs3Label=Item cs4=ws1 cs4Label=Workstation',
      'cs5=a cs5Label=Before cs6=b cs6Label=After',
      'NetwrixAuditorRiskscore=80',
    ].join(' '),
  )
})

t.test('profile classic is the vendor’s line', async (t) => {
  const details = [
    { property: '', before: '', after: '', message: 'Resource Delegates changed' },
    { property: 'x', before: '1', after: '2', message: 'Other' },
  ]
  t.equal(
    line({ details, other: [['X', 'y']] }, { profile: 'classic', kind: 'alert' }),
    'CEF:0|Netwrix|Active Directory|1.0|Added|Added user|0| shost=dc1.enterprise.local cat=user' +
      ' suser=ENTERPRISE\\\\Administrator filePath=\\\\local\\\\enterprise\\\\Users\\\\Jason Smith' +
      ' start=Mar 08 2017 14:01:48 GMT msg=Resource Delegates changed, Other',
  )
})

t.test('profile extended: the source is the workstation', async (t) => {
  const extended = { profile: 'extended' } as const
  t.match(values({}, extended), { shost: 'ws1', dhost: 'dc1.enterprise.local', src: undefined })
  t.match(line({}, extended), /\| shost=ws1 cat=user suser=\S+ filePath=.+ start=/)
  const address = values({ workstation: '10.0.0.7' }, extended)
  t.match(address, { shost: undefined, src: '10.0.0.7', cs4: '10.0.0.7' })
  t.equal(values({ workstation: '' }, extended)['shost'], undefined)
})

t.test('what standard adds leaves the vendor’s keys as they are', async (t) => {
  const added = line({ workstation: '10.0.0.7' })
  t.equal(/shost=(unknown|\S+)/.exec(added)?.[1], 'dc1.enterprise.local')
  t.match(values({ workstation: 'fd00::7' }), { src: 'fd00::7' })
  t.equal(values({ workstation: '10.0.0' })['src'], undefined)
  t.equal(values({ where: 'unknown' })['dhost'], undefined)
})

t.test('why it failed', async (t) => {
  const detailsText = 'Cause: User logon with misspelled or bad user account'
  const failed = { action: 'Failed Logon', detailsText }
  const reason = 'User logon with misspelled or bad user account'
  t.match(values(failed), { outcome: 'failure', reason })
  t.match(values({ ...failed, action: 'Read (Failed Attempt)' }), { outcome: 'failure', reason })
  t.equal(values({ ...failed, action: 'Successful Logon' })['reason'], undefined)
})

t.test('who came into a group and who left it', async (t) => {
  const details = [
    {
      property: '',
      before: '',
      after: '',
      message: 'Added: "CORP\\jane", "x\\joe"; Removed: "a/b/max"',
    },
  ]
  t.match(values({ objectType: 'Security Group', action: 'Modified', details }), {
    duser: 'jane',
    dntdom: 'CORP',
    flexString1: 'CORP\\jane, x\\joe',
    flexString1Label: 'MembersAdded',
    flexString2: 'a/b/max',
    flexString2Label: 'MembersRemoved',
  })
  t.equal(values({ objectType: 'file', details })['flexString1'], undefined)
})

t.test('Before and After of several details', async (t) => {
  const detail = { property: 'Office', before: 'a', after: 'b', message: '' }
  const two = [detail, { ...detail, property: 'Phone', before: '', after: '2' }]
  t.match(values({ details: two }), { cs5: 'Office: a', cs6: 'Office: b; Phone: 2' })
  const long = values({ details: [{ ...detail, after: 'x'.repeat(5000) }, detail] })
  t.equal(long['cs6']?.length, 4000)
  t.match(long['msg'], /x{5000}/, 'msg has all of it')
})

t.test('an alert is marked and has severity 7 at least', async (t) => {
  t.equal(values({}, { kind: 'alert' })['deviceFacility'], alertFacility)
  t.equal(values({})['deviceFacility'], activityFacility)
  t.not(alertFacility, activityFacility)
  t.equal(mapRecord({ ...record, action: 'Read' }, { ...options, kind: 'alert' }).severity, 7)
  t.equal(mapRecord({ ...record, action: 'Read' }, options).severity, 2)
})

t.test('failures', async (t) => {
  t.equal(values({ action: 'Failed Logon' })['outcome'], 'failure')
  t.equal(values({ action: 'Read (Failed Attempt)' })['outcome'], 'failure')
  t.equal(values({ action: 'Removed' })['outcome'], 'success')
})

t.test('a record without a time has that of its receipt', async (t) => {
  const event = mapRecord({ ...record, time: undefined }, options)
  t.equal(event.time, options.receivedAt)
  const read = values({ time: undefined })
  t.equal(read['start'], undefined)
  t.equal(read['rt'], String(options.receivedAt))
})

t.test('externalId', async (t) => {
  t.equal(values({ rid: '' })['externalId'], 'an-id')
  t.equal(values({ rid: 'short' })['externalId'], 'f9b0078b5df596d2ea19010c001bbd00')
  t.equal(values({ rid: 'short' })['cs1'], 'short')
})

t.test('file names, and details in one text', async (t) => {
  const file = values({ objectType: 'File', what: '\\\\srv\\share\\a b.txt' })
  t.match(file, { fname: 'a b.txt', NetwrixAuditorDirectory: '\\\\srv\\share' })
  t.equal(values({ objectType: 'group', what: '\\local\\x\\y' })['duser'], undefined)
  t.equal(values({ detailsText: 'two\r\nlines' })['msg'], 'two\nlines')
})

t.test('an empty What, Where or ObjectType keeps the line readable', async (t) => {
  for (const what of ['', ' ', '\0\t', '\n']) {
    t.match(line({ what }), / filePath=N\/A start=Mar 08 2017/)
    t.match(line({ what }, { profile: 'classic' }), / filePath=N\/A start=Mar 08 2017/)
  }
  t.match(line({ where: '' }), ' shost=unknown cat=user')
  t.match(line({ objectType: '' }), '|Added|Added|')
  t.match(
    line({ dataSource: '', action: '', objectType: '' }),
    'CEF:0|Netwrix|Netwrix Auditor|1.0|-|-|5|',
  )
})

t.test('columns whose names collide are all kept', async (t) => {
  const other: [string, string][] = [
    ['A b', '1'],
    ['Ab', '2'],
    ['Столбец', '3'],
    ['C', ''],
  ]
  t.match(line({ other }), /NetwrixAuditorAb=1 NetwrixAuditorColumn=3 CeflineNetwrixAuditorAb=2$/)
})

t.test('parsers that exist for the vendor’s CEF match', async (t) => {
  // The regular expressions that Exabeam's and Sekoia's parsers for Netwrix are known by.
  const logon = line({
    dataSource: 'Logon Activity',
    action: 'Failed Logon',
    objectType: 'Logon',
    what: 'N/A',
    detailsText: 'Cause: User logon with misspelled or bad user account',
  })
  t.match(logon, 'CEF:0|Netwrix|Logon Activity|')
  t.match(logon, '|Failed Logon|Failed Logon Logon|')
  t.match(line({ action: 'Modified' }), '|Modified user|')
  t.equal(/start=(\w{3} \d\d \d\d\d\d \d\d:\d\d:\d\d)/.exec(logon)?.[1], 'Mar 08 2017 14:01:48')
  t.equal(/shost=(unknown|\S+)/.exec(logon)?.[1], 'dc1.enterprise.local')
  t.equal(/shost=(unknown|\S+)/.exec(line({ where: '' }))?.[1], 'unknown')
  t.equal(
    /msg=(.+?)(\s\w+=|$)/.exec(logon)?.[1],
    'Cause: User logon with misspelled or bad user account',
  )
  t.match(line({}), /cat=user.+?filePath=.*\\Jason Smith start=/)
  t.match(line({ detailsText: 'User Account Disabled' }), 'msg=User Account Disabled')
})

const anyRecord: fc.Arbitrary<ActivityRecord> = fc.record({
  ...{ rid: anyText, who: anyText, action: anyText, what: anyText, where: anyText },
  ...{ objectType: anyText, monitoringPlan: anyText, dataSource: anyText, item: anyText },
  workstation: anyText,
  time: fc.option(fc.integer({ min: 0, max: 4e12 }), { nil: undefined }),
  details: fc.array(
    fc.record({ property: anyText, before: anyText, after: anyText, message: anyText }),
    { maxLength: 3 },
  ),
  detailsText: fc.oneof(fc.constant(''), anyText),
  other: fc.array(fc.tuple(anyText, anyText), { maxLength: 3 }),
})

t.test('any record keeps the vendor’s order, and its labels have values', async () => {
  fc.assert(
    fc.property(
      anyRecord,
      fc.constantFrom('alert' as const, 'activity' as const),
      fc.constantFrom('standard' as const, 'classic' as const),
      (any, kind, profile) => {
        const event = mapRecord(any, { ...options, kind, profile })
        const read = decode(encode(event))?.extension ?? []
        const keys = read.map(([key]) => key)
        const first = ['shost', 'cat', 'suser', 'filePath', 'start', 'msg']
        const vendor = keys.filter((key) => first.includes(key))
        assert.deepEqual(
          vendor,
          first.filter((key) => keys.includes(key)),
        )
        assert.deepEqual(keys.slice(0, vendor.length), vendor)
        assert.equal(
          keys.indexOf('filePath') + 1,
          any.time === undefined ? keys.indexOf('filePath') + 1 : keys.indexOf('start'),
        )
        assert.ok(keys.includes('shost') && keys.includes('filePath'))
        for (const key of keys) {
          const labels = dictionary.get(key)?.labels
          assert.ok(labels === undefined || keys.includes(labels), key)
          assert.ok(dictionary.has(key) || /^(?:Cefline)?NetwrixAuditor/.test(key), key)
        }
        if (profile === 'classic') assert.deepEqual(keys, vendor)
        // The short fields need no cut even for ArcSight.
        const { cut } = fit(encode(event), { lengths: true, equals: 'escape' })
        assert.ok(!cut.includes('externalId') && !cut.includes('dvchost'))
      },
    ),
    { numRuns: 500 },
  )
})

import fc from 'fast-check'
import t from 'tap'
import { isCeflineError } from '../../src/error.ts'
import { emptyRecord, fromJson, recordId } from '../../src/netwrix/record.ts'
import { withoutValues } from '../../src/telemetry/without-values.ts'

/** The samples of "Retrieve activity records" and "Activity records". */
const added = {
  Action: 'Added',
  MonitoringPlan: { ID: '{42F64379-163E-4A43-A9C5-4514C5A23798}', Name: 'AD Monitoring' },
  DataSource: 'Active Directory',
  Item: { Name: 'enterprise.local (Domain)' },
  ObjectType: 'user',
  RID: '20160215110503420B9451771F5964A9EAC0A5F35307EA155',
  What: '\\local\\enterprise\\Users\\Jason Smith',
  When: '2017-02-14T15:42:34Z',
  Where: 'EnterpriseDC1.enterprise.local',
  Who: 'ENTERPRISE\\Administrator',
  Workstation: 'EnterpriseDC1.enterprise.local',
}
const detail = { PropertyName: 'Custom_Attribute', Before: '1', After: '2' }
const readDetail = { property: 'Custom_Attribute', before: '1', after: '2', message: '' }

t.test('a complete record', async (t) => {
  t.strictSame(fromJson(added), {
    rid: '20160215110503420B9451771F5964A9EAC0A5F35307EA155',
    who: 'ENTERPRISE\\Administrator',
    action: 'Added',
    what: '\\local\\enterprise\\Users\\Jason Smith',
    where: 'EnterpriseDC1.enterprise.local',
    objectType: 'user',
    monitoringPlan: 'AD Monitoring',
    dataSource: 'Active Directory',
    item: 'enterprise.local (Domain)',
    workstation: 'EnterpriseDC1.enterprise.local',
    time: Date.UTC(2017, 1, 14, 15, 42, 34),
    details: [],
    detailsText: '',
    other: [['MonitoringPlanID', '{42F64379-163E-4A43-A9C5-4514C5A23798}']],
  })
})

const rows: [name: string, json: object, part: Partial<ReturnType<typeof fromJson>>][] = [
  ['nothing', {}, emptyRecord()],
  ['nulls', { RID: null, When: null, Item: null, DetailList: null, X: null }, emptyRecord()],
  ['an empty When', { When: '' }, { time: undefined }],
  [
    'plan and item as text',
    { MonitoringPlan: 'Compliance', Item: 'dc1' },
    { monitoringPlan: 'Compliance', item: 'dc1', other: [] },
  ],
  [
    'a plan with its ID only',
    { MonitoringPlan: { ID: '{1}' } },
    { monitoringPlan: '', other: [['MonitoringPlanID', '{1}']] },
  ],
  ['an array of details', { DetailList: [detail] }, { details: [readDetail] }],
  ['a single detail', { DetailList: detail }, { details: [readDetail] }],
  [
    'details in a Detail',
    { DetailList: { Detail: [detail, detail] } },
    { details: [readDetail, readDetail] },
  ],
  ['one detail in a Detail', { DetailList: { Detail: detail } }, { details: [readDetail] }],
  ['details that are empty', { DetailList: [null, {}, { Before: null }] }, { details: [] }],
  [
    'a detail that is text',
    { DetailList: ['x'] },
    { details: [{ property: '', before: '', after: '', message: 'x' }] },
  ],
  [
    'a detail with more',
    { DetailList: [{ Message: 'm', Kind: 1 }, { Kind: 2 }] },
    {
      details: [{ property: '', before: '', after: '', message: 'm' }],
      other: [['DetailKind', '1, 2']],
    },
  ],
  [
    '8.x names',
    { AuditedSystem: 'Exchange', ManagedObject: { Name: 'Plan', ID: '{1}' } },
    { dataSource: 'Exchange', monitoringPlan: 'Plan', other: [['ManagedObjectID', '{1}']] },
  ],
  [
    'old and new names',
    { DataSource: 'a', AuditedSystem: 'b' },
    { dataSource: 'a', other: [['AuditedSystem', 'b']] },
  ],
  [
    'fields that are not known',
    { New: 'x', Number: 7, Flag: false, Deep: { a: [1] } },
    {
      other: [
        ['New', 'x'],
        ['Number', '7'],
        ['Flag', 'false'],
        ['Deep', '{"a":[1]}'],
      ],
    },
  ],
  ['text that is no text', { Who: 7, What: ['a'] }, { who: '7', what: '["a"]' }],
  [
    'names of Object.prototype',
    JSON.parse('{"constructor":"x","__proto__":"y"}') as object,
    {
      other: [
        ['constructor', 'x'],
        ['__proto__', 'y'],
      ],
    },
  ],
]

for (const [name, json, part] of rows) {
  t.test(name, async (t) => {
    t.has(fromJson(json), part)
  })
}

for (const value of [undefined, null, 7, 'text', [], [{}]]) {
  t.test(`${JSON.stringify(value)} is no record`, async (t) => {
    t.throws(() => fromJson(value), { code: 'record', permanent: true })
  })
}

for (const When of ['yesterday', '2017-02-30T00:00:00Z', 7, {}]) {
  t.test(`When ${JSON.stringify(When)} is no time`, async (t) => {
    t.throws(() => fromJson({ ...added, When }), {
      code: 'date',
      permanent: true,
      message: JSON.stringify(When),
    })
  })
}

t.test('a huge value is shown in part', async (t) => {
  t.throws(() => fromJson(['x'.repeat(10_000)]), { message: /^.{200,300}$/ })
})

t.test('the log has nothing of a value, of whatever kind it is', async (t) => {
  for (const value of [4711, [4711, 'jane', 4711], { When: 4711 }, { When: [4711, 'a', 4711] }]) {
    try {
      fromJson(value)
      t.fail('is refused')
    } catch (thrown) {
      t.match((thrown as Error).message, '4711')
      t.notMatch(withoutValues((thrown as Error).message), /4711|jane/)
    }
  }
})

t.test('any JSON is a record or a permanent error', async () => {
  fc.assert(
    fc.property(
      fc.oneof(
        fc.jsonValue(),
        fc.record({ DetailList: fc.jsonValue(), When: fc.jsonValue(), Item: fc.jsonValue() }),
      ),
      (value) => {
        try {
          return fromJson(value).rid !== undefined
        } catch (thrown) {
          return isCeflineError(thrown) && thrown.permanent
        }
      },
    ),
  )
})

t.test('the id of a RID is half of its SHA-256', async (t) => {
  t.equal(Buffer.from(recordId('abc')).toString('hex'), 'ba7816bf8f01cfea414140de5dae2223')
})

import t from 'tap'
import { activityFields, recordFields } from '../../src/mappings/record-field.ts'
import { emptyRecord } from '../../src/netwrix/record.ts'

const detail = { property: 'Office', before: 'a', after: 'b', message: '' }
const record = {
  ...emptyRecord(),
  who: 'jane',
  time: Date.UTC(2017, 1, 14, 15, 42, 34),
  details: [detail, { ...detail, before: '' }],
  other: [
    ['Risk Score', '80'],
    ['Empty', ''],
  ] as [string, string][],
}

t.same(recordFields(record), [
  ['Who', 'jane'],
  ['When', '2017-02-14T15:42:34Z'],
  ['Details', 'Office changed from "a" to "b", Office changed to "b"'],
  ['Property', 'Office, Office'],
  ['Before', 'a'],
  ['After', 'b, b'],
  ['Risk Score', '80'],
])
t.same(recordFields(emptyRecord()), [])

t.same(activityFields.named('monitoring_plan'), { kind: 'field', name: 'MonitoringPlan' })
t.same(activityFields.named(' Risk Score '), {
  kind: 'column',
  name: 'riskscore',
  written: 'Risk Score',
})
t.same(activityFields.named('"Who"'), { kind: 'column', name: 'who', written: 'Who' })
t.equal(activityFields.reader(activityFields.named('risk score'))(record), '80')
t.equal(activityFields.reader(activityFields.named('nothing'))(record), '')
for (const bad of ['', ' ', 'Whoo', 'Acton', 'ObjectTipe'])
  t.throws(() => activityFields.named(bad), bad)

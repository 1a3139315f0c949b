import { createHmac } from 'node:crypto'
import fc from 'fast-check'
import t from 'tap'
import { encode } from '../../src/cef/encode.ts'
import { compileMapping } from '../../src/mappings/compile.ts'
import { profiles } from '../../src/mappings/netwrix.ts'
import { compilePrivacy } from '../../src/mappings/privacy.ts'
import type { ActivityRecord } from '../../src/netwrix/record.ts'
import { emptyRecord } from '../../src/netwrix/record.ts'
import { spec } from '../helpers/mapping-spec.ts'

const key = 'a key of 16 characters or more'
const place = 'sources.a.mapping.privacy'
const record: ActivityRecord = {
  ...emptyRecord(),
  rid: 'R-1',
  who: 'CORP\\jsmith (Office)',
  action: 'Modified',
  what: '\\\\srv7\\home\\jsmith\\plan.docx',
  where: 'srv7.corp.com',
  objectType: 'file',
  dataSource: 'File Servers',
  item: 'srv7 (Computer)',
  workstation: 'ws-42.corp.com',
  details: [
    {
      property: 'Owner',
      before: 'CORP\\JSmith',
      after: 'max',
      message: 'Owner: "jsmith@corp.com"',
    },
  ],
  other: [
    ['Risk score', '80'],
    ['Who', 'CORP\\jsmith'],
    ['DetailX', 'on ws-42'],
  ],
}

function hidden(fields: unknown, changes: Partial<ActivityRecord> = {}): ActivityRecord {
  const redact = compilePrivacy({ key, fields }, place)
  return redact?.({ ...record, ...changes }) ?? record
}

function hash(value: string) {
  return createHmac('sha256', key).update(value).digest('hex').slice(0, 32)
}

t.test('hash: the same value is the same hash, also where it is mentioned', async (t) => {
  const made = hidden({ Who: 'hash' })
  const whole = hash('CORP\\jsmith (Office)')
  t.equal(made.who, whole)
  t.equal(made.what, `\\\\srv7\\home\\${whole}\\plan.docx`)
  t.match(made.details, [{ before: whole, after: 'max', message: `Owner: "${whole}@corp.com"` }])
  t.same(made.other[1], ['Who', hash('CORP\\jsmith')], 'a second column of the name too')
  t.equal(record.who, 'CORP\\jsmith (Office)', 'the record itself is as it was')
})

t.test('drop, and what is made of a dropped field', async (t) => {
  const made = hidden({ Workstation: 'drop', Where: 'drop', 'risk SCORE': 'drop' })
  t.match(made, { workstation: '', where: '', item: '**** (Computer)' })
  t.equal(made.what, '\\\\****\\home\\jsmith\\plan.docx')
  t.same(made.other, [
    ['Who', 'CORP\\jsmith'],
    ['DetailX', 'on ****'],
  ])
})

t.test('cut, after what is hidden in it', async (t) => {
  const made = hidden({ What: { cut: 18 }, Who: 'drop' })
  t.equal(made.what, '\\\\srv7\\home\\****\\p…')
  t.equal(hidden({ What: { cut: 500 } }).what, record.what, 'a short one stays')
  t.equal(hidden({ Item: { cut: 1 } }, { item: '😀😀' }).item, '😀…', 'no character is torn')
})

t.test('Details are all of them', async (t) => {
  const dropped = hidden({ Details: 'drop' })
  t.match(dropped, { details: [], detailsText: '', other: [['Risk score'], ['Who']] })
  const cut = hidden({ Details: { cut: 5 } }, { detailsText: 'abcdefgh' })
  t.match(cut, { details: [], detailsText: 'abcde…' })
  t.match(hidden({ Details: 'hash' }, { detailsText: 'abc' }), { detailsText: hash('abc') })
  t.match(hidden({ Details: 'hash' }, { details: [] }), { detailsText: '' })
})

t.test('Before and After, also in the messages', async (t) => {
  const details = [{ property: 'Pay', before: '4000', after: '', message: 'Pay was "4000", 40001' }]
  t.match(hidden({ Before: 'drop' }, { details }).details, [
    { before: '', message: 'Pay was "****", 40001' },
  ])
  t.match(hidden({ Before: 'drop' }, { details, detailsText: 'x 4000' }).detailsText, 'x ****')
})

t.test('names that everybody has are not looked for', async (t) => {
  const made = hidden({ Who: 'drop' }, { who: 'system', detailsText: 'the system is up' })
  t.match(made, { who: '', detailsText: 'the system is up' })
})

t.test('mentions: accents composed or not, JSON in a column, several hosts', async (t) => {
  const who = 'CORP\\Jos\u00e9'
  const detailsText = 'by Jose\u0301, JOS\u00c9 and Jos\u00e9fa'
  const made = hidden({ Who: 'drop' }, { who, detailsText })
  t.equal(made.detailsText, 'by ****, **** and Jos\u00e9fa')
  const what = '\\corp\\Secret "x"\\y'
  const other: [string, string][] = [['Extra', JSON.stringify({ Path: what })]]
  t.same(hidden({ What: 'drop' }, { what, other }).other, [['Extra', '{"Path":"****"}']])
  const two = hidden({ Where: 'drop' }, { where: 'srv1.corp, srv2.corp', detailsText: 'on SRV2' })
  t.equal(two.detailsText, 'on ****')
  const greek = hidden({ Who: 'drop' }, { who: 'ΟΔΟΣ', detailsText: 'οδοσ İ οδος x' })
  t.equal(greek.detailsText, '**** İ **** x')
  const short = [{ property: 'Level', before: '5', after: '8', message: 'from "5" to "8"' }]
  t.match(hidden({ Before: 'drop' }, { details: short }).details, [
    { message: 'from "****" to "8"' },
  ])
})

t.test('a cut value is cut in the details too, whatever else is hidden in it', async (t) => {
  const fields = { What: { cut: 7 }, Who: 'drop' }
  const detailsText = 'moved \\\\srv7\\home\\jsmith\\plan.docx'
  t.equal(hidden(fields, { detailsText }).detailsText, 'moved \\\\srv7\\…')
})

t.test('values of any length and number, without a slip', async (t) => {
  const long = 'a long value, '.repeat(400_000)
  const details = [{ property: '', before: long, after: '', message: `was ${long}` }]
  t.match(hidden({ Before: 'drop' }, { details }).details, [{ message: 'was **** ' }])
  const many = Array.from({ length: 3000 }, (_, index) => {
    const [before, after] = [`\\x\\value ${index}`, `value ${index}${'y'.repeat(index % 50)}`]
    return { property: '', before, after, message: `from ${before} to ${after}` }
  })
  const made = hidden({ Before: 'drop', After: 'drop' }, { details: many }).details
  t.ok(made.every(({ message }) => message === 'from **** to ****'))
})

t.test('a field by all of its names, and what else of it stands in columns', async (t) => {
  const other: [string, string][] = [
    ['MonitoringPlanID', 'GUID'],
    ['ManagedObjectName', 'Old plan'],
    ['AuditedSystem', 'Old system'],
    ['ItemID', '7'],
    ['WHO', 'CORP\\jane'],
    ['Column', 'of jane'],
  ]
  const fields = { ManagedObject: 'drop', AuditedSystem: 'drop', Item: 'drop', Who: 'drop' }
  const made = hidden(fields, { monitoringPlan: 'Plan', other })
  t.match(made, { monitoringPlan: '', dataSource: '', item: '', other: [['Column', 'of ****']] })
  t.match(hidden({ PropertyName: 'drop' }).details, [{ property: '' }])
  t.match(hidden({ DetailList: 'drop' }), { details: [] })
  const named = hidden({ MonitoringPlan: 'drop', '"ItemID"': 'drop' }, { other })
  t.notMatch(named.other, [['ItemID']])
})

t.test('no key of any profile lets a hidden value out', async () => {
  const secret = fc.stringMatching(/^[a-z]{6,12}$/).map((text) => `zq${text}`)
  const mapping = spec({
    fields: { msg: '{Who} {What} {Where} {Workstation} {Details} {Before} {After} {Item}' },
    privacy: { key, fields: { Who: 'hash', What: 'drop', Workstation: 'hash', Before: 'drop' } },
  })
  const map = compileMapping(mapping, 'm')
  const types = fc.constantFrom('user', 'file', 'group', 'Logon')
  fc.assert(
    fc.property(
      secret,
      types,
      fc.constantFrom(...profiles),
      fc.boolean(),
      (name, objectType, profile, isText) => {
        const text = `Added: "X\\${name}", Cause: ${name.toUpperCase()} is ${name}`
        const event = map(
          {
            ...record,
            who: `${name}dom\\${name}`,
            what: `\\corp\\${name}`,
            workstation: `${name}.corp.com`,
            item: `of ${name}`,
            objectType,
            action: 'Failed Logon',
            detailsText: isText ? text : '',
            details: [{ property: 'p', before: name, after: `now ${name}`, message: text }],
            other: [['Column', `${name}@x`]],
          },
          { kind: 'alert', profile, receivedAt: 0, id: 'x' },
        )
        const line = encode(event)
        return !line.toLowerCase().includes(name)
      },
    ),
    { numRuns: 200 },
  )
})

const refused: [fields: unknown, key: string | null, message: RegExp][] = [
  [{ Who: 'hash' }, null, /^sources\.a\.mapping\.privacy\.key is missing, and .*fields\.Who/],
  [{ Who: 'hash' }, 'short', /privacy\.key is 5 characters long; use 16 at least/],
  [{ Who: 'mask' }, key, /fields\.Who is "mask"; write drop, hash or \{ cut: 20 \}/],
  [{ Who: { cut: 0 } }, key, /fields\.Who\.cut is 0; write a number of characters/],
  [{ Who: { cut: 5, hash: true } }, key, /fields\.Who is a map; write drop/],
  [{ Wo: 'drop' }, key, /fields\.Wo is no field; did you mean Who\?/],
  [{ Message: 'drop' }, key, /fields\.Message is no field; did you mean Details\?/],
  [
    { DataSource: 'drop', AuditedSystem: 'hash' },
    key,
    /AuditedSystem is datasource, which is there/,
  ],
  [{ Action: 'drop' }, key, /fields\.Action cannot be hidden/],
  [{ When: 'drop' }, key, /fields\.When cannot be hidden/],
  ['Who', key, /fields is "Who" where a map belongs/],
]

for (const [fields, secret, message] of refused) {
  t.throws(() => compilePrivacy({ key: secret, fields }, place), { code: 'config', message })
}
t.equal(compilePrivacy({ key, fields: null }, place), undefined)

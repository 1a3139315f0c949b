import fc from 'fast-check'
import t from 'tap'
import { activityBatch, activityLine } from '../../src/netwrix/activity-batch.ts'
import { readErrorList, readXml } from '../../src/netwrix/page-xml.ts'
import { readPage } from '../../src/netwrix/page.ts'
import { fromJson } from '../../src/netwrix/record.ts'
import { activityRecord } from '../helpers/activity-records.ts'
import { pageXml } from '../helpers/api-xml.ts'

const namespace = 'http://schemas.netwrix.com/api/v1/activity_records/'
const page = (content: string, root = 'ActivityRecordList') =>
  `<?xml version="1.0" standalone="yes"?>\n<${root} xmlns="${namespace}">${content}</${root}>`
const read = (text: string | Buffer, type: string | undefined = 'application/xml') =>
  readPage(Buffer.from(text), type, 'https://a.example', (shown) => shown.slice(0, 40))

const one = '<ActivityRecord><RID>1</RID></ActivityRecord>'

const pages: [name: string, text: string, records: unknown[], mark: string | undefined][] = [
  [
    'many',
    page(`<ContinuationMark>m</ContinuationMark>${one}${one}`),
    [{ RID: '1' }, { RID: '1' }],
    'm',
  ],
  ['one', page(`<ContinuationMark>m</ContinuationMark>${one}`), [{ RID: '1' }], 'm'],
  [
    'the mark last, with blanks',
    page(`${one}<ContinuationMark>\n m \n</ContinuationMark>`),
    [{ RID: '1' }],
    'm',
  ],
  ['none', page('<ContinuationMark>m</ContinuationMark>'), [], 'm'],
  ['none, no mark', page(''), [], undefined],
  ['none, with a line between the tags', page('\n  \n'), [], undefined],
  [
    'empty containers with lines between the tags',
    page('<ActivityRecord><DetailList>\n</DetailList><Item>\n</Item></ActivityRecord>'),
    [{ DetailList: '', Item: '' }],
    undefined,
  ],
  ['an empty mark', page('<ContinuationMark/>'), [], undefined],
  ['the other name', page(one, 'ActivityRecordsList'), [{ RID: '1' }], undefined],
  ['a record as the root', page('<RID>1</RID>', 'ActivityRecord'), [{ RID: '1' }], undefined],
  ['no namespace', `<ActivityRecordList>${one}</ActivityRecordList>`, [{ RID: '1' }], undefined],
  [
    'a prefix',
    `<n:ActivityRecordList xmlns:n="${namespace}"><n:ActivityRecord><n:RID>1</n:RID></n:ActivityRecord></n:ActivityRecordList>`,
    [{ RID: '1' }],
    undefined,
  ],
  [
    'fields of the answer that are not known',
    page(`<Total>1</Total>${one}`),
    [{ RID: '1' }],
    undefined,
  ],
  [
    'indentation, comments, instructions, CDATA, entities',
    page(
      '\n <!-- x -->\n <ActivityRecord>\n  <?p x?>\n  <What><![CDATA[<a>]]> &amp;&lt;&#x41;</What>\n </ActivityRecord>\n',
    ),
    [{ What: '<a> &<A' }],
    undefined,
  ],
  [
    'white space that is text',
    page('<ActivityRecord><What>  </What></ActivityRecord>'),
    [{ What: '  ' }],
    undefined,
  ],
  [
    'another namespace and attributes',
    page(
      '<ActivityRecord xmlns:x="urn:x" x:a="1"><x:Who>no</x:Who><Who Type="t">w</Who></ActivityRecord>',
    ),
    [{ 'x:Who': 'no', Who: 'w', 'Who@Type': 't', '@x:a': '1' }],
    undefined,
  ],
  [
    'nil',
    page(
      '<ActivityRecord xmlns:i="http://www.w3.org/2001/XMLSchema-instance"><Who i:nil="true"/></ActivityRecord>',
    ),
    [{ Who: null }],
    undefined,
  ],
  [
    'text among elements',
    page('<ActivityRecord>x<Who>w</Who></ActivityRecord>'),
    [{ Who: 'w', '#text': 'x' }],
    undefined,
  ],
  ['a record that is text', page('<ActivityRecord>x</ActivityRecord>'), ['x'], undefined],
  [
    'characters that XML has not',
    page('<ActivityRecord><Who>a\u0001&#2;</Who></ActivityRecord>'),
    [{ Who: 'a\u0001&#2;' }],
    undefined,
  ],
  [
    'a field twice',
    page('<ActivityRecord><New>1</New><New>2</New></ActivityRecord>'),
    [{ New: ['1', '2'] }],
    undefined,
  ],
]

for (const [name, text, records, mark] of pages) {
  t.test(name, async (t) => {
    t.same(read(text), { records, mark })
  })
}

const bad: [name: string, text: string, message: RegExp][] = [
  ['nothing', '', /not whole JSON: \(nothing\)/],
  ['cut', page(one).slice(0, -20), /bytes that are not whole XML \(/],
  ['tags that cross', '<a><b></a></b>', /not whole XML/],
  ['a DOCTYPE', `<!DOCTYPE a><ActivityRecordList/>`, /a DOCTYPE, which is not read/],
  [
    'an external DTD',
    '<!DOCTYPE a SYSTEM "http://127.0.0.1:1/x.dtd"><ActivityRecordList/>',
    /a DOCTYPE/,
  ],
  [
    'entities that grow',
    `<!DOCTYPE a [<!ENTITY b "bb"><!ENTITY c "&b;&b;">]>${page('&c;')}`,
    /a DOCTYPE|must be at the start/,
  ],
  [
    'an entity that is not known',
    page('<ActivityRecord>&nbsp;</ActivityRecord>'),
    /undefined entity/,
  ],
  ['a prefix without a namespace', '<x:ActivityRecordList/>', /not whole XML/],
  ['a page of HTML', '<html><body>Sign in</body></html>', /XML that has no ActivityRecordList/],
  ['an error list', page('<Error/>', 'ErrorList'), /XML that has no ActivityRecordList/],
  ['two roots', '<ActivityRecordList/><ActivityRecordList/>', /not whole XML/],
  ['elements without end', '<a>'.repeat(100_000), /more than 64 deep/],
  ['text behind it', `${page(one)}x`, /not whole XML/],
  [
    'an encoding that nobody knows',
    '<?xml version="1.0" encoding="x-none"?><a/>',
    /cannot be read/,
  ],
]

for (const [name, text, message] of bad) {
  t.test(`refused: ${name}`, async (t) => {
    t.throws(() => read(text), { code: 'bad-answer', message })
    t.throws(() => read(text), { message: /The mark is kept/ })
  })
}

t.test('encodings', async (t) => {
  const text = (encoding: string) =>
    `<?xml version="1.0" encoding="${encoding}"?><ActivityRecordList><ActivityRecord><Who>Jürgen €</Who></ActivityRecord></ActivityRecordList>`
  const wide = (encoding: string) => Buffer.from(text(encoding), 'utf16le')
  const narrow = Buffer.from(text('windows-1252').replace('€', '\u0080'), 'latin1')
  const table: [name: string, bytes: Buffer, type?: string][] = [
    ['UTF-8', Buffer.from(text('utf-8'))],
    ['UTF-8 with its mark', Buffer.from(`\ufeff${text('utf-8')}`)],
    ['UTF-16LE with its mark', Buffer.concat([Buffer.from([0xff, 0xfe]), wide('utf-16')])],
    ['UTF-16BE with its mark', Buffer.concat([Buffer.from([0xfe, 0xff]), wide('utf-16').swap16()])],
    ['UTF-16LE without', wide('utf-16')],
    ['UTF-16BE without', wide('utf-16').swap16()],
    ['by its declaration', narrow],
    ['by the Content-Type', narrow, 'application/xml; charset="Windows-1252"'],
    ['UTF-8 that says UTF-16', Buffer.from(text('utf-16'))],
  ]
  for (const [name, bytes, type] of table) {
    t.same(read(bytes, type).records, [{ Who: 'Jürgen €' }], name)
  }
  const json = Buffer.from('\ufeff{"ActivityRecordList":[]}', 'utf16le')
  t.same(read(json, 'application/json').records, [], 'JSON too')
})

t.test('the other format than the Content-Type says is read all the same', async (t) => {
  t.same(read(page(one), 'application/json').records, [{ RID: '1' }])
  t.same(read('{"ActivityRecordList":[{"RID":"1"}]}', 'text/xml').records, [{ RID: '1' }])
})

const origin = '/x'
const batchOf = (records: unknown[]) =>
  activityBatch(records, { profile: 'standard', receivedAt: 0, origin })

const known = {
  Who: 'a & <b>',
  When: '2026-01-01T00:00:00Z',
  MonitoringPlan: { Name: 'p', ID: '{1}' },
  Item: { Name: 'i' },
  Number: 7,
}
const detail = { PropertyName: 'p', Before: 'a\nb', After: '"c"', Message: 'm' }
const variants: [name: string, json: object][] = [
  ['of the stand-in', activityRecord(4, Date.UTC(2026, 0, 1))],
  ['known', known],
  ['a plan that is text', { ...known, MonitoringPlan: 'p', Item: 'i' }],
  ['8.x names', { AuditedSystem: 'Exchange', ManagedObject: { Name: 'p', ID: '{1}' } }],
  ['one detail', { ...known, DetailList: [detail] }],
  ['two details, with more in them', { ...known, DetailList: [detail, { ...detail, Kind: 'k' }] }],
  ['empty things', { ...known, Workstation: null, What: '', DetailList: [], Item: { Name: null } }],
  ['unknown things', { ...known, New: 'x', Deep: { a: 'b', c: { d: 'e' } } }],
]

for (const [name, json] of variants) {
  t.test(`XML gives the record that JSON gives: ${name}`, async (t) => {
    const [value] = read(pageXml([json], 'm')).records
    t.same(fromJson(value), fromJson(json))
    const [fromXml, asIs] = [batchOf([value]), batchOf([json])]
    t.same(fromXml.lines.ids, asIs.lines.ids, 'under the same id')
    t.same(fromXml.lines.bytes, asIs.lines.bytes)
    const shuffled = Object.fromEntries(Object.entries(json).reverse())
    t.same(
      batchOf(read(pageXml([shuffled], 'm')).records).lines.ids,
      asIs.lines.ids,
      'in any order',
    )
  })
}

t.test('any text', async (t) => {
  // What XML can carry: no control characters; a line's end becomes one line feed.
  const text = fc
    .string({ unit: 'grapheme' })
    .filter((all) => !/[\u0000-\u001f\ufffe\uffff]/.test(all))
  fc.assert(
    fc.property(text, text, (who, other) => {
      const json = { Who: who, New: other, DetailList: [{ Before: other }] }
      t.same(fromJson(read(pageXml([json], undefined)).records[0]), fromJson(json))
    }),
    { numRuns: 60 },
  )
})

t.test('a record of XML that is set aside can be read again', async (t) => {
  const bad = { RID: 'x', When: '13/13/2026', DetailList: [detail] }
  const [fromXml] = batchOf(read(pageXml([bad], 'm')).records).rejects
  const [asIs] = batchOf([bad]).rejects
  t.match(fromXml, { code: 'date', record: JSON.stringify(bad) })
  t.same(fromXml?.id, asIs?.id)
  const cured = (fromXml?.record ?? '').replace('13/13/2026', '2026-01-01T00:00:00Z')
  const reject = { ...fromXml, code: 'date' as const, reason: '', record: cured }
  const stored = { ...reject, number: 1, at: 0, source: 's', origin, row: 1 }
  t.equal(activityLine(stored, { profile: 'standard' }).count, 1)
})

t.test('data sources that are left out are counted', async (t) => {
  const records = ['Self-audit', 'Active Directory', 'SELF-AUDIT'].map((DataSource) => ({
    DataSource,
  }))
  const leaveOut = (name: string) => name.toLowerCase() === 'self-audit'
  const batch = activityBatch(records, { profile: 'standard', receivedAt: 0, origin, leaveOut })
  t.match(batch, { read: 3, ignored: 2, lines: { count: 1 }, rejects: [] })
})

t.test('error lists', async (t) => {
  const list = (content: string) =>
    `<?xml version="1.0" encoding="UTF-8" ?>\n<ErrorList xmlns="http://schemas.netwrix.com/api/v1/">${content}</ErrorList>`
  const entry =
    '<Error><Category>XMLError</Category><Description>0xC00CE56D End tag &apos;FilterList&apos;</Description><Location>line 3</Location></Error>'
  t.same(readErrorList(list(entry)), ["XMLError 0xC00CE56D End tag 'FilterList' line 3"])
  t.equal(readErrorList(list(`${entry}${entry}`))?.length, 2)
  t.same(readErrorList(list('<Error/>')), [''])
  t.same(readErrorList(list('')), [])
  for (const text of ['', '{"ErrorList":[]}', '<html/>', '<ErrorList>']) {
    t.equal(readErrorList(text), undefined, text)
  }
})

t.test('names of Object.prototype are names', async (t) => {
  const { value } = readXml('<a><__proto__>x</__proto__><constructor>y</constructor></a>')
  t.same(Object.entries(value as object), [
    ['__proto__', 'x'],
    ['constructor', 'y'],
  ])
})

t.test('two lists of details are one', async (t) => {
  const list = (name: string) =>
    `<DetailList><Detail><PropertyName>${name}</PropertyName></Detail></DetailList>`
  const { value } = readXml(`<ActivityRecord>${list('a')}${list('b')}</ActivityRecord>`)
  t.same(value, { DetailList: [{ PropertyName: 'a' }, { PropertyName: 'b' }] })
})

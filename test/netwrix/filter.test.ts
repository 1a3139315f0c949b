import t from 'tap'
import { describeFilter, filterList, readFilter, withFrom } from '../../src/netwrix/filter.ts'
import type { Filter } from '../../src/netwrix/filter.ts'
import { searchXml } from '../../src/netwrix/request-xml.ts'

const read = (given: unknown) => readFilter(given, 'sources.a.filter') as Filter
const xmlOf = (filter: Filter) =>
  /<FilterList>(.*)<\/FilterList>/.exec(searchXml(undefined, filter))?.[1]

const forms: [given: object, list: object, xml: string][] = [
  [{ Who: 'Admin' }, { Who: 'Admin' }, '<Who>Admin</Who>'],
  [
    { Who: { NotEqualTo: 'a' } },
    { Who: { NotEqualTo: 'a' } },
    '<Who Operator="NotEqualTo">a</Who>',
  ],
  [
    { Who: { InGroup: 'Domain Admins' } },
    { Who: { InGroup: 'Domain Admins' } },
    '<Who Operator="InGroup">Domain Admins</Who>',
  ],
  [
    { DataSource: ['Active Directory', { StartsWith: 'Exchange' }] },
    { DataSource: ['Active Directory', { StartsWith: 'Exchange' }] },
    '<DataSource>Active Directory</DataSource><DataSource Operator="StartsWith">Exchange</DataSource>',
  ],
  [
    { What: { DoesNotContain: 'a', EndsWith: 'b' } },
    { What: [{ DoesNotContain: 'a' }, { EndsWith: 'b' }] },
    '<What Operator="DoesNotContain">a</What><What Operator="EndsWith">b</What>',
  ],
  [
    { Workstation: { Equals: '' } },
    { Workstation: { Equals: '' } },
    '<Workstation Operator="Equals"></Workstation>',
  ],
  [{ When: 'LastSevenDays' }, { When: { LastSevenDays: '' } }, '<When><LastSevenDays/></When>'],
  [
    { When: [{ Today: null }, { From: '2026-01-01T00:00:00+02:00', To: '2026-02-01T00:00:00Z' }] },
    { When: [{ Today: '' }, { From: '2026-01-01T00:00:00+02:00', To: '2026-02-01T00:00:00Z' }] },
    '<When><Today/></When><When><From>2026-01-01T00:00:00+02:00</From><To>2026-02-01T00:00:00Z</To></When>',
  ],
  [
    { When: { NotEqualTo: { From: '2026-01-01T00:00:00Z' } } },
    { When: { NotEqualTo: { From: '2026-01-01T00:00:00Z' } } },
    '<When Operator="NotEqualTo"><From>2026-01-01T00:00:00Z</From></When>',
  ],
  [
    { When: '2026-01-01T00:00:00Z' },
    { When: '2026-01-01T00:00:00Z' },
    '<When>2026-01-01T00:00:00Z</When>',
  ],
  [
    { WorkingHours: { NotEqualTo: { From: '08:00:00Z', To: '18:00:00+01:00' } } },
    { WorkingHours: { NotEqualTo: { From: '08:00:00Z', To: '18:00:00+01:00' } } },
    '<WorkingHours Operator="NotEqualTo"><From>08:00:00Z</From><To>18:00:00+01:00</To></WorkingHours>',
  ],
  [
    { What: `<a> & "b's"` },
    { What: `<a> & "b's"` },
    '<What>&lt;a&gt; &amp; &quot;b&apos;s&quot;</What>',
  ],
]

for (const [given, list, xml] of forms) {
  t.test(JSON.stringify(given), async (t) => {
    const filter = read(given)
    t.same(filterList(filter), list)
    t.equal(xmlOf(filter), xml)
    t.same(filter.warnings, [])
  })
}

t.test('every name and operator of the documentation', async (t) => {
  const texts =
    'RID Who Where ObjectType MonitoringPlan What DataSource Item Workstation Detail Before After'
  for (const name of texts.split(' ')) {
    for (const operator of [
      ...['Contains', 'DoesNotContain', 'Equals', 'NotEqualTo', 'StartsWith', 'EndsWith'],
      ...(name === 'Who' ? ['InGroup', 'NotInGroup'] : []),
    ]) {
      t.same(filterList(read({ [name]: { [operator]: 'x' } })), { [name]: { [operator]: 'x' } })
    }
  }
})

const wrong: [given: unknown, message: RegExp][] = [
  ['Who', /^sources\.a\.filter is no map of filters/],
  [[], /is no map of filters/],
  [{}, /is no map of filters/],
  [{ who: 'x' }, /^sources\.a\.filter\.who is no filter of the API; did you mean Who\?$/],
  [{ 'Monitoring Plan': 'x' }, /did you mean MonitoringPlan\?$/],
  [{ constructor: 'x' }, /\.constructor is no filter/],
  [
    { Who: { Equal: 'x' } },
    /^sources\.a\.filter\.Who\.Equal is no operator.*did you mean Equals\?$/,
  ],
  [{ Where: { InGroup: 'x' } }, /Where\.InGroup is no operator/],
  [
    { Action: { Contains: 'Add' } },
    /Action\.Contains is no operator.*known are Equals, NotEqualTo$/,
  ],
  [{ Who: '' }, /\.Who is empty/],
  [{ Who: 5 }, /\.Who is 5, no text; put it in quotes/],
  [{ Who: [] }, /\.Who is an empty list/],
  [{ Who: {} }, /\.Who is an empty map/],
  [{ Who: null }, /\.Who is null/],
  [{ Who: ['a', { Equals: 5 }] }, /^sources\.a\.filter\.Who\.1\.Equals is 5, no text/],
  [{ Who: [['a']] }, /\.Who is \["a"\], no text/],
  [{ Who: 'a\u0007' }, /has a character that cannot be sent \(\\x07\)/],
  [{ Who: '\ud800' }, /has a character that cannot be sent/],
  [{ RID: 'x'.repeat(50) }, /RID has 50 characters; the API takes 49/],
  [{ Who: 'x'.repeat(256) }, /Who has 256 characters/],
  [{ When: '2026-01-01' }, /\.When is "2026-01-01", no time that the API takes/],
  [{ When: { From: '2026-01-01T00:00:00.5Z' } }, /\.When\.From is/],
  [{ When: { From: '2026-01-01T00:00:00' } }, /\.When\.From is/],
  [{ When: { From: '2026-02-30T00:00:00Z' } }, /\.When\.From is/],
  [{ When: { From: 5 } }, /\.When\.From is 5, no text/],
  [{ When: { LastSevenDays: 'x' } }, /LastSevenDays takes no value/],
  [{ When: { Today: '', From: '2026-01-01T00:00:00Z' } }, /Today stands alone/],
  [{ When: { From: '2026-01-01T00:00:00Z', Untl: 'x' } }, /\.When\.Untl has no place in a range/],
  [
    { When: { From: '2026-02-01T00:00:00Z', To: '2026-01-01T00:00:00Z' } },
    /\.When begins .* after its end/,
  ],
  [{ When: { LastWeek: '' } }, /\.When\.LastWeek is no operator/],
  [
    { WorkingHours: { From: '8:00', To: '18:00:00Z' } },
    /WorkingHours\.From is "8:00", no time of day/,
  ],
  [{ WorkingHours: { From: '25:00:00Z' } }, /no time of day/],
]

for (const [given, message] of wrong) {
  t.test(`refused: ${JSON.stringify(given)?.slice(0, 60)}`, async (t) => {
    t.throws(() => read(given), { code: 'config', message })
  })
}

t.test('none', async (t) => {
  t.equal(read(null), undefined)
  t.equal(read(undefined), undefined)
})

t.test('an action that is not known is said and sent', async (t) => {
  const filter = read({ Action: ['Added', 'Add (Failed Attempt)', { NotEqualTo: 'Remved' }] })
  t.match(filter.warnings, [/filter\.Action: "Remved" is no action that is known.*"Removed"\?$/])
  t.equal(filter.warnings.length, 1)
  t.same(filterList(filter), {
    Action: ['Added', 'Add (Failed Attempt)', { NotEqualTo: 'Remved' }],
  })
})

t.test('the moment of the first run, unless the user has a When', async (t) => {
  const from = '2026-01-01T00:00:00Z'
  t.same(filterList(withFrom(undefined, from)), { When: { From: from } })
  t.same(filterList(withFrom(read({ Who: 'x' }), from)), { Who: 'x', When: { From: from } })
  t.same(filterList(withFrom(read({ When: 'Today' }), from)), { When: { Today: '' } })
  t.same(filterList(withFrom(read({ Who: 'x' }), undefined)), { Who: 'x' })
})

t.test('a description is bounded, and differs where the filter does', async (t) => {
  const long = read({ What: 'x'.repeat(100_000) })
  const other = read({ What: `${'x'.repeat(100_000)}y` })
  t.ok(describeFilter(long).text.length < 600)
  t.not(describeFilter(long).digest, describeFilter(other).digest)
  t.same(describeFilter(long), describeFilter(read({ What: ['x'.repeat(100_000)] })))
})

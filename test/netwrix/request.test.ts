import t from 'tap'
import { readFilter } from '../../src/netwrix/filter.ts'
import { pageRequest } from '../../src/netwrix/request.ts'

const address = new URL('https://a.example/netwrix/api/v1/activity_records/search')
const namespace = 'http://schemas.netwrix.com/api/v1/activity_records/'
const from = '2026-01-01T00:00:00Z'
const filter = readFilter({ Who: { NotEqualTo: 'a' } }, 'filter')

t.test('JSON', async (t) => {
  t.same(pageRequest(address, { mode: 'enum' }, 10), {
    method: 'GET',
    path: '/netwrix/api/v1/activity_records/search?format=json&count=10',
    headers: { accept: 'application/json' },
  })
  t.match(pageRequest(address, { mode: 'enum', mark: 'a/b+=' }, 10), {
    method: 'POST',
    headers: { 'content-type': 'application/json; charset=UTF-8' },
    body: '"a\\/b+="',
  })
  t.equal(
    pageRequest(address, { mode: 'search', from, mark: 'm' }, 10, { filter }).body,
    `{"ContinuationMark":"m","FilterList":{"Who":{"NotEqualTo":"a"},"When":{"From":"${from}"}}}`,
  )
})

t.test('XML', async (t) => {
  const xml = { format: 'xml' } as const
  t.same(pageRequest(address, { mode: 'enum' }, 10, xml), {
    method: 'GET',
    path: '/netwrix/api/v1/activity_records/search?count=10',
    headers: { accept: 'application/xml' },
  })
  t.match(pageRequest(address, { mode: 'enum', mark: 'a/b+=' }, 10, xml), {
    method: 'POST',
    headers: { accept: 'application/xml', 'content-type': 'application/xml; charset=UTF-8' },
    body: `<?xml version="1.0" standalone="yes"?><ContinuationMark xmlns="${namespace}">a/b+=</ContinuationMark>`,
  })
  const search = pageRequest(address, { mode: 'search', from, mark: 'm' }, 10, { ...xml, filter })
  t.equal(
    search.body,
    `<?xml version="1.0" standalone="yes"?><ActivityRecordSearch xmlns="${namespace}">` +
      '<ContinuationMark>m</ContinuationMark><FilterList><Who Operator="NotEqualTo">a</Who>' +
      `<When><From>${from}</From></When></FilterList></ActivityRecordSearch>`,
  )
  t.notMatch(pageRequest(address, { mode: 'search', from }, 10, xml).body, /ContinuationMark/)
})

import t from 'tap'
import { mactimeDecoder } from '../../src/timeline/mactime.ts'
import { briefly, eventsOf, fixture, itemsOf, readAgain } from '../helpers/timeline-decoding.ts'

t.test('with its header, in the zone of the option', async (t) => {
  const items = itemsOf(mactimeDecoder, fixture('mactime.csv'), {
    timezone: 'America/New_York',
    size: 13,
  })
  const events = items.flatMap((item) => (item.kind === 'event' ? [briefly(item.event)] : []))
  t.match(events, [
    {
      instant: '1980-01-01T04:00:00Z',
      macb: 'M...',
      type: 'Content Modification Time',
      path: '/Users/ann/a "b", c.json',
      inode: '108636',
      isFolder: false,
    },
    {
      instant: '2012-07-07T19:59:24Z',
      macb: '.AC.',
      type: 'Last Access Time; Metadata Modification Time',
      isFolder: true,
    },
    { instant: '2012-05-25T15:59:24Z', macb: 'MACB', path: '/plain, with comma' },
    { macb: '....', type: 'Not a time' },
    { macb: '...B' },
  ])
  t.notOk(events[3]?.['instant'])
  t.notOk(events[4]?.['instant'])
  t.match(items.at(-1), {
    kind: 'refused',
    row: 7,
    code: 'date',
    reason: /^"Mon Foo 31 1979 23:00:00" in Date is not a time/,
  })
  t.ok(readAgain(mactimeDecoder, fixture('mactime.csv')).every(Boolean))
})

t.test('without a header, and broken rows', async (t) => {
  const row = 'Mon Dec 31 1979 23:00:00,173,m...,r/rrw,0,0,1,"/a"\n'
  t.equal(eventsOf(mactimeDecoder, row)[0]?.instant?.seconds, 315_529_200)
  t.match(itemsOf(mactimeDecoder, `${row}one,two\n${row.replace('m...', 'what')}`), [
    { kind: 'event' },
    { kind: 'refused', code: 'row', reason: /has 2 cells where mactime -d has 8/ },
    { kind: 'refused', code: 'row', reason: /^"what" in Type/ },
  ])
  t.match(itemsOf(mactimeDecoder, row.replace('31', '32')), [{ code: 'date' }])
})

import t from 'tap'
import { tlnDecoder } from '../../src/timeline/tln.ts'
import {
  briefly,
  eventsOf,
  fixture,
  itemsOf,
  needsReal,
  realFile,
} from '../helpers/timeline-decoding.ts'

t.test('TLN without a header', async (t) => {
  const items = itemsOf(tlnDecoder, fixture('tln'), { size: 5 })
  t.strictSame(
    items.flatMap((item) => (item.kind === 'event' ? [briefly(item.event)] : [])),
    [
      {
        instant: '2012-01-22T07:52:33Z',
        source: 'EVTX',
        host: 'PC1',
        user: 'ann',
        message: 'Logon | type 3',
      },
      {
        instant: '2012-01-22T07:52:34.5Z',
        source: 'REG',
        type: 'Last Time Executed',
        macb: '.A..',
        message: 'calc.exe | twice',
      },
      { source: 'REG', message: 'never' },
    ],
  )
  t.match(items.slice(3), [
    { kind: 'refused', row: 4, code: 'date', reason: /^"x" in Time is no Unix time/ },
    { kind: 'refused', row: 5, code: 'row', reason: /has 3 fields where the first row has 5/ },
  ])
})

t.test('l2ttln without a header; a description that is only like plaso’s', async (t) => {
  const text =
    '# comment\n5|REG|h|u|2012-01-22T07:52:34+00:00; a; b|c|UTC|File: NTFS:\\x inode: 9-1\n5|REG|h|u|d|UTC|remark\n'
  t.match(eventsOf(tlnDecoder, text).map(briefly), [
    {
      instant: '1970-01-01T00:00:05Z',
      message: '2012-01-22T07:52:34+00:00; a; b|c',
      path: '\\x',
      inode: '9-1',
    },
    { message: 'd', notes: 'remark' },
  ])
})

t.test('real file', needsReal('plaso_l2ttln.log'), async (t) => {
  const events = eventsOf(tlnDecoder, realFile('plaso_l2ttln.log'), { size: 64 })
  t.equal(events.length, 20)
  t.match(events.map(briefly).at(-1), {
    instant: '2026-07-02T17:48:00.586325324Z',
    type: 'Last Access Time',
    macb: '.A..',
    path: '/tmp/test/test_data/syslog/syslog',
    inode: '351025',
  })
})

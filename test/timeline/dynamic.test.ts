import t from 'tap'
import { dynamicDecoder } from '../../src/timeline/dynamic.ts'
import {
  briefly,
  eventsOf,
  itemsOf,
  needsReal,
  readAgain,
  realFile,
} from '../helpers/timeline-decoding.ts'

t.test('any columns, by their names', async (t) => {
  const text =
    'datetime,timestamp_desc,source,source_long,message,parser,display_name,tag,message_short,yara_match,sha256_hash,md5_hash,hostname,username,inode,values\n' +
    '2013-12-03T06:30:41.8079077+00:00,Last Time Executed,REG,Registry Key,A  B,winreg/userassist,NTFS:\\a,t1 t2,A,rule,ab,cd,pc,ann,5,x: 1\n'
  t.strictSame(eventsOf(dynamicDecoder, text).map(briefly), [
    {
      instant: '2013-12-03T06:30:41.8079077Z',
      source: 'REG',
      sourcetype: 'Registry Key',
      type: 'Last Time Executed',
      macb: '.A..',
      user: 'ann',
      host: 'pc',
      short: 'A',
      message: 'A  B',
      path: '\\a',
      inode: '5',
      notes: 't1 t2',
      format: 'winreg/userassist',
      sha256: 'ab',
      other: [
        ['yara_match', 'rule'],
        ['md5_hash', 'cd'],
        ['values', 'x: 1'],
      ],
    },
  ])
})

t.test('date, time and zone in columns of their own', async (t) => {
  const text =
    'time,macb,date,timezone,filename,display_name,message\n' +
    '08:52:33,..C.,01/22/2012,CET,/a,OS:/b,m\n' +
    '08:52:33.5,-,2012-01-22,Europe/Berlin,-,OS:/b,m\n'
  t.match(eventsOf(dynamicDecoder, text).map(briefly), [
    {
      instant: '2012-01-22T07:52:33Z',
      macb: '..C.',
      path: '/a',
      other: [['display_name', '/b']],
    },
    { instant: '2012-01-22T07:52:33.5Z', path: '/b' },
  ])
})

t.test('no time', async (t) => {
  const times = ['Not set', 'Invalid', 'Error', '0000-00-00T00:00:00.000000+00:00', '-']
  const text = `datetime,message\n${times.map((time) => `${time},m\n`).join('')}`
  t.strictSame(
    eventsOf(dynamicDecoder, text).map(({ instant }) => instant),
    times.map(() => undefined),
  )
})

t.test('what cannot be a time, and headers', async (t) => {
  const items = itemsOf(dynamicDecoder, 'datetime,message\nyesterday,m\n2012-01-22T07:52:33Z,m\n')
  t.match(items, [
    { kind: 'refused', code: 'date', reason: /^"yesterday" in datetime is not a time; write/ },
    { kind: 'event' },
  ])
  t.throws(() => itemsOf(dynamicDecoder, 'time,message\nx,y\n'), { code: 'header' })
})

t.test('real files', needsReal('plaso_dynamic.log'), async (t) => {
  const utc = eventsOf(dynamicDecoder, realFile('plaso_dynamic.log'), { size: 50 })
  const cet = eventsOf(dynamicDecoder, realFile('plaso_dynamic_time_zone.log'))
  t.equal(utc.length, 20)
  t.strictSame(utc, cet, 'the same in UTC and in CET')
  const image = realFile('plaso_extract_and_output.log')
  t.equal(eventsOf(dynamicDecoder, image).length, 445)
  t.ok(readAgain(dynamicDecoder, image).every(Boolean))
})

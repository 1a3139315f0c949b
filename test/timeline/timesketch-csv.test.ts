import t from 'tap'
import { timesketchCsvDecoder } from '../../src/timeline/timesketch-csv.ts'
import {
  briefly,
  eventsOf,
  itemsOf,
  needsReal,
  readAgain,
  realFile,
} from '../helpers/timeline-decoding.ts'

t.test('an export, with cells of several lines', async (t) => {
  const text =
    '__ts_timeline_id,_id,datetime,message,timestamp,timestamp_desc,tag,label,data_type,filename,display_name\n' +
    '4,abc,2012-03-14 04:17:38.276340+00:00,"one\ntwo, ""three""",1331698658276340,Last Access Time,"[\'a\', \'b\']","[""__ts_star""]",fs:stat,/a,OS:/a\n' +
    '4,abc,,m,1331698658276340,Start Time,"a,b",-,syslog:line,-,-\n' +
    '4,abc,2012-03-14T04:17:38Z,m,odd,x,"[""a""]",-,-,-,-\n'
  t.strictSame(eventsOf(timesketchCsvDecoder, text, { size: 9 }).map(briefly), [
    {
      instant: '2012-03-14T04:17:38.27634Z',
      source: 'FILE',
      sourcetype: 'File stat',
      type: 'Last Access Time',
      macb: '.A..',
      message: 'one\ntwo, "three"',
      path: '/a',
      tag: 'a, b',
      other: [
        ['label', "['__ts_star']"],
        ['data_type', 'fs:stat'],
      ],
    },
    {
      instant: '2012-03-14T04:17:38.27634Z',
      source: 'LOG',
      sourcetype: 'Log File',
      type: 'Start Time',
      macb: '.A..',
      message: 'm',
      tag: 'a, b',
      other: [['data_type', 'syslog:line']],
    },
    {
      instant: '2012-03-14T04:17:38Z',
      type: 'x',
      macb: '....',
      message: 'm',
      tag: 'a',
      other: [['timestamp', 'odd']],
    },
  ])
  t.ok(readAgain(timesketchCsvDecoder, text).every(Boolean))
})

t.test('without datetime, a timestamp that is none refuses the row', async (t) => {
  t.match(itemsOf(timesketchCsvDecoder, 'message,timestamp,timestamp_desc\nm,odd,x\n'), [
    { kind: 'refused', code: 'date', reason: /^"odd" in timestamp is not a time/ },
  ])
  t.throws(() => itemsOf(timesketchCsvDecoder, 'message,datetime\na,b\n'), { code: 'header' })
})

t.test('real file', needsReal('timesketch_sigma_events.csv'), async (t) => {
  const events = eventsOf(timesketchCsvDecoder, realFile('timesketch_sigma_events.csv'))
  t.match(events.map(briefly), [
    {
      instant: '2015-07-24T19:01:01Z',
      other: [
        ['extra_field_1', 'foo'],
        ['timestamp', '123456789'],
      ],
    },
    {},
    {},
    { path: '/var/log/apt/history.log.1.gz', format: 'apt_history' },
  ])
})

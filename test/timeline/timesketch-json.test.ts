import t from 'tap'
import { timesketchCsvDecoder } from '../../src/timeline/timesketch-csv.ts'
import { timesketchJsonDecoder } from '../../src/timeline/timesketch-json.ts'
import { briefly, eventsOf, itemsOf, needsReal, realFile } from '../helpers/timeline-decoding.ts'

const row = {
  message: 'A message',
  timestamp: 1331698658276340,
  datetime: '2012-03-14 04:17:38.276340+00:00',
  timestamp_desc: 'Write time',
}

t.test('an event', async (t) => {
  const full = {
    ...row,
    _id: 'x',
    __ts_timeline_id: 1,
    tag: ['a', 'b'],
    data_type: 'fs:stat',
    n: 5,
  }
  const [event] = eventsOf(timesketchJsonDecoder, JSON.stringify(full))
  t.match(event && briefly(event), {
    instant: '2012-03-14T04:17:38.27634Z',
    message: 'A message',
    type: 'Write time',
    source: 'FILE',
    sourcetype: 'File stat',
    tag: 'a, b',
  })
  const names = event?.other.map(([name]) => name)
  t.ok(names?.includes('n'))
  t.notOk(names?.includes('_id') || names?.includes('__ts_timeline_id'))
})

t.test('datetime wins, and timestamp stands in for it', async (t) => {
  const instants = [
    { ...row, timestamp: 123456789 },
    { ...row, timestamp: 'what' },
    { ...row, datetime: undefined },
    { ...row, datetime: undefined, timestamp: 1331698658 },
  ].map((row) => {
    const [event] = eventsOf(timesketchJsonDecoder, JSON.stringify(row))
    return event && briefly(event)['instant']
  })
  const instant = '2012-03-14T04:17:38.27634Z'
  t.strictSame(instants, [instant, instant, instant, '2012-03-14T04:17:38Z'])
  t.match(itemsOf(timesketchJsonDecoder, JSON.stringify({ ...row, datetime: 'soon' })), [
    { kind: 'refused', code: 'date', reason: /"soon" in datetime/ },
  ])
  t.match(itemsOf(timesketchJsonDecoder, '{"message":"a"}'), [
    { kind: 'refused', code: 'row', reason: /no timestamp_desc/ },
  ])
})

t.test('the same events as in CSV', needsReal('timesketch_sigma_events.jsonl'), async (t) => {
  const json = eventsOf(timesketchJsonDecoder, realFile('timesketch_sigma_events.jsonl'))
  const csv = eventsOf(timesketchCsvDecoder, realFile('timesketch_sigma_events.csv'))
  t.equal(json.length, 4)
  const sorted = (events: typeof json) => {
    return events.map((event) => ({ ...event, other: event.other.map(String).sort() }))
  }
  t.strictSame(sorted(json), sorted(csv))
})

import t from 'tap'
import type { TimelineEvent } from '../../src/timeline/event.ts'
import { emptyEvent } from '../../src/timeline/event.ts'
import { briefly, setField } from '../helpers/timeline-decoding.ts'

function eventOf(fields: [name: string, value: unknown][], timezone = 'UTC'): TimelineEvent {
  const event = emptyEvent()
  for (const [name, value] of fields) setField(event, name, value, timezone)
  return event
}

t.test('one field by its names', async (t) => {
  for (const name of ['filename', 'filePath', 'File Path', 'full_filename', 'DISPLAY_NAME']) {
    t.equal(eventOf([[name, 'OS:/a']]).path, '/a', name)
  }
  for (const name of ['user', 'suser', 'username']) t.equal(eventOf([[name, 'ann']]).user, 'ann')
  for (const name of ['id', 'eventId', 'event_id']) t.equal(eventOf([[name, 'x']]).eventId, 'x')
  for (const name of ['is_folder', 'isFolder', 'Is Folder']) {
    t.equal(eventOf([[name, 'True']]).isFolder, true, name)
    t.equal(eventOf([[name, false]]).isFolder, false, name)
  }
})

t.test('times: Unix of any unit, and ISO 8601', async (t) => {
  const instant = { seconds: 1_595_194_940, nanos: 500_000_000 }
  for (const value of ['1595194940.5', 1_595_194_940.5, 1_595_194_940_500, '1595194940500000']) {
    t.strictSame(eventOf([['timestamp', value]]).instant, instant, String(value))
  }
  t.strictSame(eventOf([['eventTime', '2020-07-19T21:42:20.5']]).instant, instant)
  t.strictSame(eventOf([['datetime', '2020-07-19 23:42:20.5']], 'Europe/Berlin').instant, instant)
  t.equal(eventOf([['timestamp', 0]]).instant, undefined)
})

t.test('empty values set nothing', async (t) => {
  const fields = ['timestamp', 'user', 'is_folder', 'evidence_id', 'alarm_information', 'what']
  for (const value of ['', '-', null, undefined]) {
    t.strictSame(eventOf(fields.map((name) => [name, value])), emptyEvent())
  }
})

t.test('nothing is lost', async (t) => {
  const event = eventOf([
    ['filename', '/a'],
    ['full_filename', '/b/a'],
    ['display_name', 'OS:/a'],
    ['timestamp', 5],
    ['datetime', '1970-01-01T00:00:05Z'],
    ['eventTime', 6],
    ['constructor', 'c'],
    ['__proto__', 'p'],
    ['service_name', 'sshd'],
    ['highlights', ['x', { y: true }]],
    ['file_size', 12],
  ])
  t.strictSame(briefly(event), {
    instant: '1970-01-01T00:00:05Z',
    path: '/a',
    other: [
      ['full_filename', '/b/a'],
      ['eventTime', '6'],
      ['constructor', 'c'],
      ['__proto__', 'p'],
      ['service_name', 'sshd'],
      ['highlights', "['x', {'y': True}]"],
      ['file_size', '12'],
    ],
  })
})

t.test('values that cannot be', async (t) => {
  const table: [name: string, value: unknown, code: string][] = [
    ['timestamp', 'yesterday', 'date'],
    ['datetime', {}, 'date'],
    ['evidence_id', '1.5', 'row'],
    ['evidence_id', [], 'row'],
    ['is_folder', 'maybe', 'row'],
    ['alarm', 2, 'row'],
    ['alarm_severity', 'high', 'row'],
  ]
  for (const [name, value, code] of table) {
    t.throws(() => eventOf([[name, value]]), { code, permanent: true, message: /^is / }, name)
  }
})

t.test('lists in texts', async (t) => {
  const suggestions = [{ str_detected: 'a', url: '?query=a' }]
  const python = "[{'str_detected': 'a', 'url': '?query=a'}]"
  for (const value of [suggestions, JSON.stringify(suggestions), python]) {
    t.strictSame(eventOf([['query_suggestions', value]]).other, [['query_suggestions', python]])
    t.equal(eventOf([['notes', value]]).notes, python)
  }
  t.equal(eventOf([['notes', '[not a list]']]).notes, '[not a list]')
  for (const value of [['a', 'b'], '["a","b"]', "['a', 'b']", 'a,b']) {
    t.equal(eventOf([['tag', value]]).tag, 'a, b')
  }
})

t.test('of two times in one second the finer one, in any order', async (t) => {
  const fields: [string, unknown][] = [
    ['eventTime', 1595194940],
    ['timestamp', 1595194940.25],
  ]
  const instant = { seconds: 1595194940, nanos: 250_000_000 }
  t.strictSame(eventOf(fields).instant, instant)
  t.strictSame(eventOf(fields).other, [])
  t.strictSame(eventOf(fields.reverse()).instant, instant)
})

t.test('eventTime is in seconds, as long as there are years for them', async (t) => {
  const seconds = (value: unknown) => eventOf([['eventTime', value]]).instant?.seconds
  t.equal(seconds(100_000_000_001), 100_000_000_001, 'the year 5138')
  t.equal(seconds('253402300799'), 253_402_300_799)
  t.equal(seconds(1_595_194_940_000), 1_595_194_940, 'milliseconds')
  t.equal(seconds('2020-07-19T21:42:20Z'), 1_595_194_940)
})

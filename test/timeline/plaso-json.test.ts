import t from 'tap'
import { encode } from '../../src/cef/encode.ts'
import { decode } from '../../src/cef/decode.ts'
import { mapTimelineEvent } from '../../src/mappings/cado.ts'
import type { TimelineEvent } from '../../src/timeline/event.ts'
import { l2tcsvDecoder } from '../../src/timeline/l2tcsv.ts'
import { plasoJsonDecoder } from '../../src/timeline/plaso-json.ts'
import {
  briefly,
  eventsOf,
  itemsOf,
  needsReal,
  readAgain,
  realFile,
} from '../helpers/timeline-decoding.ts'

function eventOf(row: object): TimelineEvent {
  const [event] = eventsOf(plasoJsonDecoder, JSON.stringify(row))
  if (!event) throw new Error('no event')
  return event
}

const line = {
  __container_type__: 'event',
  __type__: 'AttributeContainer',
  data_type: 'syslog:line',
  display_name: 'OS:/var/log/syslog',
  message: '[a, pid: 1] text',
  parser: 'text/syslog',
  timestamp: 1327218781000000,
  timestamp_desc: 'Content Modification Time',
}

t.test('an event of json_line', async (t) => {
  const event = eventOf({
    ...line,
    hostname: 'box',
    username: '-',
    sha256_hash: '1f',
    pid: 1,
    flags: ['a', 'b\nc'],
    none: null,
    pathspec: { __type__: 'PathSpec', location: '/var/log/syslog', type_indicator: 'OS' },
    tag: { __container_type__: 'event_tag', labels: ['exit1', 'exit2'] },
  })
  t.strictSame(briefly(event), {
    instant: '2012-01-22T07:53:01Z',
    source: 'LOG',
    sourcetype: 'Log File',
    type: 'Content Modification Time',
    macb: 'M...',
    host: 'box',
    short: '[a, pid: 1] text',
    message: '[a, pid: 1] text',
    path: '/var/log/syslog',
    notes: 'exit1 exit2',
    format: 'text/syslog',
    extra: String.raw`data_type: syslog:line; flags: ['a', 'b\nc']; pid: 1; sha256_hash: 1f`,
    sha256: '1f',
  })
})

t.test('texts and places', async (t) => {
  const long = 'x'.repeat(81)
  t.equal(eventOf({ ...line, message: long }).short, `${'x'.repeat(77)}...`)
  t.equal(eventOf({ ...line, message: 'é'.repeat(80) }).short, 'é'.repeat(80))
  const stat = { ...line, data_type: 'fs:stat', filename: '/b', file_entry_type: 'directory' }
  t.match(eventOf(stat), { short: '/b', isFolder: true, extra: /filename: \/b/ })
  const ntfs = { __type__: 'PathSpec', type_indicator: 'NTFS', mft_entry: 42, location: '\\a' }
  t.match(eventOf({ ...line, display_name: 'NTFS:\\a', pathspec: ntfs }), {
    inode: '42',
    path: '\\a',
    extra: /pathspec: \{'__type__': 'PathSpec'/,
  })
  t.equal(eventOf({ ...line, pathspec: ntfs, inode: 0 }).inode, '0')
})

t.test('times', async (t) => {
  const cases: [name: string, row: object, instant: string | undefined][] = [
    ['microseconds', { timestamp: 1327218781000001 }, '2012-01-22T07:53:01.000001Z'],
    ['before 1970', { timestamp: -1500000 }, '1969-12-31T23:59:58.5Z'],
    ['zero', { timestamp: 0 }, undefined],
    ['1601', { timestamp: -11644473600000000 }, undefined],
    ['none', { timestamp: null }, undefined],
    ['in words', { timestamp: 5, timestamp_desc: 'Not a time' }, undefined],
    [
      'semantic',
      { timestamp: 5, date_time: { __class_name__: 'SemanticTime', string: 'Not set' } },
      undefined,
    ],
    [
      'text',
      { timestamp: undefined, datetime: '2012-01-22T07:53:01+00:00' },
      '2012-01-22T07:53:01Z',
    ],
    [
      'another class',
      { date_time: { __class_name__: 'TimeElements', time_elements_tuple: [2012, 1, 22] } },
      '2012-01-22T07:53:01Z',
    ],
    [
      'that says something else',
      { date_time: { __class_name__: 'PosixTimeInNanoseconds', timestamp: 1327222381000000000 } },
      '2012-01-22T07:53:01Z',
    ],
  ]
  for (const [name, row, instant] of cases) {
    t.equal(briefly(eventOf({ ...line, ...row }))['instant'], instant, name)
  }
})

t.test('the digits that microseconds have not', async (t) => {
  const text = (timestamp: string, dateTime: string) => {
    return `{"message":"m","timestamp":${timestamp},"date_time":{"__class_name__":${dateTime}}}`
  }
  const cases: [string, string, string][] = [
    [
      '1386052241807908',
      '"Filetime","timestamp":130305258418079077',
      '2013-12-03T06:30:41.8079077Z',
    ],
    [
      '1783014477955520',
      '"PosixTimeInNanoseconds","timestamp":1783014477955519754',
      '2026-07-02T17:47:57.955519754Z',
    ],
    ['-1', '"PosixTimeInNanoseconds","timestamp":-1001', '1969-12-31T23:59:59.999998999Z'],
    ['1386052241807908', '"Filetime","timestamp":1.5', '2013-12-03T06:30:41.807908Z'],
    ['1386052241807908', '"constructor","timestamp":1', '2013-12-03T06:30:41.807908Z'],
  ]
  for (const [timestamp, dateTime, instant] of cases) {
    const [event] = eventsOf(plasoJsonDecoder, text(timestamp, dateTime))
    t.equal(event && briefly(event)['instant'], instant)
  }
})

t.test('what is no event is refused', async (t) => {
  const cases: [string, object][] = [
    ['{}', { code: 'row', reason: /no message, timestamp_desc or data_type/ }],
    ['[1]', { code: 'row', reason: /no JSON object/ }],
    ['{"message":"a","timestamp":"soon"}', { code: 'date', reason: /"soon" in timestamp/ }],
    ['{"message":"a","timestamp":1e30}', { code: 'date', reason: /in timestamp/ }],
    ['{"message":"a","timestamp":{}}', { code: 'date', reason: /in timestamp/ }],
    ['{"message":"\\ud800"}', { code: 'encoding', reason: /surrogate\) in message/ }],
    ['{"message":"a","b":[{"c\\uDC00":1}]}', { code: 'encoding', reason: /surrogate/ }],
    ['{"message": nope}', { code: 'row', reason: /no JSON/ }],
    ['{"message":"a\tb"}', { code: 'row', reason: /no JSON/ }],
  ]
  for (const [text, refused] of cases) {
    const items = itemsOf(plasoJsonDecoder, text)
    t.match(items, [{ kind: 'refused', row: 1, ...refused }], text)
    t.equal(items.length, 1)
  }
  t.match(itemsOf(plasoJsonDecoder, '{"message":"\\ud83d\\ude00"}'), [
    { kind: 'event', event: { message: '😀' } },
  ])
})

t.test('hostile JSON', async (t) => {
  const deep = `${'['.repeat(100_000)}${']'.repeat(100_000)}`
  const good = JSON.stringify(line)
  const hostile = [
    `{"message":"a","a":${deep}}`,
    `{"message":"a","a":${deep},"b":12345678901234567890}`,
    `{"message":"a","a":"\\ud800","b":${deep}}`,
    `{"message":"a\\u0000b","__proto__":{"x":1},"constructor":"y","toString":null}`,
    `{"message":"a","message":"b"}`,
    `{"message":"${'x'.repeat(1_000_000)}"}`,
    `{"message":"${'\\"'.repeat(500_000)}","n":12345678901234567890}`,
    '{'.repeat(1000),
    '}'.repeat(1000),
  ]
  for (const text of hostile) {
    const frames = [`${good}\n${text}\n${good}`, `[${good},\n${text},\n${good}\n]`]
    for (const frame of frames) {
      const items = itemsOf(plasoJsonDecoder, frame, { size: 65_536 })
      t.equal(items[0]?.kind, 'event', text.slice(0, 40))
      t.equal(items.at(-1)?.kind, 'event')
      t.ok(items.length >= 3)
    }
  }
  const [proto] = eventsOf(plasoJsonDecoder, hostile[3] ?? '')
  t.match(proto, { message: 'a\0b', extra: "__proto__: {'x': 1}; constructor: y" })
})

t.test('json_line and json are the same events', needsReal('plaso_json_line.log'), async (t) => {
  const lines = itemsOf(plasoJsonDecoder, realFile('plaso_json_line.log'))
  const map = itemsOf(plasoJsonDecoder, realFile('plaso_json.log'))
  t.equal(lines.length, 20)
  t.equal(JSON.stringify(map), JSON.stringify(lines))
  t.strictSame(
    lines.filter(({ kind }) => kind === 'ignored'),
    [{ kind: 'ignored', row: 18 }],
    'the M and C of a file are one',
  )
  for (const size of [1, 1000]) {
    t.equal(
      JSON.stringify(itemsOf(plasoJsonDecoder, realFile('plaso_json.log'), { size })),
      JSON.stringify(map),
    )
  }
  t.notOk(readAgain(plasoJsonDecoder, realFile('plaso_json.log')).includes(false))
})

t.test('and the events of l2tcsv', needsReal('plaso_l2tcsv.log'), async (t) => {
  const cefs = (events: TimelineEvent[]) => {
    return events.map((event) => {
      const options = { profile: 'cado', severity: 'alarm', receivedAt: 0, id: 'x' } as const
      return decode(encode(mapTimelineEvent(event, options)))
    })
  }
  const json = cefs(eventsOf(plasoJsonDecoder, realFile('plaso_json_line.log')))
  const csv = cefs(eventsOf(l2tcsvDecoder, realFile('plaso_l2tcsv.log')))
  t.equal(json.length, 19)
  const differing = new Set<string>()
  // The order of events of one instant is not the same in both files of plaso's.
  const textOf = (cef: (typeof json)[number]): string => {
    const fields = new Map(cef?.extension)
    return `${fields.get('eventTime')} ${fields.get('type')} ${fields.get('msg')}`.replace(
      /,/g,
      ' ',
    )
  }
  for (const one of json) {
    const other = csv.find((cef) => textOf(cef) === textOf(one))
    t.ok(other, textOf(one))
    const [left, right] = [new Map(one?.extension), new Map(other?.extension)]
    for (const key of new Set([...left.keys(), ...right.keys()])) {
      const comma = String(left.get(key)).replace(/,/g, ' ')
      if (left.get(key) !== right.get(key)) {
        differing.add(comma === right.get(key) ? 'only commas' : key)
      }
    }
    const extra = new Set(left.get('extra')?.split('; '))
    t.ok(
      right
        .get('extra')
        ?.split('; ')
        .every((pair) => extra.has(pair)),
      'all of its extra',
    )
  }
  t.strictSame([...differing].sort(), [
    'CadoResponseDateTime',
    'extra',
    'only commas',
    'rt',
    'version',
  ])
})

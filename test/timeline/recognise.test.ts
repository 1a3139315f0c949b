import fc from 'fast-check'
import t from 'tap'
import { formats } from '../../src/timeline/decoder.ts'
import type { Format, Item } from '../../src/timeline/decoder.ts'
import { recognise } from '../../src/timeline/recognise.ts'
import { needsReal, realFile } from '../helpers/timeline-decoding.ts'

const options = { timezone: 'UTC', rowLimit: 1_000_000 }

function decoderOf(text: string | Buffer, format: 'auto' | Format = 'auto') {
  const decoder = recognise(Buffer.from(text), true, format, options)
  if (!decoder) throw new Error('undecided')
  return decoder
}

function itemsOf(
  bytes: Buffer | string,
  size = Infinity,
  format: 'auto' | Format = 'auto',
): Item[] {
  const all = Buffer.from(bytes)
  const decoder = decoderOf(all, format)
  const items: Item[] = []
  for (let at = 0; at < all.length; at += size) {
    items.push(...decoder.write(Buffer.from(all.subarray(at, at + size))))
  }
  return [...items, ...decoder.end()]
}

const body = '0|/a|12|d/drwx|0|0|12288|1337961350|1337961350|1337961350|0'
const l2tcsv =
  'date,time,timezone,MACB,source,sourcetype,type,user,host,short,desc,version,filename,inode,notes,format,extra'

t.test('by content', async (t) => {
  const cases: [format: Format, text: string][] = [
    ['l2tcsv', `${l2tcsv}\n`],
    ['l2tcsv', `"${l2tcsv.split(',').join('","')}"\r\n`],
    ['dynamic', 'datetime,timestamp_desc,source,source_long,message,parser,display_name,tag\n'],
    ['dynamic', 'datetime,timestamp_desc,message,yara_match'],
    ['dynamic', 'date,time,source,message'],
    ['timesketch', 'message,timestamp,datetime,timestamp_desc,extra_field_1\n'],
    ['timesketch', '"datetime","timestamp_desc","message"\n'],
    ['timesketch', 'message,datetime,timestamp_desc\n'],
    ['cado', 'timestamp,type,short,evidence_id\n1,2,3,4'],
    ['cado', 'Event Time;Source;Sourcetype;File Path\n'],
    ['cado', '"alarm","evidence_name","eventTime"'],
    ['mactime', 'Date,Size,Type,Mode,UID,GID,Meta,File Name\n'],
    ['tln', 'Time|Source|Host|User|Description\n'],
    ['tln', '1327218753|LOG|host|-|text|UTC|notes\n'],
    ['tln', '1327218753|LOG|host|-|text with | a pipe\n'],
    ['bodyfile', `${body}\n`],
    ['bodyfile', `# comment\n\n${body}`],
    ['bodyfile', '0|/a|b|12|d/drwx|0|0|1|1|1|1.5|0'],
    ['bodyfile', 'd41d8cd98f00b204e9800998ecf8427e|/a|2|3|33188|-/-rw|1|0|0|0|5|1|2|3|4096|8'],
    ['bodyfile', '# nothing else'],
    ['json-line', '{"__container_type__": "event", "message": "a"}'],
    ['json-line', '{"event_0": {"__container_type__": "event"}\n}'],
    ['json-line', '{"message":"a","timestamp":1,"timestamp_desc":"b","data_type":"c"}'],
    ['json-line', '[]'],
    ['timesketch', '{"message":"a","datetime":"b","timestamp_desc":"c"}'],
    ['cado', '{"timestamp":1,"evidence_id":2,"short":"c"}'],
    ['cado', '[\n  {\n    "eventTime":1,\n    "filePath":"b", "macb":"c"}]'],
    ['cado', '{"status":"success","data":[{"timestamp":1,"evidence_id":2,"short":"c"}]}'],
    ['cado', '{"broken\n{"timestamp":1,"evidence_id":2,"short":"c"}'],
    ['cado', '{"status":"success","pagination":{"total_records":0},"data":[]}'],
    ['cef', 'CEF:0|a|b|c|d|e|f|x=y\n'],
    ['cef', '<134>Jan 18 11:07:53 host CEF:0|a|b|c|d|e|f|x=y|z|1|2|3\n'],
  ]
  for (const [format, text] of cases) {
    t.equal(decoderOf(text).format, format, text.slice(0, 60))
    t.equal(decoderOf(text, format).format, format, 'and when it is said')
  }
})

t.test('what cannot be told', async (t) => {
  const texts = [
    'some text',
    'a,b,c\n1,2,3',
    'a|b|c|d|e|f',
    '[client] error',
    '{"a":1}',
    '{"timestamp":1,"type":"a","source":"b","host":"c"}',
    '\u001b[31mred\n',
    `${'x'.repeat(100_000)}`,
    'id,name,description',
  ]
  for (const text of texts) {
    t.throws(
      () => decoderOf(text),
      { code: 'header', permanent: true, message: /^the file begins with ".*json-line.*cef$/ },
      text.slice(0, 40),
    )
  }
  t.throws(() => decoderOf('\u001b[31mred'), { message: /"\\x1b\[31mred"/ })
})

t.test('a format that is said', async (t) => {
  const wrong: [Format, string][] = [
    ['l2tcsv', '{"a":1}'],
    ['bodyfile', 'CEF:0|a|b|c|d|e|f|'],
    ['json-line', l2tcsv],
    ['cef', body],
    ['timesketch', 'CEF:0|a|b|c|d|e|f|'],
  ]
  for (const [format, text] of wrong) {
    t.throws(() => decoderOf(text, format), {
      code: 'header',
      permanent: true,
      message: new RegExp(`begins with ".*that is no ${format}`),
    })
  }
  t.equal(decoderOf('message,datetime,timestamp_desc', 'dynamic').format, 'dynamic')
  t.equal(decoderOf('timestamp,type,short', 'cado').format, 'cado')
  t.equal(decoderOf('{"a":1}', 'cado').format, 'cado')
})

t.test('enough of the beginning is asked for', async (t) => {
  const begin = Buffer.from(l2tcsv)
  t.equal(recognise(begin, false, 'auto', options), undefined)
  const more = Buffer.concat([begin, Buffer.from(`\n${'x'.repeat(70_000)}`)])
  t.equal(recognise(more, false, 'auto', options)?.format, 'l2tcsv')
})

const real: [name: string, format: Format, events: number, ignored: number][] = [
  ['bodyfile', 'bodyfile', 44, 1],
  ['plaso_dynamic.log', 'dynamic', 20, 0],
  ['plaso_dynamic_time_zone.log', 'dynamic', 20, 0],
  ['plaso_extract_and_output.log', 'dynamic', 445, 0],
  ['plaso_json.log', 'json-line', 19, 1],
  ['plaso_json_line.log', 'json-line', 19, 1],
  ['plaso_l2tcsv.log', 'l2tcsv', 19, 0],
  ['plaso_l2tcsv_time_zone.log', 'l2tcsv', 19, 0],
  ['plaso_l2ttln.log', 'tln', 20, 0],
  ['timesketch_sigma_events.csv', 'timesketch', 4, 0],
  ['timesketch_sigma_events.jsonl', 'timesketch', 4, 0],
]

for (const [name, format, events, ignored] of real) {
  t.test(`${name} is told, and every row accounted for`, needsReal(name), async (t) => {
    const bytes = realFile(name)
    t.equal(decoderOf(bytes).format, format)
    const items = itemsOf(bytes)
    const counted = (kind: Item['kind']) => items.filter((item) => item.kind === kind).length
    t.strictSame(
      { events: counted('event'), ignored: counted('ignored'), refused: counted('refused') },
      { events, ignored, refused: 0 },
    )
    const lines = bytes.toString().trimEnd().split('\n').length
    const isHeader = ['l2tcsv', 'dynamic', 'tln'].includes(format) || name.endsWith('.csv')
    // In plaso's map the bracket that closes it has a line of its own.
    const rows = name === 'plaso_json.log' || isHeader ? lines - 1 : lines
    t.equal(new Set(items.map(({ row }) => row)).size, rows, 'rows')
    for (const size of [1, 100]) {
      t.equal(JSON.stringify(itemsOf(bytes, size)), JSON.stringify(items), `chunks of ${size}`)
    }
  })
}

t.test('any bytes are told or refused, with nothing else thrown', async (t) => {
  const pieces = fc.array(
    fc.oneof(
      fc.constantFrom('{', '[', '|', ',', '"', '\n', 'CEF:0|', 'timestamp', 'message', '#', body),
      fc.string({ unit: 'binary' }),
    ),
  )
  fc.assert(
    fc.property(pieces, fc.constantFrom('auto' as const, ...formats), (pieces, format) => {
      try {
        for (const item of itemsOf(pieces.join(''), 7, format)) if (item.row < 1) return false
        return true
      } catch (thrown) {
        return (thrown as { code?: string }).code === 'header'
      }
    }),
    { numRuns: 500 },
  )
  t.pass()
})

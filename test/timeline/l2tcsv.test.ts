import t from 'tap'
import { l2tcsvDecoder } from '../../src/timeline/l2tcsv.ts'
import type { Item } from '../../src/timeline/decoder.ts'
import {
  briefly,
  eventsOf,
  fixture,
  itemsOf,
  needsReal,
  readAgain,
  realFile,
} from '../helpers/timeline-decoding.ts'

const header =
  'date,time,timezone,MACB,source,sourcetype,type,user,host,short,desc,version,filename,inode,notes,format,extra\n'

/** A row as plaso writes it, with these cells of its own. */
function row(
  cells: Partial<Record<'date' | 'time' | 'zone' | 'short' | 'file' | 'extra', string>>,
) {
  const { date = '01/22/2012', time = '07:52:33', zone = 'UTC', short = 'text' } = cells
  const { file = 'OS:/tmp/a', extra = '-' } = cells
  return `${date},${time},${zone},M...,LOG,Log File,Content Modification Time,-,h,${short},${short},2,${file},-,-,text/syslog,${extra}\n`
}

function refused(items: Item[]): (string | number)[][] {
  return items.flatMap((item) => {
    return item.kind === 'refused' ? [[item.row, item.code, item.reason, item.text]] : []
  })
}

t.test('a row of plaso', async (t) => {
  const hash = '1f'.repeat(32)
  const extra = `file_size: 5; not_sha256_hash: x; sha256_hash: ${hash}; z: 1`
  const [event] = eventsOf(l2tcsvDecoder, header + row({ extra }))
  t.strictSame(event && briefly(event), {
    instant: '2012-01-22T07:52:33Z',
    source: 'LOG',
    sourcetype: 'Log File',
    type: 'Content Modification Time',
    macb: 'M...',
    host: 'h',
    short: 'text',
    message: 'text',
    path: '/tmp/a',
    format: 'text/syslog',
    extra,
    sha256: hash,
    other: [['version', '2']],
  })
})

t.test('quotes of plaso are characters and swallow nothing', async (t) => {
  const text = header + row({ short: '"C:\\x.exe" -k' }) + row({ short: '"open' }) + row({})
  const events = eventsOf(l2tcsvDecoder, text)
  t.strictSame(
    events.map(({ short }) => short),
    ['"C:\\x.exe" -k', '"open', 'text'],
  )
})

t.test('prefixes of paths, and what looks like one', async (t) => {
  const table = {
    'OS:/a': '/a',
    'TSK:/a:b': '/a:b',
    'NTFS:\\a': '\\a',
    'VSS12:NTFS:\\a': '\\a',
    'C:\\a': 'C:\\a',
    'https://host/OS:/a': 'https://host/OS:/a',
    'os:/a': 'os:/a',
    'VSSX:/a': 'VSSX:/a',
    'OS:C:\\a': 'C:\\a',
  }
  for (const [file, path] of Object.entries(table)) {
    t.equal(eventsOf(l2tcsvDecoder, header + row({ file }))[0]?.path, path, file)
  }
})

t.test('zones and no time', async (t) => {
  const times: [Parameters<typeof row>[0], string | undefined][] = [
    [{ zone: 'CET' }, '2012-01-22T06:52:33Z'],
    [{ zone: 'CEST', date: '07/22/2012' }, '2012-07-22T05:52:33Z'],
    [{ zone: 'EST5EDT', date: '07/22/2012' }, '2012-07-22T11:52:33Z'],
    [{ zone: '-' }, '2012-01-22T07:52:33Z'],
    [{ date: '12/31/1969', time: '23:59:59' }, '1969-12-31T23:59:59Z'],
    [{ date: '00/00/0000', time: '--:--:--', zone: '-' }, undefined],
    [{ date: '01/01/1601', time: '00:00:00' }, undefined],
    [{ time: '07:52:33.125' }, '2012-01-22T07:52:33.125Z'],
  ]
  for (const [cells, expected] of times) {
    const [event] = eventsOf(l2tcsvDecoder, header + row(cells))
    t.equal(event && briefly(event)['instant'], expected, JSON.stringify(cells))
  }
  t.match(
    refused(itemsOf(l2tcsvDecoder, header + row({ zone: 'PST' }) + row({ date: '13/01/2012' }))),
    [
      [2, 'date', /"01\/22\/2012 07:52:33" in date and time has the time zone "PST".*timezone/],
      [3, 'date', /"13\/01\/2012 07:52:33" in date and time is not a time/],
    ],
  )
})

t.test('broken rows cost themselves', async (t) => {
  const bytes = Buffer.concat([
    Buffer.from(`${header}one,two\n\n${row({ short: 'too, many' })}${row({})}`),
    Buffer.from(row({ short: 'x'.repeat(500) })),
    Buffer.from(row({ short: '\xe9' }), 'latin1'),
    Buffer.from(row({}).trimEnd()),
  ])
  for (const size of [1, 17, Infinity]) {
    const items = itemsOf(l2tcsvDecoder, bytes, { size, rowLimit: 400 })
    t.strictSame(
      items.map(({ kind, row }) => [row, kind]),
      [
        [2, 'refused'],
        [3, 'ignored'],
        [4, 'refused'],
        [5, 'event'],
        [6, 'refused'],
        [7, 'refused'],
        [8, 'event'],
      ],
    )
    t.match(refused(items), [
      [2, 'row', /has 2 cells where the header has 17; correct/, 'one,two'],
      [4, 'row', /has 19 cells/],
      [6, 'too-large', /longer than 400 bytes/],
      [7, 'encoding', /byte \d+ of the row is wrong/],
    ])
  }
})

t.test('the same header by another program: quotes, several lines, ISO dates', async (t) => {
  const events = eventsOf(l2tcsvDecoder, fixture('quoted-l2t.csv'))
  t.match(events.map(briefly), [
    {
      instant: '2021-01-13T17:30:05.1234567Z',
      short: 'one, two',
      message: 'He said "one, two"\nand went',
      path: '\\Users\\ann\\NTUSER.DAT',
    },
    { instant: '2021-01-13T17:30:05Z', path: 'C:\\a.txt', notes: 'a,b' },
  ])
  const rows = itemsOf(l2tcsvDecoder, fixture('quoted-l2t.csv'), { size: 3 }).map(({ row }) => row)
  t.strictSame(rows, [2, 4], 'physical lines')
  t.strictSame(readAgain(l2tcsvDecoder, fixture('quoted-l2t.csv')), [true, true])
})

t.test('quotes that come late are read line by line', async (t) => {
  const late = row({}).repeat(600) + row({ short: '"one, two"' })
  t.equal(eventsOf(l2tcsvDecoder, header + late).at(-1)?.short, 'one, two')
})

t.test('the header', async (t) => {
  t.throws(() => itemsOf(l2tcsvDecoder, 'date,time\n1,2\n'), {
    code: 'header',
    permanent: true,
    message: /no column timezone, macb/,
  })
  t.throws(() => itemsOf(l2tcsvDecoder, '\xff\n'), { code: 'header' })
  t.strictSame(itemsOf(l2tcsvDecoder, header), [], 'without rows')
  t.equal(eventsOf(l2tcsvDecoder, `# made by plaso\n\n${header}${row({})}`).length, 1)
  t.strictSame(itemsOf(l2tcsvDecoder, ''), [])
})

t.test('real file', needsReal('plaso_l2tcsv.log'), async (t) => {
  const utc = eventsOf(l2tcsvDecoder, realFile('plaso_l2tcsv.log'), { size: 100 })
  const cet = eventsOf(l2tcsvDecoder, realFile('plaso_l2tcsv_time_zone.log'))
  t.equal(utc.length, 19)
  t.strictSame(utc, cet, 'the same in UTC and in CET')
  t.match(utc[16], { macb: 'M.C.', inode: '351025', sha256: /^[0-9a-f]{64}$/ })
  t.match(utc[7], { notes: 'exit1 exit2' })
  t.ok(readAgain(l2tcsvDecoder, realFile('plaso_l2tcsv.log')).every(Boolean))
})

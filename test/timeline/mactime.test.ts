import { execFileSync } from 'node:child_process'
import { join } from 'node:path'
import t from 'tap'
import { recognise } from '../../src/timeline/recognise.ts'
import { rowLimit } from '../../src/timeline/decoder.ts'
import { findProgram, needs } from '../helpers/peers.ts'
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

const body = [
  '0|/a "b", c|1-128-1|r/rrwxrwxrwx|0|0|10|1600000000|1600000001|1600000001|0',
  '0|/b|3|d/drwxr-xr-x|0|0|10|1577840461|1577840461|1577840461|1577840461',
]
const instants = [undefined, '2020-01-01T01:01:01Z', '2020-09-13T12:26:40Z', '2020-09-13T12:26:41Z']

t.test('what mactime itself writes, with each of its flags', needs('mactime'), async (t) => {
  const folder = t.testdir({ 'all.body': `${body.join('\n')}\n`, passwd: '', group: '' })
  const run = (...flags: string[]): string => {
    const given = ['-b', join(folder, 'all.body'), ...flags]
    const env = { PATH: process.env['PATH'], TZ: '' }
    return execFileSync(findProgram('mactime') ?? '', given, { encoding: 'utf8', env })
  }
  const files = ['-p', join(folder, 'passwd'), '-g', join(folder, 'group')]
  for (const [flags, timezone] of [
    [['-d', '-h', '-z', 'Europe/Berlin'], 'Asia/Tokyo'],
    [['-d', '-h', '-z', 'EST5EDT', ...files], 'Asia/Tokyo'],
    [['-d', '-h', '-z', ':/etc/localtime'], 'UTC'],
    [['-d', '-h', ...files], 'UTC'],
    [['-d', '-h', '-m', '-z', 'UTC'], 'Asia/Tokyo'],
    [['-d', '-h', '-y', '-z', 'Europe/Berlin'], 'Asia/Tokyo'],
    [['-d', '-m'], 'UTC'],
    [['-d'], 'UTC'],
  ] as const) {
    const name = flags.filter((flag) => !flag.startsWith(folder)).join(' ')
    const text = run(...flags)
    const decoder = recognise(Buffer.from(text), true, 'auto', { timezone, rowLimit })
    t.equal(decoder?.format, 'mactime', name)
    const events = eventsOf(mactimeDecoder, text, { timezone, size: 7 }).map(briefly)
    t.strictSame(
      events.map(({ instant }) => instant),
      instants,
      name,
    )
    t.match(events[3], { path: '/a "b", c', macb: 'M.C.' })
  }
  t.ok(readAgain(mactimeDecoder, run('-d', '-h', '-z', 'Europe/Berlin')).every(Boolean))
  const span = run('-d', '-h', '-z', 'Europe/Berlin', '2020-01-01..2020-02-01')
  t.match(eventsOf(mactimeDecoder, span).map(briefly), [{ instant: instants[1] }])
  const table = run('-h', '-z', 'UTC')
  t.throws(() => itemsOf(mactimeDecoder, table), {
    code: 'header',
    permanent: true,
    message: /write it with mactime -d/,
  })
})

t.test('lines before the header are none without their title', async (t) => {
  const items = itemsOf(mactimeDecoder, 'Timezone: Europe/Berlin\n')
  t.match(items, [{ kind: 'refused', code: 'row', row: 1 }])
})

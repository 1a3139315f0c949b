import {
  appendFileSync,
  copyFileSync,
  existsSync,
  readFileSync,
  readdirSync,
  writeFileSync,
} from 'node:fs'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import t from 'tap'
import type { Options } from '../../src/sources/timeline.ts'
import { create } from '../../src/sources/timeline.ts'
import { header, openTimelineSpool, row, timelineOptions, TimelineRun } from '../timeline/world.ts'

type Place = Pick<typeof t, 'testdir' | 'teardown'>

async function start(
  t: Place,
  files: Record<string, string | Buffer>,
  more: Partial<Options> = {},
) {
  const folder = t.testdir({ drop: files, spool: {} })
  const spool = await openTimelineSpool(join(folder, 'spool'))
  const drop = join(folder, 'drop')
  const run = new TimelineRun(spool, timelineOptions(drop, more))
  let stopping: Promise<void> | undefined
  const stop = () => (stopping ??= run.stop())
  t.teardown(async () => {
    await stop()
    await spool.close()
  })
  const namesIn = (name: string) =>
    existsSync(join(drop, name)) ? readdirSync(join(drop, name)).sort() : []
  const isRead = () => {
    const [waiting, done, failed] = ['', 'done', 'failed'].map(namesIn)
    const reasons = failed?.filter((name) => name.endsWith('.reason.txt')).length
    return (
      waiting?.every((name) => name === 'done' || name === 'failed') === true &&
      // A file that is being moved has another name for a moment.
      ![...(done ?? []), ...(failed ?? [])].some((name) => name.startsWith('.')) &&
      failed?.length === (reasons ?? 0) * 2
    )
  }
  return {
    drop,
    run,
    stop,
    /** Resolves when every file is in `done` or `failed`. */
    read: () => run.until(isRead),
    in: namesIn,
  }
}

/** A file of each format, and how many events are in it. */
const formats: Record<string, [text: string, format: string, events: number]> = {
  'l2t.csv': [header + row('one') + row('two', 2), 'l2tcsv', 2],
  'dynamic.csv': [
    'datetime,timestamp_desc,source,source_long,message,parser,display_name,tag\n' +
      '2012-01-22T07:52:33+00:00,Content Modification Time,LOG,Log File,a "b,text,OS:/var/log/x,-\n',
    'dynamic',
    1,
  ],
  'plaso.jsonl': [
    '{"__container_type__": "event", "__type__": "AttributeContainer", "data_type": "syslog:line", "display_name": "OS:/var/log/x", "message": "text", "parser": "text/syslog", "timestamp": 1327218753000000, "timestamp_desc": "Content Modification Time"}\n',
    'json-line',
    1,
  ],
  'plaso-map.json': [
    '{"event_0": {"__container_type__": "event", "__type__": "AttributeContainer", "data_type": "syslog:line", "display_name": "OS:/var/log/x", "message": "text", "parser": "text/syslog", "timestamp": 1327218753000000, "timestamp_desc": "Content Modification Time"}\n}',
    'json-line',
    1,
  ],
  'sketch.csv': [
    '"message","timestamp","datetime","timestamp_desc"\n"two\nlines","123","2015-07-24T19:01:01+00:00","Write time"\n',
    'timesketch',
    1,
  ],
  'sketch-lines.jsonl': [
    '{"message": "A message","timestamp": 123456789,"datetime": "2015-07-24T19:01:01+00:00","timestamp_desc": "Write time","extra_field_1": "foo"}\n',
    'timesketch',
    1,
  ],
  'cado.json': [
    '[{"id": "abc", "evidence_id": 3, "evidence_name": "disk", "timestamp": 1595194940, "source": "FILE", "sourcetype": "File stat", "type": "Creation Time", "filename": "/a", "short": "text"}]',
    'cado',
    1,
  ],
  'cado.csv': [
    'evidence_id,evidence_name,timestamp,source,sourcetype,type,filename,short,macb,id\n4,disk,1595194940,FILE,File stat,Creation Time,/a,text,...B,abc\n',
    'cado',
    1,
  ],
  'body.txt': [
    '0|/a_directory|12|d/drwxr-xr-x|151107|5000|1024|1337961564|1337961563|1337961563|0\n',
    'bodyfile',
    2,
  ],
  'mactime.csv': [
    'Date,Size,Type,Mode,UID,GID,Meta,File Name\nMon Dec 31 1979 23:00:00,173,m...,r/rrwxrwxrwx,0,0,108636-128-1,"/Users/a"\n',
    'mactime',
    1,
  ],
  'ttln.tln': [
    'Time|Source|Host|User|Description|TZ|Notes\n1327218753|LOG|myhost|-|2012-01-22T07:52:33+00:00; Content Modification Time; text|UTC|File: OS:/var/log/x\n',
    'tln',
    1,
  ],
  'lines.cef': [
    'CEF:0|CadoSecurity|CadoResponse|1.0.2|0|Creation Time|10| evidence_id=2 eventTime=1595194940 type=Creation Time\n',
    'cef',
    1,
  ],
}

t.test('each format; dropped twice, and packed, it adds nothing', async (t) => {
  const files = Object.entries(formats)
  const { run, drop, read, ...at } = await start(t, {
    ...Object.fromEntries(files.map(([name, [text]]) => [name, text])),
  })
  await read()
  const wanted = files.reduce((sum, [, [, , events]]) => sum + events, 0)
  t.strictSame(at.in('failed'), [])
  t.equal(at.in('done').length, files.length)
  for (const [name, [, format, events]] of files) {
    const told = run.log().find((line) => line.includes(`${name}: ${format}, `))
    t.match(told, new RegExp(` ${events} events?$`), name)
  }
  t.match(run.ledger(), { read: wanted, spooled: wanted, rejected: 0, alreadyGiven: 0 })
  t.equal(run.lines().filter((line) => line.startsWith('CEF:0|Cado')).length, wanted)
  t.match(
    run.lines().filter((line) => / evidence_name=l2t /.test(line)),
    [/ eventTime=1327215601 .* eventId=\S{20} suser=root/, / eventTime=1327215602 /],
  )
  for (const [name, [text]] of files) writeFileSync(join(drop, name), text)
  await read()
  for (const [name, [text]] of files) writeFileSync(join(drop, `${name}.gz`), gzipSync(text))
  await read()
  t.match(run.ledger(), { read: wanted * 3, spooled: wanted, alreadyGiven: wanted * 2 })
})

t.test('an export that is made again adds what is new', async (t) => {
  const { run, drop, read } = await start(t, { 'a.csv': header + row('one') + row('two', 5) })
  await read()
  writeFileSync(
    join(drop, 'a.csv'),
    header + row('zero', 0) + row('one') + row('new', 2) + row('two', 5),
  )
  await read()
  t.match(run.ledger(), { spooled: 4, alreadyGiven: 2 })
  t.strictSame(
    run.lines().map((line) => / short=(\S+)/.exec(line)?.[1]),
    ['one', 'two', 'zero', 'new'],
  )
})

t.test('rows that are alike in one second all arrive', async (t) => {
  const text = header + row('same').repeat(5) + row('other') + row('same').repeat(2)
  const { run, drop, read } = await start(t, { 'a.csv': text })
  await read()
  t.match(run.ledger(), { spooled: 8, alreadyGiven: 0 })
  t.equal(new Set(run.lines().map((line) => / eventId=(\S+)/.exec(line)?.[1])).size, 8)
  writeFileSync(join(drop, 'a.csv'), text)
  await read()
  t.match(run.ledger(), { spooled: 8, alreadyGiven: 8 })
})

t.test('bad rows are set aside, and their file goes on', async (t) => {
  const bad = [
    row('too few').replace(/,pid: 1\n/, '\n'),
    Buffer.from(row('bad UTF-8 \xff here'), 'latin1'),
    Buffer.from(row('lone ?').replace('?', '\x01'))
      .toString('latin1')
      .replace('\x01', '\xed\xa0\x80'),
    row('x'.repeat(50 * 1024 * 1024)),
    row('no date').replace('01/22/2012', '13/41/2012'),
  ].map((each) => (Buffer.isBuffer(each) ? each : Buffer.from(each, 'latin1')))
  const parts = bad.flatMap((each, index) => [each, Buffer.from(row(`good${index}`))])
  const { run, read, ...at } = await start(t, {
    'a.csv': Buffer.concat([Buffer.from(header + row('first')), ...parts]),
  })
  await read()
  t.strictSame([at.in('done'), at.in('failed')], [['a.csv'], []])
  t.match(run.ledger(), { read: 11, spooled: 6, rejected: 5 })
  const rejects = run.rejects().sort((a, b) => a.row - b.row)
  t.strictSame(
    rejects.map(({ row, code }) => [row, code]),
    [
      [3, 'row'],
      [5, 'encoding'],
      [7, 'encoding'],
      [9, 'too-large'],
      [11, 'date'],
    ],
  )
  for (const { reason, row } of rejects) t.match(reason, new RegExp(`^a\\.csv row ${row} `))
  t.ok(rejects.every(({ record }) => record.length < 2_000_000 && record.startsWith('date,time')))
  t.match(run.log(), [/a\.csv: l2tcsv, evidence a, 6 events, 5 rejected/])
})

t.test('half of a surrogate pair, in UTF-16', async (t) => {
  const text = `\ufeff${header}${row('one 😀')}${row('two \ud83d')}${row('three')}`
  const { run, read } = await start(t, { 'a.csv': Buffer.from(text, 'utf16le') })
  await read()
  t.match(run.ledger(), { spooled: 2, rejected: 1 })
  t.match(run.lines()[0], / short=one 😀 /)
  t.match(run.rejects(), [{ row: 3, code: 'encoding' }])
})

t.test('files of which nothing can be read go to failed, empty ones do not', async (t) => {
  const { run, read, drop, ...at } = await start(t, {
    'letter.txt': 'Dear Sir or Madam,\n\nno timeline.\n',
    'refused.csv': header + 'a,b\nc,d\n',
    'binary.bin': Buffer.from([1, 2, 3, 0, 255, 254, 0, 7]),
    'torn.csv.gz': gzipSync(header + row('x')).subarray(0, 30),
    'empty.csv': '',
    'blank.csv': '\n\n',
    'header.csv': header,
    'empty.gz': gzipSync(''),
  })
  await read()
  t.strictSame(at.in('done'), ['blank.csv', 'empty.csv', 'empty.gz', 'header.csv'])
  const failed = ['binary.bin', 'letter.txt', 'refused.csv', 'torn.csv.gz']
  t.strictSame(
    at.in('failed'),
    failed.flatMap((name) => [name, `${name}.reason.txt`]),
  )
  const reason = (name: string) => readFileSync(join(drop, 'failed', `${name}.reason.txt`), 'utf8')
  t.match(reason('letter.txt'), / header\nletter\.txt: /)
  t.match(reason('refused.csv'), /nothing could be read of any of its 2 rows; the first: row 2 /)
  t.match(reason('torn.csv.gz'), /ends in the middle/)
  t.equal(run.rejects().length, 3)
  t.equal(run.log().filter((line) => /header\.csv is l2tcsv and has no rows/.test(line)).length, 1)
  t.equal(run.log().filter((line) => /has no content/.test(line)).length, 3)
})

t.test('a torn gzip gives what is in it, and one reject', async (t) => {
  const text = header + Array.from({ length: 5000 }, (_, n) => row(`text ${n * 7919}`, n)).join('')
  const packed = gzipSync(text)
  const cut = packed.subarray(0, packed.length - 2000)
  const { run, read, drop, ...at } = await start(t, { 'a.csv.gz': cut })
  await read()
  t.strictSame(at.in('done'), ['a.csv.gz'])
  const { spooled } = run.ledger()
  t.ok(spooled > 3000 && spooled < 5000)
  const shorts = run.lines().map((line) => / short=(text \d+)/.exec(line)?.[1])
  t.strictSame(
    shorts,
    Array.from({ length: spooled }, (_, n) => `text ${n * 7919}`),
  )
  const [reject, ...others] = run.rejects()
  t.strictSame(others, [])
  t.match(reject, { code: 'encoding', row: 0 })
  t.match(
    reject?.reason,
    `a.csv.gz ends in the middle of its packed data, after row ${spooled + 1};`,
  )
  if (reject) await t.rejects(run.source().remap(reject), /kept in part only/)
  writeFileSync(join(drop, 'a.csv.gz'), packed)
  await read()
  t.match(run.ledger(), { spooled: 5000, alreadyGiven: spooled })
})

t.test('options', async (t) => {
  const zoneless = 'datetime,timestamp_desc,source,source_long,message,parser,display_name,tag\n'
  const text = `${zoneless}2012-01-22T07:52:33,Start Time,LOG,Log File,a,text,OS:/x,-\n`
  const { run, read } = await start(
    t,
    { 'a.csv': text },
    { timezone: 'Europe/Berlin', evidence: 'case 7', profile: 'cado-classic', format: 'dynamic' },
  )
  await read()
  t.match(run.lines(), [/ evidence_name=case 7 .* eventTime=1327215153 /])
  t.notMatch(run.lines()[0], ' rt=')
  const wrong = (more: Partial<Options>) =>
    create(timelineOptions('drop', more), { name: 'timelines', remembers: () => false })
  t.throws(() => wrong({ timezone: 'Mars/Base' }), {
    code: 'config',
    message: /sources\.timelines\.timezone/,
  })
  t.throws(() => wrong({ done: 'drop' }), { code: 'config' })
})

t.test('a file that grows while it is read is read again, and nothing twice', async (t) => {
  const rows = (from: number, to: number) =>
    Array.from({ length: to - from }, (_, n) => row(`text ${from + n} ${'x'.repeat(400)}`, n)).join(
      '',
    )
  const { run, read, drop } = await start(t, { 'a.csv': header + rows(0, 12_000) })
  await run.until(() => run.ledger().spooled > 0)
  appendFileSync(join(drop, 'a.csv'), rows(12_000, 12_500))
  await read()
  t.equal(run.ledger().spooled, 12_500)
  t.equal(run.ledger().rejected, 0)
})

t.test('kept files are remembered', async (t) => {
  const { run, drop, stop } = await start(t, { 'a.csv': header + row('one') }, { after: 'keep' })
  await run.until(() => run.ledger().spooled === 1)
  copyFileSync(join(drop, 'a.csv'), join(drop, 'b.csv'))
  await run.until(() => run.ledger().spooled === 2)
  await stop()
  t.strictSame(readdirSync(drop).sort(), ['a.csv', 'b.csv'])
  t.match(run.ledger(), { read: 2, alreadyGiven: 0 })
})

t.test('check', async (t) => {
  const folder = t.testdir({ 'a.csv': header })
  const source = create(timelineOptions(folder), { name: 'timelines', remembers: () => false })
  const steps = []
  for await (const step of source.check(undefined, AbortSignal.timeout(10_000), false)) {
    steps.push(step)
  }
  t.match(steps, [
    { name: 'folder', ok: true },
    { name: 'file system', ok: true },
    { name: 'waiting', ok: true, detail: '1 file' },
    { name: 'done', ok: true },
    { name: 'failed', ok: true },
  ])
  await source.close()
  await source.close()
})

import { gzipSync } from 'node:zlib'
import t from 'tap'
import type { Notice, Reject } from '../../src/core.ts'
import { unpackLines } from '../../src/io/lines.ts'
import { RowBatch, rowPacker } from '../../src/drop/batch.ts'
import { readTimeline } from '../../src/timeline/reader.ts'
import type { TimelineReading } from '../../src/timeline/reader.ts'

const reading: TimelineReading = {
  timezone: 'UTC',
  format: 'auto',
  profile: 'cado',
  severity: 'alarm',
}
const header =
  'date,time,timezone,MACB,source,sourcetype,type,user,host,short,desc,version,filename,inode,notes,format,extra\n'
const row = (text: string): string =>
  `01/22/2012,07:53:01,UTC,M...,LOG,Cron log,Content Modification Time,root,myhost,${text},${text},2,OS:/var/log/syslog,17,-,text/syslog,pid: 1\n`

interface Read {
  lines: { cef: string; time: number }[]
  rejects: Reject[]
  notices: Notice[]
  batches: number
  failure: unknown
}

async function read(bytes: Buffer | string, size = 1000, more: Partial<TimelineReading> = {}) {
  const all = Buffer.from(bytes)
  const chunks = async function* () {
    for (let at = 0; at < all.length; at += size) yield Buffer.from(all.subarray(at, at + size))
  }
  const origin = {
    name: 'a.csv',
    receivedAt: 1_700_000_000_000,
    evidence: { id: 4, name: 'disk' },
  }
  const batch = new RowBatch(rowPacker())
  const got: Read = { lines: [], rejects: [], notices: [], batches: 0, failure: undefined }
  const take = () => {
    const { batch: taken } = batch.take()
    got.lines.push(...unpackLines(taken.lines.bytes))
    got.rejects.push(...taken.rejects)
    got.notices.push(...(taken.notices ?? []))
    got.batches += 1
    t.equal(taken.read, taken.lines.count + taken.rejects.length + taken.ignored)
  }
  try {
    const pauses = readTimeline(chunks(), origin, { ...reading, ...more }, batch)
    while ((await pauses.next()).done !== true) take()
  } catch (thrown) {
    got.failure = thrown
  }
  take()
  return got
}

t.test('however the chunks are cut, packed or not', async (t) => {
  const text = header + row('oné') + row('two')
  const packed = gzipSync(text)
  for (const bytes of [Buffer.from(text), Buffer.from(`\ufeff${text}`), packed]) {
    for (const size of [1, 2, 3, 100, 10_000]) {
      const { lines, rejects, notices, failure } = await read(bytes, size)
      t.equal(failure, undefined)
      t.strictSame(rejects, [])
      t.match(lines, [{ cef: / evidence_id=4 .* short=oné / }, { cef: / short=two / }])
      t.strictSame(notices, [
        { level: 'info', code: 'timeline-read', message: 'a.csv: l2tcsv, evidence disk, 2 events' },
      ])
    }
  }
})

t.test('an event without a time is dated by its file', async (t) => {
  const none = row('x').replace('01/22/2012,07:53:01,UTC', '00/00/0000,--:--:--,-')
  const { lines } = await read(header + none)
  t.match(lines, [{ time: 1_700_000_000_000 }])
  t.notMatch(lines[0]?.cef, /eventTime|1970| rt=/)
})

t.test('what cannot be read at all', async (t) => {
  t.match((await read('Dear Sir,\nno timeline\n')).failure, {
    code: 'header',
    permanent: true,
    message: /^a\.csv: /,
  })
  const refused = await read(`${header}a\nb\n`)
  t.match(refused.failure, { permanent: true, message: /^a\.csv: nothing could be read of any/ })
  t.equal(refused.rejects.length, 2, 'its rows are kept all the same')
  const one = await read(`${header}a\n`)
  t.match(one.failure, { permanent: true, message: /nothing could be read of its one row; / })
})

t.test('rejects are counted with the notice', async (t) => {
  const { notices, rejects } = await read(`${header}${row('one')}a\nb\n`)
  t.match(rejects, [{ row: 3 }, { row: 4 }])
  t.strictSame(notices, [
    {
      level: 'warn',
      code: 'timeline-read',
      message: 'a.csv: l2tcsv, evidence disk, 1 event, 2 rejected',
    },
  ])
})

t.test('nothing in it', async (t) => {
  for (const [text, message] of [
    ['', 'a.csv has no content'],
    ['\r\n \n', 'a.csv has no content'],
    [header, 'a.csv is l2tcsv and has no rows'],
  ]) {
    const { notices, lines, failure } = await read(text ?? '')
    t.strictSame([lines, failure], [[], undefined])
    t.strictSame(notices, [{ level: 'info', code: 'empty-file', message }])
  }
})

t.test('batches are small', async (t) => {
  const { lines, batches } = await read(header + row('x'.repeat(300)).repeat(4000), 256 * 1024)
  t.equal(lines.length, 4000)
  t.ok(batches > 4)
})

t.test('the mapping is the source’s', async (t) => {
  const mapping = {
    fields: { cs1: 'constant', cs1Label: 'Ticket' },
    header: null,
    severity: null,
    alertMinimum: null,
    privacy: { key: null, fields: null },
  }
  const { lines } = await read(header + row('one'), 1000, { mapping })
  t.match(lines, [{ cef: / cs1=constant/ }])
  const cef = 'CEF:0|CadoSecurity|CadoResponse|1.0.2|0|Start Time|1| rt=5\n'
  const { notices } = await read(cef, 1000, { mapping })
  t.match(notices, [{ level: 'warn', code: 'not-mapped' }, { message: /: cef, / }])
})

t.test('blank lines and comments longer than what a format is told by', async (t) => {
  for (const before of ['\n'.repeat(3_000_000), '# a comment\n'.repeat(10_000)]) {
    const { lines, rejects, failure } = await read(gzipSync(before + header + row('one')), 16_384)
    t.strictSame([failure, rejects], [undefined, []])
    t.match(lines, [{ cef: / short=one / }])
  }
})

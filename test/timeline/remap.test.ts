import { join } from 'node:path'
import { writeFileSync } from 'node:fs'
import t from 'tap'
import type { Batch, Reject } from '../../src/core.ts'
import { unpackLines } from '../../src/io/lines.ts'
import { fileEvidence, TimelineFiles } from '../../src/timeline/file-reader.ts'
import type { FileReading } from '../../src/timeline/file-reader.ts'
import { refused } from '../../src/timeline/identity.ts'
import { remapTimeline } from '../../src/timeline/remap.ts'

const reading: FileReading = {
  timezone: 'UTC',
  format: 'auto',
  profile: 'cado',
  severity: 'alarm',
  evidence: null,
}
const at = Date.parse('2026-04-01T00:00:00Z')
const header =
  'date,time,timezone,MACB,source,sourcetype,type,user,host,short,desc,version,filename,inode,notes,format,extra\n'
const row = (zone: string, text = 'text'): string =>
  `01/22/2012,07:53:01,${zone},M...,LOG,Cron log,Content Modification Time,root,myhost,${text},${text},2,OS:/var/log/syslog,17,-,text/syslog,pid: 1\n`

async function read(path: string): Promise<Batch[]> {
  const batches: Batch[] = []
  for await (const { batch } of new TimelineFiles(reading).read([{ path: Buffer.from(path) }])) {
    batches.push(batch)
  }
  return batches
}

function linesOf({ lines }: Pick<Batch, 'lines'>) {
  return unpackLines(lines.bytes).map((line, index) => ({
    ...line,
    id: lines.ids.toString('hex', index * 16, index * 16 + 16),
  }))
}

function remap(reject: Reject, more: Partial<FileReading> = {}) {
  const options = { ...reading, ...more }
  const evidence = fileEvidence(reject.origin, options.evidence)
  return linesOf({ lines: remapTimeline({ ...reject, at }, options, evidence) })
}

t.test('a row that could not be read is one event now, with an id of its own', async (t) => {
  const folder = t.testdir({})
  const path = join(folder, 'disk.csv')
  const bad = row('Mars/Base')
  writeFileSync(path, header + row('UTC') + bad + bad)
  const [batch] = await read(path)
  const rejects = batch?.rejects ?? []
  t.equal(rejects.length, 2)
  // As if the row could be read now.
  const cured = rejects.map((reject) => ({
    ...reject,
    record: reject.record.replace('Mars/Base', 'CET'),
  }))
  const lines = cured.flatMap((reject) => remap(reject))
  t.match(lines, [
    { cef: / evidence_name=disk .* eventTime=1327215181 /, time: 1_327_215_181_000 },
    { cef: / evidence_name=disk / },
  ])
  t.notSame(lines[0]?.id, lines[1]?.id, 'alike rows stay two')
  t.match(remap(cured[0]!, { evidence: 'case' })[0]?.cef, / evidence_name=case /)
  for (const reject of rejects) {
    t.throws(() => remap(reject), { code: reject.code, permanent: true, message: reject.reason })
  }
})

t.test('an event that could not be mapped has the id that its file would give it', async (t) => {
  const folder = t.testdir({})
  const path = join(folder, 'body.txt')
  const text = '0|/a|12|d/drwxr-xr-x|1|5|1024|1337961564|1337961563|1337961563|0\n'
  writeFileSync(path, text + text)
  const [batch] = await read(path)
  const wanted = batch ? linesOf(batch) : []
  t.equal(wanted.length, 4, 'of two alike rows, two events each')
  for (const line of wanted) {
    const reject: Reject = {
      code: 'internal',
      reason: 'body.txt row 1 cannot be mapped: no',
      origin: 'body.txt',
      row: 1,
      record: text,
      id: refused(Buffer.from(line.id, 'hex')),
    }
    t.strictSame(remap(reject), [line])
  }
})

t.test('what still cannot be', async (t) => {
  const base: Reject = {
    code: 'date',
    reason: '',
    origin: 'a.csv',
    row: 2,
    record: header + row('UTC'),
    id: Buffer.alloc(16, 0xff),
  }
  t.equal(remap(base).length, 1)
  const { code, reason, origin, row: number, record } = base
  t.throws(() => remap({ code, reason, origin, row: number, record }), {
    permanent: true,
    message: /kept without its id/,
  })
  for (const more of [
    { code: 'too-large' as const },
    { row: 0 },
    { record: header + row('UTC', 'x'.repeat(1024 * 1024)) },
  ]) {
    t.throws(() => remap({ ...base, ...more }), { permanent: true, message: /kept in part only/ })
  }
  t.throws(() => remap({ ...base, record: 'Dear Sir,\nno timeline' }), {
    permanent: true,
    message: /^a\.csv row 2 cannot be read by itself: .*; set format, or drop its file again$/,
  })
  t.throws(() => remap({ ...base, record: header }), { permanent: true, message: /no content/ })
  const body = '0|/a|12|d/drwxr-xr-x|1|5|1024|1337961564|1337961563|1337961563|0\n'
  t.throws(() => remap({ ...base, record: body }), { message: /has 2 events now/ })
})

t.test('a row between quotes is read by itself as it was in its file', async (t) => {
  const folder = t.testdir({})
  const texts = ['"a, b"', '"a ""b"""', 'plain']
  for (const header of [
    'datetime,timestamp_desc,message,parser,tag\n',
    'datetime,source,source_long,parser,tag\n',
  ]) {
    const path = join(folder, 'dynamic.csv')
    const body = texts.map((text) => `2020-01-01T01:00:00 ABC,LOG,${text},x,label\n`)
    writeFileSync(path, header + body.join(''))
    const [batch] = await read(path)
    t.equal(batch?.rejects.length, texts.length)
    // The zone that is not known is what the option says.
    for (const [index, reject] of (batch?.rejects ?? []).entries()) {
      const lines = remap(reject, { timezone: 'Europe/Berlin' })
      t.match(lines, [{ cef: / notes=label( |$)/, time: Date.parse('2020-01-01T00:00:00Z') }])
      t.match(lines[0]?.cef, ['=a, b ', '=a "b" ', '=plain '][index])
    }
  }
})

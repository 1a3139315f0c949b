import t from 'tap'
import { unpackLines } from '../../src/io/lines.ts'
import { mapTimelineEvent } from '../../src/mappings/cado.ts'
import { RowBatch, rowPacker } from '../../src/drop/batch.ts'
import type { Item, TimelineDecoder } from '../../src/timeline/decoder.ts'
import { emptyEvent } from '../../src/timeline/event.ts'
import type { TimelineEvent } from '../../src/timeline/event.ts'
import { eventKey, refused, shownId } from '../../src/timeline/identity.ts'
import { readLine, TimelineRows } from '../../src/timeline/rows.ts'

const decoder: TimelineDecoder = {
  format: 'l2tcsv',
  head: 'head\n',
  write: () => [],
  end: () => [],
}
const origin = {
  name: 'a.csv',
  receivedAt: 1_700_000_000_000,
  evidence: { id: undefined, name: 'a' },
}

const item = (row: number, more: Partial<TimelineEvent> = {}): Item => ({
  kind: 'event',
  row,
  event: { ...emptyEvent(), instant: { seconds: 10, nanos: 0 }, short: 'x', ...more },
  text: () => `row ${row}`,
})

function take(items: Item[], map = mapTimelineEvent) {
  const batch = new RowBatch(rowPacker())
  const rows = new TimelineRows(origin, batch, map, { profile: 'cado', severity: 'alarm' })
  let pauses = 0
  const taking = rows.take(items, decoder)
  while (taking.next().done !== true) pauses += 1
  const { batch: taken } = batch.take()
  const lines = unpackLines(taken.lines.bytes)
  const ids = lines.map((_, index) => taken.lines.ids.toString('hex', index * 16, index * 16 + 16))
  return { rows, taken, lines, ids, pauses }
}

t.test('events become lines, with the evidence of their file where they have none', async (t) => {
  const { lines, ids, taken } = take([
    item(2),
    item(3, { evidenceName: 'disk', eventId: 'given' }),
    item(4, { evidenceId: 7 }),
    { kind: 'ignored', row: 5 },
  ])
  t.match(taken, { read: 4, ignored: 1, rejects: [] })
  const key = eventKey((item(2, { evidenceName: 'a' }) as Item & { kind: 'event' }).event, 0)
  t.equal(ids[0], key.toString('hex'))
  t.match(lines[0], { time: 10_000, severity: 1 })
  t.match(lines[0]?.cef, ` evidence_name=a `)
  t.match(lines[0]?.cef, ` eventId=${shownId(key)}`)
  t.notMatch(lines[0]?.cef, 'evidence_id')
  t.match(lines[1]?.cef, ` evidence_name=disk `)
  t.match(lines[1]?.cef, ` eventId=given`)
  t.match(lines[2]?.cef, ` evidence_id=7 evidence_name=a `)
})

t.test('rows that are alike are several events, and the same ones the next time', async (t) => {
  const items = () => [item(2), item(3), item(4, { instant: undefined }), item(5), item(6)]
  const first = take(items())
  t.equal(new Set(first.ids).size, 5)
  t.strictSame(take(items()).ids, first.ids)
  const more = take([item(2, { short: 'new' }), ...items()])
  t.strictSame(more.ids.slice(1), first.ids, 'whatever is between them')
})

t.test('a row that cannot be mapped is a reject, and the others go on', async (t) => {
  const { rows, taken, lines } = take([item(2), item(3, { short: 'bad' }), item(4)], (event, o) => {
    if (event.short === 'bad') throw new Error('no')
    return mapTimelineEvent(event, o)
  })
  t.equal(lines.length, 2)
  const event = { ...emptyEvent(), instant: { seconds: 10, nanos: 0 }, short: 'bad' }
  t.strictSame(taken.rejects, [
    {
      code: 'internal',
      reason: 'a.csv row 3 cannot be mapped: no',
      origin: 'a.csv',
      row: 3,
      record: 'head\nrow 3',
      id: refused(eventKey({ ...event, evidenceName: 'a' }, 0)),
    },
  ])
  t.match(rows, { events: 2, rejected: 1, last: 4, evidence: 'a' })
  const two = take([item(2), item(3, { evidenceName: 'b' }), item(4)])
  t.equal(two.rows.evidence, undefined, 'of several')
})

t.test('refused rows', async (t) => {
  const bad = (row: number, text: string): Item => ({
    kind: 'refused',
    row,
    code: 'row',
    reason: 'has 2 cells; fix it',
    text,
  })
  const { rows, taken } = take([bad(2, 'a,b'), bad(3, 'a,b'), bad(4, 'c'.repeat(2e6))])
  t.equal(taken.read, 3)
  t.strictSame(
    taken.rejects.map(({ reason }) => reason),
    [2, 3, 4].map((row) => `a.csv row ${row} has 2 cells; fix it`),
  )
  t.equal(taken.rejects[0]?.record, 'head\na,b')
  t.match(taken.rejects[2]?.record, /^head\nc+… \(and \d+ characters\)$/)
  t.equal(new Set(taken.rejects.map(({ id }) => Buffer.from(id ?? []).toString('hex'))).size, 3)
  t.strictSame(rows.firstReject, { code: 'row', reason: 'row 2 has 2 cells; fix it' })
})

t.test('it pauses when the batch is full', async (t) => {
  const batch = new RowBatch(rowPacker())
  const rows = new TimelineRows(origin, batch, mapTimelineEvent, {
    profile: 'cado',
    severity: 'alarm',
  })
  const counts: number[] = []
  const items = Array.from({ length: 7000 }, (_, row) => item(row))
  const taking = rows.take(items, decoder)
  while (taking.next().done !== true) counts.push(batch.take().batch.read)
  counts.push(batch.take().batch.read)
  t.ok(counts.length > 2 && counts.every((count) => count <= 3000), String(counts))
  t.equal(
    counts.reduce((sum, count) => sum + count),
    7000,
  )
})

t.test('lines that are CEF already', async (t) => {
  const head = 'CEF:0|CadoSecurity|CadoResponse|1.0.2|0|x|6|'
  const line = (row: number, text: string): Item => ({ kind: 'cef', row, line: text })
  const { lines, ids } = take([line(1, `${head} rt=5`), line(2, `${head} rt=5`)])
  t.match(lines, [{ cef: `${head} rt=5`, time: 5, severity: 6 }, { cef: `${head} rt=5` }])
  t.equal(new Set(ids).size, 2)
  const read = (rest: string) => readLine(`CEF:0|a|b|1|0|x|${rest}`, 77)
  t.strictSame(read('10| eventTime=1595194940'), { time: 1_595_194_940_000, severity: 10 })
  t.strictSame(read('Very-High| eventTime=0'), { time: 77, severity: 10 })
  t.strictSame(read('| rt=Mar 08 2017 14:01:48 GMT'), {
    time: Date.UTC(2017, 2, 8, 14, 1, 48),
    severity: 0,
  })
  t.equal(read('1| rt=Mar 08 2017 14:01:48').time, Date.UTC(2017, 2, 8, 14, 1, 48))
  t.equal(read('1| rt=Mar 08 2017 14:01:48.250 +0100').time, Date.UTC(2017, 2, 8, 13, 1, 48, 250))
  t.strictSame(read('Unknown| rt=-5 eventTime=7'), { time: -5, severity: 0 })
  t.strictSame(read('99| a=b'), { time: 77, severity: 10 })
  t.equal(read('1| rt=99999999999999999999').time, 77, 'a time that no date can be of')
  t.equal(read('1| eventTime=1e300').time, 77)
})

import t from 'tap'
import { readAnswer } from '../../src/cado/answer.ts'
import { PageRows } from '../../src/cado/page-rows.ts'
import { unpackLines } from '../../src/io/lines.ts'
import { compileTimelineMapping } from '../../src/mappings/cado.ts'

const rowsOf = () =>
  new PageRows({
    origin: { name: 'evidence 11', receivedAt: 5, evidence: { id: 11, name: 'web' } },
    map: compileTimelineMapping(undefined, 'x.mapping'),
    profile: 'cado',
    severity: 'alarm',
  })

const event = {
  id: 'a',
  timestamp: 1_600_000_000,
  short: 's',
  filename: '/f',
  type: 'T',
  source: 'LOG',
}

t.test('given twice is left out, alike is not', async (t) => {
  const rows = rowsOf()
  const first = await rows.take([event, { ...event, id: 'b' }, event])
  t.equal(first.fresh, 2)
  t.match(first.batch, { read: 3, ignored: 1, lines: { count: 2 } })
  const second = await rows.take([event, { ...event, id: 'c' }])
  t.equal(second.fresh, 1)
  t.equal(rows.repeated, 2)
  const ids = [first, second].flatMap(({ batch: { lines } }) => {
    return Array.from({ length: lines.count }, (_, at) =>
      lines.ids.toString('hex', at * 16, at * 16 + 16),
    )
  })
  t.equal(new Set(ids).size, 3)
})

t.test('without a number of its own none is left out', async (t) => {
  const bare = { ...event, id: undefined }
  const { batch, fresh } = await rowsOf().take([bare, bare, { ...bare, id: '' }])
  t.equal(fresh, 3)
  t.equal(batch.lines.count, 3)
})

t.test('a whole number beyond 2^53 keeps its digits, as in a file', async (t) => {
  const text = JSON.stringify({ ...event, inode: 0 }).replace(
    '"inode":0',
    '"inode":9288674231451649',
  )
  const { data } = readAnswer(Buffer.from(`{"data":[${text}]}`), 'x', (shown) => shown)
  const { batch } = await rowsOf().take(data as unknown[])
  t.match(unpackLines(batch.lines.bytes)[0]?.cef, / inode=9288674231451649 /)
})

t.test('the number changes nothing', async (t) => {
  const one = await rowsOf().take([event])
  const other = await rowsOf().take([{ ...event, id: 'other' }])
  t.same(other.batch.lines.ids, one.batch.lines.ids)
})

t.test('rows that are none', async (t) => {
  let deep: unknown = 0
  for (let level = 0; level < 20_000; level += 1) deep = [deep]
  const rows = rowsOf()
  const odd = [null, 7, 'text', [], {}, { ...event, extra: deep }, '{"a":1}', [event, event]]
  const { batch } = await rows.take([event, ...odd])
  t.equal(batch.lines.count, 1)
  t.equal(batch.rejects.length, odd.length)
  t.equal(batch.read, odd.length + 1)
  t.equal(rows.rejected, odd.length)
  t.match(batch.rejects[0], { origin: 'evidence 11', row: 2, reason: /^evidence 11 row 2 / })
})

t.test('a page of many events lets others of the thread have their turn', async (t) => {
  let turns = 0
  let isOver = false
  const count = () => {
    turns += 1
    if (!isOver) setImmediate(count)
  }
  setImmediate(count)
  const many = Array.from({ length: 2000 }, (_, number) => ({ ...event, inode: String(number) }))
  const { fresh } = await rowsOf().take(many)
  isOver = true
  t.equal(fresh, 2000)
  t.ok(turns >= 20, `${turns} turns`)
})

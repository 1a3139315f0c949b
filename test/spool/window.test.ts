import t from 'tap'
import { batchOf, drain, idOf, numbered, openAt, rejectOf, reached } from './helpers.ts'

t.test('an id given before adds nothing, over restarts', async (t) => {
  const folder = t.testdir()
  let spool = await openAt(folder)
  const lines = numbered(0, 12_000)
  await spool.append('q', batchOf(lines))
  for (let turn = 0; turn < 2; turn += 1) {
    t.match(await spool.append('q', batchOf(lines)), { spooled: 0, alreadyGiven: 12_000 })
    await spool.close()
    spool = await openAt(folder)
  }
  const mixed = [...lines.slice(11_999).reverse(), 'new', 'line 7']
  t.match(await spool.append('q', batchOf(mixed)), { spooled: 1, alreadyGiven: 2 })
  t.same(drain(spool), [...lines, 'new'])
  t.equal((await spool.append('other', batchOf(['line 7']))).spooled, 1, 'ids are per source')
  await spool.close()
})

t.test('alike rows with different ids stay two; the same id twice in a batch is one', async (t) => {
  const spool = await openAt(t.testdir())
  const done = await spool.append('q', batchOf(['same#1', 'same#2', 'other#1']))
  t.same(done, { spooled: 2, alreadyGiven: 1, rejected: 0 })
  t.same(drain(spool), ['same', 'same'])
  const rejects = [rejectOf('r', '3'), rejectOf('s', '4')]
  const both = await spool.append('q', batchOf(['x#3'], { rejects }))
  t.same(both, { spooled: 1, alreadyGiven: 1, rejected: 1 })
  await spool.close()
})

t.test('appends to one queue at once do not pass one another', async (t) => {
  const spool = await openAt(t.testdir())
  const all = await Promise.all([1, 2, 3].map(() => spool.append('q', batchOf(['a', 'b']))))
  t.same(
    all.map(({ spooled }) => spooled),
    [2, 0, 0],
  )
  t.same(drain(spool), ['a', 'b'])
  await spool.close()
})

t.test('ids are forgotten by age', async (t) => {
  const folder = t.testdir()
  let clock = 1_000_000
  const options = { now: () => clock, remember: { age: 1000, count: 1e6 } }
  let spool = await openAt(folder, options)
  await spool.append('q', batchOf(['old', 'older']))
  clock += 600
  await spool.append('q', batchOf(['young']))
  clock += 600
  t.notOk(spool.remembers('q', idOf('old')), 'at once, before anything is removed')
  t.ok(spool.remembers('q', idOf('young')))
  const bytes = spool.usage().bytes
  t.equal((await spool.append('q', batchOf([], { checkpoint: 'x' }))).spooled, 0)
  t.equal(spool.queues()[0]?.remembered, 1, 'the table has let go')
  t.ok(spool.usage().bytes < bytes, 'and the disk')
  t.equal((await spool.append('q', batchOf(['old', 'young']))).spooled, 1)
  clock += 10_000
  await spool.close()
  spool = await openAt(folder, options)
  t.equal(spool.queues()[0]?.remembered, 0)
  t.equal((await spool.append('q', batchOf(['old']))).spooled, 1)
  await spool.close()
})

t.test('ids are forgotten by count, in small steps', async (t) => {
  const folder = t.testdir()
  const small = { remember: { age: 1e9, count: 100 } }
  let spool = await openAt(folder, small)
  for (let from = 0; from < 400; from += 20) await spool.append('q', batchOf(numbered(from, 20)))
  t.equal(spool.queues()[0]?.remembered, 100)
  t.notOk(spool.remembers('q', idOf('line 299')))
  t.ok(spool.remembers('q', idOf('line 300')))
  await spool.close()
  spool = await openAt(folder, { remember: { age: 1e9, count: 20 } })
  t.equal(spool.queues()[0]?.remembered, 20, 'a smaller window holds at once')
  t.ok(spool.remembers('q', idOf('line 380')))
  t.equal((await spool.append('q', batchOf(['line 399', 'line 0']))).spooled, 1)
  t.equal(spool.queues()[0]?.remembered, 1)
  await spool.close()
})

t.test('a small spool has a small window', async (t) => {
  const spool = await openAt(t.testdir(), { maxBytes: 38_400, remember: { age: 1e9, count: 1e6 } })
  await spool.append('q', batchOf(numbered(0, 60)))
  await spool.receipts('siem', new Map([['q', reached(1)]]), [])
  await spool.append('q', batchOf(numbered(60, 60)))
  t.equal(spool.queues()[0]?.remembered, 60)
  await spool.close()
})

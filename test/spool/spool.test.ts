import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { open } from 'lmdb'
import t from 'tap'
import { schema } from '../../src/spool/spool.ts'
import { batchOf, drain, idOf, numbered, openAt, rejectOf, textsOf } from './helpers.ts'

t.test('round trip, over a restart', async (t) => {
  const folder = t.testdir()
  let spool = await openAt(folder)
  const done = await spool.append(
    'q',
    batchOf(['a', 'b', 'ü 🎉'], { checkpoint: 'c1', ignored: 2 }),
  )
  t.same(done, { spooled: 3, alreadyGiven: 0, rejected: 0 })
  for (let turn = 0; turn < 2; turn += 1) {
    t.equal(spool.checkpoint('q'), 'c1')
    t.same(drain(spool), ['a', 'b', 'ü 🎉'])
    t.match(spool.queues(), [
      {
        queue: 'q',
        newest: 1,
        oldest: 1,
        lines: 3,
        remembered: 3,
        checkpoint: 'c1',
        ledger: { read: 5, spooled: 3, alreadyGiven: 0, rejected: 0, ignored: 2 },
      },
    ])
    t.equal(spool.waiting('siem').lines, 3)
    t.ok((spool.waiting('siem').oldest ?? 0) > 1e12)
    t.ok(spool.usage().bytes > 0)
    await spool.close()
    await spool.close()
    spool = await openAt(folder)
  }
  await spool.close()
  t.throws(() => spool.next('q', 0), { code: 'spool-failed' })
  await t.rejects(spool.append('q', batchOf(['z'])), { code: 'spool-failed' })
})

t.test('a block is cut at 5,000 lines and at 1 MiB; a longer line is alone', async (t) => {
  const spool = await openAt(t.testdir())
  await spool.append('q', batchOf(numbered(0, 5001)))
  t.same([spool.next('q', 0)?.count, spool.next('q', 1)?.count], [5000, 1])
  const huge = 'x'.repeat(3_000_000)
  await spool.append('q', batchOf(['before', huge, 'after']))
  t.same(textsOf(spool.next('q', 3)), [huge])
  t.same(textsOf(spool.next('q', 4)), ['after'])
  t.equal(spool.next('q', 5), undefined)
  t.equal(spool.waiting('siem').lines, 5004)
  await spool.close()
})

t.test('commits that hold no line, and one that holds nothing', async (t) => {
  const folder = t.testdir()
  const spool = await openAt(folder)
  const version = spool.version
  await spool.append('q', batchOf([], { checkpoint: 'only' }))
  await spool.append('q', batchOf([], { ignored: 1 }))
  await spool.append('q', batchOf([], { remember: idOf('file') }))
  t.equal(spool.checkpoint('q'), 'only')
  t.ok(spool.remembers('q', idOf('file')))
  t.notOk(spool.remembers('q', idOf('other')))
  t.equal(spool.queues()[0]?.ledger.ignored, 1)
  t.equal(spool.version, version)
  await spool.append('new', batchOf([]))
  t.same(
    spool.queues().map(({ queue }) => queue),
    ['q'],
  )
  await spool.close()
})

t.test('ids of a wrong length are refused', async (t) => {
  const spool = await openAt(t.testdir())
  const batch = batchOf(['a'])
  const lines = { ...batch.lines, ids: batch.lines.ids.subarray(1) }
  await t.rejects(spool.append('q', { ...batch, lines }), { code: 'internal' })
  t.same((await spool.append('q', batch)).spooled, 1, 'the queue goes on')
  await spool.close()
})

t.test('changed', async (t) => {
  const spool = await openAt(t.testdir())
  const { signal } = new AbortController()
  const waiting = spool.changed(spool.version, signal)
  await spool.append('q', batchOf(['a']))
  await waiting
  await spool.changed(spool.version - 1, signal)
  const stop = new AbortController()
  const aborted = spool.changed(spool.version, stop.signal)
  stop.abort(new Error('stopped'))
  await t.rejects(aborted, { message: 'stopped' })
  await t.rejects(spool.changed(0, stop.signal), { message: 'stopped' })
  const left = spool.changed(spool.version, signal)
  await Promise.all([t.rejects(left, { code: 'spool-failed' }), spool.close()])
})

t.test('a newer format is refused, a file that is none of LMDB, and a cut one', async (t) => {
  const folder = t.testdir()
  const spool = await openAt(folder)
  await spool.append('q', batchOf(numbered(0, 20_000)))
  await spool.close()

  const environment = open({ path: folder, noSubdir: false })
  const meta = environment.openDB({ name: 'meta', encoding: 'json' })
  await meta.put(['format'], 3)
  await environment.close()
  await t.rejects(openAt(folder), { code: 'spool-failed', message: /format 3/ })

  const file = join(folder, 'data.mdb')
  const whole = readFileSync(file)
  writeFileSync(file, whole.subarray(0, whole.length / 2))
  await t.rejects(openAt(folder), { code: 'spool-damaged', message: /is cut/ })
  writeFileSync(file, Buffer.alloc(whole.length, 7))
  await t.rejects(openAt(folder), { code: 'spool-damaged', message: /not an LMDB file/ })
  writeFileSync(file, '')
  await (await openAt(folder)).close()
})

t.test('a folder with a dot in its name, and one that cannot be made', async (t) => {
  const folder = join(t.testdir({ file: '' }), 'spool.d')
  await (await openAt(folder)).close()
  await t.rejects(openAt(join(folder, '..', 'file', 'x')), { code: 'spool-failed' })
})

t.test(
  'below /proc, where no folder can be made, it ends with an error',
  { skip: existsSync('/proc/self') ? false : 'there is no /proc' },
  async (t) => {
    const code = 'spool-failed'
    await t.rejects(openAt('/proc/cefline/spool'), { code, message: /set another spool\.folder/ })
  },
)

t.test('the schema has a sentence for each option', async (t) => {
  for (const option of Object.values(schema)) t.match(option.doc, /^[A-Z].*\.$/)
})

t.test('rejects of a source', async (t) => {
  const folder = t.testdir()
  let spool = await openAt(folder)
  const rejects = [rejectOf('r1', 'r1'), rejectOf('r1', 'r1'), rejectOf('no id'), rejectOf('no id')]
  t.same(await spool.append('q', batchOf([], { rejects })), {
    spooled: 0,
    alreadyGiven: 1,
    rejected: 3,
  })
  await spool.close()
  spool = await openAt(folder)
  t.same((await spool.append('q', batchOf([], { rejects: [rejectOf('r1', 'r1')] }))).rejected, 0)
  t.match(spool.rejects().list(10), [
    { number: 1, source: 'q', record: 'r1', id: idOf('r1'), origin: 'a.csv', row: 2, code: 'row' },
    { number: 2, record: 'no id' },
    { number: 3, record: 'no id' },
  ])
  t.same(
    spool
      .rejects()
      .list(2)
      .map(({ number }) => number),
    [2, 3],
  )
  t.equal(spool.rejects().count, 3)

  t.equal((await spool.append('q', batchOf(['mapped#r1']))).spooled, 1, 'mapped in the end')
  const again = await spool.append('q', batchOf([], { rejects: [rejectOf('r1', 'mapped')] }))
  t.same(again, { spooled: 0, alreadyGiven: 0, rejected: 1 })
  const line = await spool.append('q', batchOf([], { rejects: [rejectOf('', 'r1')] }))
  t.equal(line.alreadyGiven, 1)
  const { read, spooled, alreadyGiven, rejected, ignored } = spool.queues()[0]?.ledger ?? {}
  t.equal(read, (spooled ?? 0) + (alreadyGiven ?? 0) + (rejected ?? 0) + (ignored ?? 0))

  const before = spool.usage().bytes
  t.equal(await spool.purgeRejects({ upTo: 1 }), 1)
  t.equal(await spool.purgeRejects({ upTo: 3 }), 2)
  t.equal(spool.usage().bytes, before, 'rejects are not in the account')
  t.same(
    spool
      .rejects()
      .list(10)
      .map(({ number }) => number),
    [4],
  )
  await spool.close()
})

import { randomBytes } from 'node:crypto'
import t from 'tap'
import { batchOf, drain, numbered, openAt, reached, rejectOf } from './helpers.ts'
import { tamper } from './tamper.ts'

const { signal } = new AbortController()

t.test('full by its own account: nothing changes, and room comes with a receipt', async (t) => {
  const spool = await openAt(t.testdir(), { maxBytes: 100_000 })
  for (let from = 0; from < 5000 && !spool.usage().full; from += 500) {
    await spool.append('q', batchOf(numbered(from, 500), { checkpoint: String(from) }))
  }
  const before = { queues: spool.queues(), usage: spool.usage() }
  const batch = batchOf(['x'], { checkpoint: 'lost' })
  await t.rejects(spool.append('q', batch), { code: 'spool-full', message: /100000/ })
  t.same({ queues: spool.queues(), usage: spool.usage() }, before)
  const stop = new AbortController()
  const aborted = spool.room(stop.signal)
  stop.abort(new Error('stopped'))
  await t.rejects(aborted, { message: 'stopped' })
  const room = spool.room(signal)
  await spool.receipts('siem', new Map([['q', reached(spool.queues()[0]?.newest ?? 0)]]), [])
  await room
  t.notOk(spool.usage().full)
  t.equal((await spool.append('q', batch)).spooled, 1, 'the failed try left no trace')
  await spool.close()
})

t.test('full by its volume, until there is more', async (t) => {
  let free = 1000
  const spool = await openAt(t.testdir(), { reserve: 1e9, free: () => free })
  await t.rejects(spool.append('q', batchOf(['a'])), {
    code: 'spool-full',
    message: /1000000000/,
  })
  t.ok(spool.usage().full)
  const room = spool.room(signal)
  free = 2e9
  await room
  t.same(await spool.append('q', batchOf(['a'])), { spooled: 1, alreadyGiven: 0, rejected: 0 })
  await spool.close()
})

t.test('room inside the file is room', async (t) => {
  let free = 1e9
  const spool = await openAt(t.testdir(), { reserve: 1e6, free: () => free })
  const long = 'x'.repeat(1000)
  await spool.append('q', batchOf(numbered(0, 4000).map((line) => line + long)))
  free = 0
  t.ok(spool.usage().full)
  await spool.receipts('siem', new Map([['q', reached(spool.queues()[0]?.newest ?? 0)]]), [])
  t.notOk(spool.usage().full)
  await spool.append('q', batchOf(['a']))
  t.same(drain(spool), ['a'])
  await spool.close()
})

t.test('rejects are in the file, so their room is not free', async (t) => {
  const folder = t.testdir()
  let free = 1e9
  const options = { reserve: 1e6, free: () => free }
  let spool = await openAt(folder, options)
  const rejects = Array.from({ length: 8 }, () => rejectOf(randomBytes(400_000).toString('base64')))
  await spool.append('q', batchOf([], { rejects }))
  free = 0
  t.ok(spool.usage().full)
  free = 1e9
  await spool.close()
  // As a release left it that did not count them.
  await tamper(folder, 'meta', ['account'], () =>
    Buffer.from(JSON.stringify({ bytes: 0, rejects: 8, newestReject: 8 })),
  )
  spool = await openAt(folder, options)
  t.equal(spool.usage().bytes, 0, 'they do not count against maxBytes')
  free = 0
  t.ok(spool.usage().full)
  await spool.purgeRejects({ numbers: [1, 2] })
  await spool.purgeRejects({ upTo: 8 })
  t.notOk(spool.usage().full)
  await spool.close()
})

/**
 * A changed configuration is in force for all that follows, without a restart.
 */
import { existsSync, statSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import type { SpoolConfiguration } from '../../src/spool/spool.ts'
import { batchOf, idOf, numbered, openAt, reached } from './helpers.ts'

const usual: SpoolConfiguration = {
  maxBytes: 1e9,
  reserve: 0,
  remember: { age: 1e9, count: 1e6 },
  queues: ['q'],
  destinations: new Map([['siem', ['q']]]),
}

t.test('room: more, less, and what stays free', async (t) => {
  const folder = t.testdir()
  const spool = await openAt(folder, { maxBytes: 10_000, free: () => 1e9 })
  await spool.append('q', batchOf(numbered(0, 500)))
  await t.rejects(spool.append('q', batchOf(['x'])), { code: 'spool-full', message: /10000/ })
  const room = spool.room(new AbortController().signal)
  spool.configure({ ...usual, maxBytes: 1_000_000 })
  await room
  t.equal((await spool.append('q', batchOf(['x']))).spooled, 1)
  t.equal(spool.usage().maxBytes, 1_000_000)
  t.notOk(existsSync(join(folder, 'ballast')))
  spool.configure({ ...usual, reserve: 1_000_000 })
  t.equal(statSync(join(folder, 'ballast')).size, 500_000)
  spool.configure({ ...usual, reserve: 2e9 })
  await t.rejects(spool.append('q', batchOf(['y'])), { code: 'spool-full', message: /2000000000/ })
  spool.configure(usual)
  await spool.append('q', batchOf(['y']))
  await spool.close()
})

t.test('the window: smaller, larger', async (t) => {
  let clock = 1_000_000
  const spool = await openAt(t.testdir(), { now: () => clock })
  await spool.append('q', batchOf(['a']))
  clock += 1000
  spool.configure({ ...usual, remember: { age: 500, count: 1e6 } })
  t.notOk(spool.remembers('q', idOf('a')))
  spool.configure(usual)
  t.ok(spool.remembers('q', idOf('a')))
  spool.configure({ ...usual, remember: { age: 1e9, count: 10 } })
  await spool.append('q', batchOf(numbered(0, 10)))
  t.notOk(spool.remembers('q', idOf('a')))
  await spool.close()
})

t.test('queues and destinations: one that goes lets go, one that comes begins', async (t) => {
  const both = new Map([
    ['siem', ['q']],
    ['archive', ['q']],
  ])
  const spool = await openAt(t.testdir(), { destinations: both })
  for (const line of ['a', 'b', 'c']) await spool.append('q', batchOf([line]))
  await spool.receipts('siem', new Map([['q', reached(2, 2)]]), [])
  t.equal(spool.queues()[0]?.oldest, 1)
  spool.configure(usual)
  while (spool.queues()[0]?.oldest !== 3) await new Promise(setImmediate)
  t.same(spool.ledger('archive'), [])
  const more = new Map([
    ['siem', ['q', 'new']],
    ['third', ['new', 'q']],
  ])
  spool.configure({ ...usual, queues: ['q', 'new'], destinations: more })
  t.same(
    spool.queues().map(({ queue }) => queue),
    ['q', 'new'],
  )
  t.match(spool.ledger('third'), [
    { queue: 'new', spooled: 0, waiting: 0 },
    { queue: 'q', spooled: 1, waiting: 1 },
  ])
  t.match(spool.slowest(), { queue: 'q', destinations: ['siem', 'third'] })
  await spool.close()
})

t.test('a volume that cannot be looked at does not undo what was taken over', async (t) => {
  let broken = false
  const free = () => {
    if (broken) throw new Error('does not answer')
    return 1e9
  }
  const spool = await openAt(t.testdir(), { free })
  broken = true
  spool.configure({ ...usual, maxBytes: 77, reserve: 1 })
  broken = false
  t.equal(spool.usage().maxBytes, 77)
  await spool.close()
})

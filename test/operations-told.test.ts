/** What the SIEM is told of what commands change: also of one that ends early. */
import { setImmediate as turn } from 'node:timers/promises'
import t from 'tap'
import type { Test } from 'tap'
import { error } from '../src/error.ts'
import { LinePacker } from '../src/io/lines.ts'
import { forget } from '../src/control/forget.ts'
import { Operations } from '../src/operations.ts'
import { readStatus } from '../src/status/status.ts'
import { recordedEvents } from './helpers/pipeline.ts'
import { batchOf, idOf, openAt, reached, rejectOf } from './spool/helpers.ts'

/** A spool with 300 rejects, three steps of what is done with them. */
async function start(t: Test) {
  const queues = ['q', 'retry:siem']
  const spool = await openAt(t.testdir(), { queues, destinations: new Map([['siem', queues]]) })
  t.teardown(() => spool.close())
  const rejects = Array.from({ length: 300 }, (_, index) => rejectOf(`r${index}`, `r${index}`))
  await spool.append('q', batchOf(['one'], { rejects }))
  const told: object[] = []
  const operations = new Operations({
    spool,
    remap: async (_source, { record }) => {
      const packer = new LinePacker(1024)
      packer.add(record, 7, 8, idOf(record))
      return packer.take()
    },
    status: () =>
      readStatus({
        version: '0',
        configuration: 'c',
        startedAt: new Date(0),
        folder: 'f',
        sources: [{ name: 'q', type: 'netwrix-api', where: 'x' }],
        destinations: [{ name: 'siem', type: 'syslog', where: 'tcp://127.0.0.1:1' }],
        spool,
        events: recordedEvents().events,
      }),
    changed: (kind, details) => void told.push({ kind, ...details }),
  })
  return { spool, operations, told }
}

const numbers = Array.from({ length: 300 }, (_, index) => index + 1)

t.test('a purge that fails half way has purged, and says so', async (t) => {
  const { spool, operations, told } = await start(t)
  const purge = spool.purgeRejects.bind(spool)
  let calls = 0
  spool.purgeRejects = async (choice) => {
    calls += 1
    if (calls === 2) throw error('internal', 'the disk is ill')
    return purge(choice)
  }
  await t.rejects(operations.purge({ numbers, who: 'alice' }), { message: 'the disk is ill' })
  t.same(told, [
    { kind: 'rejects-purged', message: '100 rejects were removed for good', who: 'alice' },
  ])
})

t.test('the end of the process: told when it is idle, and once', async (t) => {
  const { spool, operations, told } = await start(t)
  const purge = spool.purgeRejects.bind(spool)
  let idle: Promise<void> | undefined
  spool.purgeRejects = async (choice) => {
    // The process ends in the middle of the first step.
    idle = operations.idle()
    return purge(choice)
  }
  const refused = t.rejects(operations.purge({ numbers }), { code: 'lost' })
  while (!idle) await turn()
  await idle
  t.match(told, [{ kind: 'rejects-purged', message: '100 rejects were removed for good' }])
  await refused
  t.equal(told.length, 1)
})

t.test('a reader that goes', async (t) => {
  const { operations, told } = await start(t)
  for await (const done of operations.retry({ numbers, who: 'bob' })) {
    t.equal(done.length, 100)
    break
  }
  t.match(told, [{ kind: 'rejects-retried', message: /^100 rejects went back/, who: 'bob' }])
})

t.test('a reader that does not read, at the end of the process', async (t) => {
  const { operations, told } = await start(t)
  const retried = operations.retry({ numbers })[Symbol.asyncIterator]()
  await retried.next()
  await operations.idle()
  t.match(told, [{ kind: 'rejects-retried', message: /^100 rejects went back/ }])
  await retried.return?.(undefined)
  t.equal(told.length, 1)
})

t.test('a mark is told of with its writing', async (t) => {
  const { operations, told } = await start(t)
  await operations.setCheckpoint({ source: 'q', checkpoint: '{"v":1}', replace: true })
  t.match(told, [{ kind: 'mark-set', component: 'q' }])
})

t.test('a destination that is forgotten: who did it, and what it had not received', async (t) => {
  const folder = t.testdir()
  const before = await openAt(folder, { destinations: new Map([['gone', ['q']]]) })
  await before.append('q', batchOf(['one', 'two']))
  await before.receipts('gone', new Map([['q', reached(1, 2)]]), [])
  await before.append('q', batchOf(['three', 'four', 'five']))
  await before.close()
  const spool = await openAt(folder, { queues: ['q'], destinations: new Map([['siem', ['q']]]) })
  t.teardown(() => spool.close())
  const told: object[] = []
  const query = { destination: 'gone', who: 'alice' }
  const changed = (details: object) => void told.push(details)
  t.equal(await forget(query, spool, changed), 1)
  t.equal(await forget(query, spool, changed), 0)
  const message =
    'destination gone was forgotten, and where it stood in q: it had not received 3 lines of those that were kept'
  t.same(told, [{ message, component: 'gone', who: 'alice' }])
})

t.test('one is one', async (t) => {
  const { operations, told } = await start(t)
  for await (const done of operations.retry({ numbers: [1] })) t.equal(done.length, 1)
  t.equal(await operations.purge({ numbers: [2] }), 1)
  t.match(told, [
    { message: /^1 reject went back into its queue, 0 had / },
    { message: '1 reject was removed for good' },
  ])
})

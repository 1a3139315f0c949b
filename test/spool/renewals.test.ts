import { setTimeout as wait } from 'node:timers/promises'
import t from 'tap'
import { batchOf, idOf, openAt } from './helpers.ts'

t.test('an id that is asked for never expires', async (t) => {
  const folder = t.testdir()
  let clock = 1_000_000
  const options = { now: () => clock, remember: { age: 1000, count: 1e6 } }
  let spool = await openAt(folder, options)
  await spool.append('q', batchOf(['line'], { remember: idOf('file') }))
  /** Whether it was written a moment ago. */
  const renewed = () => {
    clock += 450
    const known = spool.remembers('q', idOf('file'))
    clock -= 450
    return known
  }
  for (let turn = 0; turn < 4; turn += 1) {
    clock += 600
    t.ok(spool.remembers('q', idOf('file')))
    t.ok(spool.remembers('q', idOf('file')), 'asked for twice, written once')
    t.notOk(renewed())
    while (!renewed()) await wait(5)
    const { remembered = 0 } = spool.queues()[0] ?? {}
    t.ok(remembered <= 3, `${remembered}: what it was before goes`)
  }
  t.notOk(spool.remembers('q', idOf('line')), 'nobody asked for the line')
  await spool.close()
  spool = await openAt(folder, options)
  t.ok(spool.remembers('q', idOf('file')), 'over restarts')
  t.match(spool.queues()[0]?.ledger, { read: 1, spooled: 1 }, 'the books know nothing of it')
  clock += 2000
  t.notOk(spool.remembers('q', idOf('file')), 'one that nobody asked for does')
  await spool.close()
})

t.test('a close while some wait', async (t) => {
  let clock = 1_000_000
  const remember = { age: 1000, count: 1e6 }
  const spool = await openAt(t.testdir(), { now: () => clock, remember })
  await spool.append('q', batchOf(['a']))
  clock += 900
  t.ok(spool.remembers('q', idOf('a')))
  await spool.close()
})

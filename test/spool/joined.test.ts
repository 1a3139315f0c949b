/**
 * Two queues that share what they remember: an event that both sources give is spooled once.
 */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'
import t from 'tap'
import { joinedWith } from '../../src/spool/joined.ts'
import { program } from '../helpers/root.ts'
import { batchOf, drain, idOf, numbered, openAt, rejectOf } from './helpers.ts'

const both = {
  queues: ['alerts', 'activity', 'other'],
  destinations: new Map([['siem', ['alerts', 'activity', 'other']]]),
}
const joined = { ...both, joined: [['alerts', 'activity']] }

t.test('who shares with whom', async (t) => {
  t.same(joinedWith('a', []), ['a'])
  t.same(joinedWith('a', [['b', 'c']]), ['a'])
  const groups = [
    ['push', 'activity'],
    ['x', 'y'],
    ['alerts', 'activity'],
  ]
  for (const name of ['alerts', 'push', 'activity']) {
    t.same(joinedWith(name, groups), ['activity', 'alerts', 'push'])
  }
})

t.test('whichever comes first stays, in both directions, and it is counted', async (t) => {
  const spool = await openAt(t.testdir(), joined)
  const sum = (spooled: number, alreadyGiven: number, rejected = 0) => ({
    spooled,
    alreadyGiven,
    rejected,
  })
  t.same(await spool.append('alerts', batchOf(['alert a#a', 'alert b#b'])), sum(2, 0))
  t.same(await spool.append('activity', batchOf(['record b#b', 'record c#c'])), sum(1, 1))
  t.same(await spool.append('alerts', batchOf(['alert c#c', 'alert d#d', 'again a#a'])), sum(1, 2))
  t.same(await spool.append('other', batchOf(['other a#a'])), sum(1, 0), 'it is not joined')
  t.same(drain(spool, 'alerts'), ['alert a', 'alert b', 'alert d'])
  t.same(drain(spool, 'activity'), ['record c'])
  t.ok(spool.wasGiven('alerts', idOf('c')))
  t.notOk(spool.remembers('alerts', idOf('c')), 'what it was given itself')
  t.notOk(spool.wasGiven('other', idOf('c')))
  const ledgers = spool
    .queues()
    .map(({ queue, ledger }) => [queue, ledger.read, ledger.alreadyGiven])
  t.same(ledgers, [
    ['alerts', 5, 2],
    ['activity', 2, 1],
    ['other', 1, 0],
  ])
  await spool.close()
})

t.test('at once: each event one time, whoever is faster', async (t) => {
  const spool = await openAt(t.testdir(), joined)
  const appends = Array.from({ length: 20 }, (_, batch) => {
    const lines = numbered(batch * 50, 100)
    return [spool.append('alerts', batchOf(lines)), spool.append('activity', batchOf(lines))]
  })
  await Promise.all(appends.flat())
  const all = [...drain(spool, 'alerts'), ...drain(spool, 'activity')]
  t.equal(all.length, 1050)
  t.same(new Set(all), new Set(numbered(0, 1050)))
  await spool.close()
})

t.test('a file that one has read, and a reject, are no event of the other', async (t) => {
  const spool = await openAt(t.testdir(), joined)
  await spool.append(
    'alerts',
    batchOf([], { remember: idOf('file'), rejects: [rejectOf('r', 'r')] }),
  )
  t.notOk(spool.remembers('activity', idOf('file')))
  await spool.append('activity', batchOf([], { remember: idOf('file') }))
  t.ok(spool.remembers('activity', idOf('file')))
  t.match(await spool.append('activity', batchOf([], { rejects: [rejectOf('r', 'r')] })), {
    rejected: 1,
  })
  t.match(await spool.append('activity', batchOf(['line r#r'])), { spooled: 1 })
  t.match(await spool.append('alerts', batchOf([], { rejects: [rejectOf('r', 'r')] })), {
    rejected: 0,
    alreadyGiven: 1,
  })
  const back = await spool.takeBack('alerts', batchOf(['line r#r']).lines, [1])
  t.match(back, { spooled: 0, alreadyGiven: 1 }, 'the other has given it meanwhile')
  t.equal(spool.rejects().count, 1)
  const [alerts] = spool.queues()
  t.match(alerts?.ledger, { read: 2, spooled: 0, alreadyGiven: 2, rejected: 0 })
  await spool.close()
})

t.test('joined and parted while it is open, and by what was given before', async (t) => {
  const folder = t.testdir()
  let spool = await openAt(folder, both)
  await spool.append('activity', batchOf(['record a#a']))
  t.match(await spool.append('alerts', batchOf(['alert a#a'])), { spooled: 1 })
  await spool.append('activity', batchOf(['record b#b']))
  spool.configure({ maxBytes: 1e9, remember: { age: 1e9, count: 1e6 }, ...joined })
  t.match(await spool.append('alerts', batchOf(['alert b#b'])), { alreadyGiven: 1 })
  spool.configure({ maxBytes: 1e9, remember: { age: 1e9, count: 1e6 }, ...both })
  t.match(await spool.append('alerts', batchOf(['alert b#b'])), { spooled: 1 })
  await spool.append('alerts', batchOf(['alert c#c']))
  await spool.close()
  spool = await openAt(folder, joined)
  t.match(await spool.append('activity', batchOf(['record c#c'])), { alreadyGiven: 1 })
  await spool.close()
})

t.test('beyond the window it is new to both', async (t) => {
  let clock = 1e12
  const options = { ...joined, now: () => clock, remember: { age: 1000, count: 1e6 } }
  const spool = await openAt(t.testdir(), options)
  await spool.append('alerts', batchOf(['alert a#a']))
  clock += 900
  t.match(await spool.append('activity', batchOf(['record a#a'])), { alreadyGiven: 1 })
  clock += 200
  t.match(await spool.append('activity', batchOf(['record a#a'])), { spooled: 1 })
  await spool.close()
})

t.test('over kill -9', async (t) => {
  const folder = t.testdir()
  const child = spawn(process.execPath, [...program('spool/claimer'), folder], {
    stdio: ['pipe', 'pipe', 'inherit'],
  })
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]()
  await lines.next()
  child.stdin.write('open record\n')
  t.equal((await lines.next()).value, 'open')
  const ended = once(child, 'close')
  child.kill('SIGKILL')
  await ended
  const spool = await openAt(folder, { joined: [['alerts', 'q']], queues: ['q', 'alerts'] })
  t.match(await spool.append('alerts', batchOf(['record', 'new'])), { spooled: 1, alreadyGiven: 1 })
  await spool.close()
})

import { open } from 'lmdb'
import t from 'tap'
import { isLiving, isOurs, thisProcess } from '../../src/spool/owner.ts'
import { batchOf, drain, openAt, reached } from './helpers.ts'
import { tamper } from './tamper.ts'

t.test('who is living', async (t) => {
  const me = thisProcess(1)
  const linux = { skip: me.started === null && 'there is no /proc' }
  t.ok(isLiving(me))
  t.ok(isOurs(me))
  t.notOk(isOurs({ ...me, pid: 2 ** 22 + 1 }))
  t.notOk(isLiving({ ...me, pid: 0 }), 'closed in good order')
  t.notOk(isLiving({ ...me, started: '1' }), 'the id was given to another process', linux)
  t.notOk(isLiving({ ...me, boot: 'another' }), 'before the machine was started', linux)
  t.notOk(isLiving({ ...me, pid: 2 ** 22 + 1 }), 'no such process', linux)
  t.ok(isLiving({ ...me, started: null }), 'where there is no /proc, the id is enough')
})

t.test('a claim of our own that could not be taken back is no hindrance', async (t) => {
  const folder = t.testdir()
  await (await openAt(folder)).close()
  await tamper(folder, 'meta', ['owner'], () => Buffer.from(JSON.stringify(thisProcess(7))))
  const spool = await openAt(folder)
  await spool.append('q', batchOf(['a']))
  await spool.close()
})

t.test('an owner that lost the epoch writes nothing more', async (t) => {
  const folder = t.testdir()
  const spool = await openAt(folder)
  await spool.append('q', batchOf(['mine'], { checkpoint: 'mine' }))
  // What a process in another container does, which cannot see this one.
  const environment = open({ path: folder, noSubdir: false, overlappingSync: false })
  const meta = environment.openDB<unknown, string[]>({ name: 'meta', encoding: 'json' })
  const owner = meta.get(['owner']) as { epoch: number }
  await meta.put(['owner'], { ...owner, pid: 4242, epoch: owner.epoch + 1 })
  t.equal(spool.lost, false)
  const lost = { code: 'spool-owner', message: /taken over by process 4242/ }
  await t.rejects(spool.append('q', batchOf(['late'], { checkpoint: 'late' })), lost)
  await t.rejects(spool.receipts('siem', new Map([['q', reached(1)]]), []), lost)
  await t.rejects(spool.forget('x'), lost)
  t.equal(spool.lost, true)
  t.same(drain(spool), ['mine'])
  t.equal(spool.checkpoint('q'), 'mine')
  t.equal(spool.position('siem', 'q'), 0)
  await spool.close()
  t.match(meta.get(['owner']), { pid: 4242 }, 'and leaves the new owner alone')
  await environment.close()
})

import { readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import type { Notice } from '../../src/core.ts'
import { batchOf, drain, idOf, openAt, textsOf, reached } from './helpers.ts'
import { flip, tamper } from './tamper.ts'

async function filled(folder: string) {
  const spool = await openAt(folder)
  for (const line of ['a', 'b', 'c', 'd']) await spool.append('q', batchOf([line]))
  await spool.close()
}

t.test('a damaged block is set aside and the rest goes on', async (t) => {
  const folder = t.testdir()
  await filled(folder)
  const bytes = await tamper(folder, 'blocks', ['q', 2], flip)
  await tamper(folder, 'blocks', ['q', 3], (whole) => Buffer.alloc(whole.length))
  const notices: Notice[] = []
  let spool = await openAt(folder, { notice: (notice) => notices.push(notice) })
  const before = spool.usage().bytes
  t.same(drain(spool), ['a', 'd'])
  t.same(drain(spool), ['a', 'd'])
  t.equal(notices.length, 2, 'said once for each')
  t.match(notices[0], { level: 'error', code: 'spool-damaged', message: /block 2 of queue q/ })
  const file = join(folder, 'damaged', 'q-2.block')
  t.match(spool.damaged(), [
    { queue: 'q', sequence: 2, lines: 1, file },
    { queue: 'q', sequence: 3, lines: 1 },
  ])
  t.ok(readFileSync(file).equals(bytes))
  await spool.close()

  spool = await openAt(folder)
  t.equal(spool.damaged().length, 2)
  t.ok(spool.usage().bytes < before)
  await spool.receipts('siem', new Map([['q', reached(1)]]), [])
  t.equal(spool.waiting('siem').lines, 1)
  await spool.receipts('siem', new Map([['q', reached(4)]]), [])
  t.match(spool.queues()[0], { oldest: 5, lines: 0, bytes: 0 })
  t.equal((await spool.append('q', batchOf(['b']))).spooled, 0, 'its ids are still known')
  await spool.close()
})

t.test('a block in the place of another, and a damaged one at the end', async (t) => {
  const folder = t.testdir()
  await filled(folder)
  let third = Buffer.alloc(0)
  await tamper(folder, 'blocks', ['q', 3], (bytes) => (third = Buffer.from(bytes)))
  await tamper(folder, 'blocks', ['q', 2], () => third)
  await tamper(folder, 'blocks', ['q', 4], flip)
  const spool = await openAt(folder)
  t.same(drain(spool), ['a', 'c'])
  t.match(spool.damaged()[0]?.reason, /block 3 of queue q/)
  t.equal(await spool.rejectOldest('siem', 'full'), 1)
  await spool.append('q', batchOf(['e']))
  t.same(textsOf(spool.next('q', 3)), ['e'])
  await spool.close()
})

t.test('one that cannot be set aside is not passed over', async (t) => {
  const folder = t.testdir()
  await filled(folder)
  await tamper(folder, 'blocks', ['q', 1], flip)
  writeFileSync(join(folder, 'damaged'), 'in the way')
  const spool = await openAt(folder)
  t.throws(() => spool.next('q', 0), { code: 'spool-failed', message: /cannot be set aside/ })
  rmSync(join(folder, 'damaged'))
  t.same(drain(spool), ['b', 'c', 'd'])
  await spool.close()
})

t.test('damaged ids are forgotten, and so sent again rather than not at all', async (t) => {
  const folder = t.testdir()
  await filled(folder)
  await tamper(folder, 'ids', ['q', 2], flip)
  const spool = await openAt(folder)
  t.notOk(spool.remembers('q', idOf('b')))
  t.equal((await spool.append('q', batchOf(['a', 'b', 'c']))).spooled, 1)
  await spool.close()
})

t.test('damaged rejects are listed as such', async (t) => {
  const folder = t.testdir()
  await filled(folder)
  let spool = await openAt(folder)
  for (let index = 0; index < 4; index += 1) await spool.rejectOldest('siem', 'full')
  await spool.close()
  await tamper(folder, 'rejects', 2, flip)
  spool = await openAt(folder)
  t.match(spool.rejects().list(10), [
    { number: 1, record: 'a' },
    { number: 2, code: 'spool-damaged' },
    { number: 3, record: 'c' },
    { number: 4, record: 'd' },
  ])
  await spool.close()
})

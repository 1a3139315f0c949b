/**
 * Blocks of more than 16 MB, which lmdb gives in another form than smaller ones.
 */
import t from 'tap'
import { batchOf, openAt, reached } from './helpers.ts'

t.test('a block of 20 MB is counted, handed out, verified and received', async (t) => {
  const folder = t.testdir()
  const line = 'x'.repeat(20 * 1024 * 1024)
  const before = await openAt(folder)
  await before.append('q', batchOf([line]))
  await before.append('q', batchOf(['y']))
  await before.close()
  const spool = await openAt(folder)
  t.match(spool.queues(), [{ queue: 'q', oldest: 1, newest: 2, lines: 2 }])
  t.equal(spool.position('siem', 'q'), 0)
  const block = spool.next('q', 0)
  t.equal(block?.count, 1)
  t.ok((block?.lines.length ?? 0) > line.length)
  await spool.receipts('siem', new Map([['q', reached(2, 2)]]), [])
  t.match(spool.ledger('siem'), [{ spooled: 2, received: 2, waiting: 0, damaged: 0 }])
  await spool.close()
})

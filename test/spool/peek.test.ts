import { join } from 'node:path'
import t from 'tap'
import { openSpool } from '../../src/spool/spool.ts'
import { peekCheckpoints } from '../../src/spool/peek.ts'
import { batchOf } from '../helpers/pipeline.ts'

t.test('checkpoints can be read without owning the spool', async (t) => {
  const folder = t.testdir()
  t.strictSame(await peekCheckpoints(join(folder, 'none')), new Map())
  const spool = await openSpool({
    folder,
    maxBytes: 1e8,
    reserve: 0,
    remember: { age: 1e9, count: 1e6 },
    queues: ['a', 'b'],
    destinations: new Map([['siem', ['a', 'b']]]),
  })
  await spool.append('a', batchOf(0, 3, { checkpoint: 'three' }))
  await spool.append('b', batchOf(0, 3))
  await spool.close()
  t.strictSame(await peekCheckpoints(folder), new Map([['a', 'three']]))
})

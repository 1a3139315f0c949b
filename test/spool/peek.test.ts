import { join } from 'node:path'
import t from 'tap'
import { openSpool } from '../../src/spool/spool.ts'
import { createServer } from 'node:http'
import { once } from 'node:events'
import { peekCheckpoints } from '../../src/spool/peek.ts'
import { socketNames } from '../../src/spool/socket-name.ts'
import { batchOf } from '../helpers/pipeline.ts'
import { openAt } from './helpers.ts'

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

t.test('LMDB is not opened beside a process of the same id in another container', async (t) => {
  const folder = t.testdir()
  const spool = await openAt(folder)
  await spool.append('q', batchOf(0, 3, { checkpoint: 'three' }))
  t.strictSame(await peekCheckpoints(folder), new Map([['q', 'three']]), 'its own process')
  await spool.close()
  const names = socketNames(folder)
  for (const [said, isRefused] of [
    [{ pid: process.pid, run: 'another' }, true],
    [{}, true],
    [{ pid: process.pid + 1, run: 'another' }, false],
  ] as const) {
    const server = createServer((_request, response) => response.end(JSON.stringify(said)))
    server.listen(names.of('claim.1000'))
    await once(server, 'listening')
    const peeked = peekCheckpoints(folder)
    if (isRefused) await t.rejects(peeked, { code: 'spool-owner' })
    else t.strictSame(await peeked, new Map([['q', 'three']]))
    server.close()
    await once(server, 'close')
  }
  names.close()
})

/**
 * Disks that are full, that have become read-only, that are another machine's.
 */
import { existsSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { failed } from '../../src/spool/failure.ts'
import type { LmdbSpool } from '../../src/spool/spool.ts'
import { batchOf, drain, numbered, openAt, reached, rejectOf } from './helpers.ts'
import { ext4, mounts, run, tmpfs } from './mounted.ts'

const long = ' and more of the same'.repeat(40)
const make = (block: number) => batchOf(numbered(block * 100, 100).map((line) => line + long))

/** Fills the volume to its last byte, as another program does. */
function fill(path: string): void {
  for (const size of [1024 * 1024, 4096]) {
    try {
      for (;;) writeFileSync(path, Buffer.alloc(size, 1), { flag: 'a' })
    } catch {
      continue
    }
  }
}

function addsUp(spool: LmdbSpool): boolean {
  const [source] = spool.queues()
  const { read, spooled, alreadyGiven, rejected, ignored } = source?.ledger ?? {}
  const books = spool.ledger('siem').every((ledger) => {
    const { received, waiting, refused, damaged } = ledger
    return ledger.spooled === received + waiting + refused + damaged
  })
  return books && read === (spooled ?? 0) + (alreadyGiven ?? 0) + (rejected ?? 0) + (ignored ?? 0)
}

t.test('a volume that another program fills', mounts(), async (t) => {
  const volume = tmpfs(t, '24m')
  const folder = join(volume, 'spool')
  let spool = await openAt(folder, { reserve: 4_000_000 })
  let block = 0
  for (; block < 20; block += 1) await spool.append('q', make(block))
  const other = join(volume, 'other')
  fill(other)
  const before = spool.queues()
  for (let turn = 0; turn < 3; turn += 1) {
    await t.rejects(spool.append('q', make(block)), { code: 'spool-full', message: /is full: / })
  }
  t.same(spool.queues(), before, 'nothing has changed')
  t.equal(drain(spool).length, 2000, 'what is there can be read')

  // Receipts and rejects are written to what is left of the reserve.
  const refusal = { queue: 'q', sequence: 1, line: 5, code: 'too-large', reason: 'why' } as const
  const rejects = [{ ...refusal, record: 'kept', time: 0, severity: 0 }]
  const receipt = () => spool.receipts('siem', new Map([['q', reached(10, 999)]]), rejects)
  for (let tries = 0; ; tries += 1) {
    try {
      await receipt()
      break
    } catch (thrown) {
      t.match(thrown, { code: 'spool-full' })
      if (tries === 5) throw thrown
    }
  }
  t.match(spool.rejects().list(5), [{ record: 'kept' }], 'no reject is lost')
  t.equal(await spool.rejectOldest('siem', 'full'), 100)
  t.ok(addsUp(spool))

  rmSync(other)
  await spool.room(AbortSignal.timeout(60_000))
  t.match(await spool.append('q', make(block)), { spooled: 100 }, 'it goes on by itself')
  await spool.append('q', batchOf([], { rejects: [rejectOf('r')] }))
  t.ok(existsSync(join(folder, 'ballast')))
  await spool.close()
  spool = await openAt(folder, { reserve: 4_000_000 })
  t.equal(drain(spool, 'q', spool.position('siem', 'q')).length, 1000)
  t.equal(spool.rejects().count, 102)
  t.ok(addsUp(spool))
  await spool.close()
})

t.test('a volume without room for a spool', mounts(), async (t) => {
  const volume = tmpfs(t, '1m')
  fill(join(volume, 'other'))
  const full = { code: 'spool-failed', message: /no room left; make room/ }
  await t.rejects(openAt(join(volume, 'spool')), full)
  rmSync(join(volume, 'other'))
  const spool = await openAt(join(volume, 'spool'))
  await spool.append('q', batchOf(['a']))
  await spool.close()
})

t.test('a disk that fails becomes read-only', mounts('mkfs.ext4'), async (t) => {
  const volume = ext4(t, tmpfs(t, '80m'), '64m')
  const spool = await openAt(join(volume, 'spool'))
  await spool.append('q', make(0))
  // What the kernel does to a file system whose disk fails.
  run('mount', '-o', 'remount,abort', volume)
  const readOnly = { code: 'spool-failed', message: /file system is read-only; the system's log/ }
  await t.rejects(spool.append('q', make(1)), readOnly)
  await t.rejects(spool.receipts('siem', new Map([['q', reached(1, 100)]]), []), readOnly)
  await t.rejects(spool.append('q', make(1)), readOnly)
  t.equal(drain(spool).length, 100, 'what is there can be read')
  t.ok(addsUp(spool))
  await spool.close()
  await t.rejects(openAt(join(volume, 'spool')), readOnly)
})

t.test('a disk that fails to write, even the root of the file', mounts('mkfs.ext4'), async (t) => {
  const under = tmpfs(t, '24m')
  const folder = join(ext4(t, under, '64m', false), 'spool')
  let spool = await openAt(folder)
  let block = 0
  for (; block < 20; block += 1) await spool.append('q', make(block))
  // The file system above believes that it has room; the disk below it has none.
  fill(join(under, 'other'))
  let failures = 0
  for (let tries = 0; tries < 100 && failures < 5; tries += 1) {
    try {
      await spool.append('q', make(block))
      block += 1
    } catch (thrown) {
      failures += 1
      t.match((thrown as { code: string }).code, /^spool-(full|failed)$/)
    }
  }
  t.equal(failures, 5)
  t.equal(drain(spool).length, block * 100, 'what is there can be read')
  rmSync(join(under, 'other'))
  for (let tries = 0; ; tries += 1) {
    try {
      await spool.append('q', make(block))
      break
    } catch (thrown) {
      if (tries === 5) throw thrown
    }
  }
  await spool.receipts('siem', new Map([['q', reached(3, 300)]]), [])
  t.ok(addsUp(spool), 'it goes on by itself')
  await spool.close()
  spool = await openAt(folder)
  t.equal(drain(spool, 'q', 3).length, (block + 1 - 3) * 100)
  t.ok(addsUp(spool))
  await spool.close()
})

t.test('a file system that is mounted read-only, until it is not', mounts(), async (t) => {
  const volume = tmpfs(t, '24m')
  const folder = join(volume, 'spool')
  let spool = await openAt(folder)
  await spool.append('q', make(0))
  await spool.close()
  run('mount', '-o', 'remount,ro', volume)
  const readOnly = { code: 'spool-failed', message: /cannot be opened: .*read-only/ }
  await t.rejects(openAt(folder), readOnly)
  await t.rejects(openAt(folder), readOnly, 'as clear the second time')
  await t.rejects(openAt(join(volume, 'new')), { code: 'spool-failed', message: /cannot be made/ })
  run('mount', '-o', 'remount,rw', volume)
  spool = await openAt(folder)
  t.equal(drain(spool).length, 100)
  await spool.append('q', make(1))
  await spool.close()
})

t.test('a network file system is refused unless it is allowed', async (t) => {
  const folder = t.testdir()
  const fileSystem = () => Promise.resolve({ name: 'nfs', network: true })
  await t.rejects(openAt(folder, { fileSystem }), {
    code: 'spool-failed',
    message: /is on a network file system \(nfs\).*spool\.network/,
  })
  t.notOk(existsSync(join(folder, 'data.mdb')), 'and not touched')
  await (await openAt(folder, { fileSystem, allowNetwork: true })).close()
})

t.test('each cause has its cure', async (t) => {
  for (const [code, cure] of [
    [28, /make room/],
    ['ENOSPC', /make room/],
    [5, /put the spool on another disk/],
    ['EIO', /put the spool on another disk/],
    [30, /mount it for writing/],
    ['EACCES', /give it the folder/],
    [122, /quota/],
    [27, /ulimit -f/],
    ['EMFILE', /ulimit -n/],
  ] as const) {
    const cause = Object.assign(new Error('why'), { code })
    t.match(failed('here', 'could not be written', cause), { code: 'spool-failed', message: cure })
  }
  t.equal(failed('here', 'x', new Error('why')).message, 'spool here x: why')
  const corrupted = Object.assign(new Error('MDB_CORRUPTED'), { code: -30796 })
  t.match(failed('here', 'x', corrupted), { code: 'spool-damaged', message: /spool verify/ })
})

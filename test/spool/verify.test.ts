import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { readFileSync, statSync, truncateSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { verifyAll } from '../../src/spool/verify-all.ts'
import { verifySpool } from '../../src/spool/verify.ts'
import { batchOf, numbered, openAt, rejectOf } from './helpers.ts'
import { flip, tamper, zeros } from './tamper.ts'

async function filled(folder: string) {
  const spool = await openAt(folder)
  for (let block = 1; block <= 150; block += 1) {
    await spool.append('q', batchOf(numbered(block * 100, 3), { checkpoint: String(block) }))
  }
  await spool.append('retry:siem', batchOf(['x'], { rejects: [rejectOf('r'), rejectOf('s')] }))
  await spool.rejectOldest('siem', 'full')
  return spool
}

t.test('everything is read, while another process has the spool', async (t) => {
  const folder = t.testdir()
  const spool = await filled(folder)
  const found = await verifySpool(folder)
  t.same(found, {
    blocks: 150,
    lines: 448,
    bytes: found.bytes,
    ids: 451,
    rejects: 5,
    damaged: [],
  })
  t.equal(
    found.bytes,
    spool.queues().reduce((sum, { bytes }) => sum + bytes, 0),
  )
  await spool.append('q', batchOf(['goes on']))
  t.equal((await verifySpool(folder)).blocks, 151)
  await spool.close()
})

t.test('what is damaged is told, with its lines; nothing is changed', async (t) => {
  const folder = t.testdir()
  await (await filled(folder)).close()
  await tamper(folder, 'blocks', ['q', 70], flip)
  await tamper(folder, 'blocks', ['q', 80], zeros)
  await tamper(folder, 'blocks', ['retry:siem', 1], () => Buffer.from('short'))
  await tamper(folder, 'ids', ['q', 9], flip)
  await tamper(folder, 'rejects', 1, flip)
  await tamper(folder, 'meta', ['queue', 'q'], flip)
  await tamper(folder, 'meta', ['position', 'siem', 'q'], flip)
  for (let turn = 0; turn < 2; turn += 1) {
    const { damaged, blocks, died } = await verifySpool(folder)
    t.equal(died, undefined)
    t.equal(blocks, 147)
    t.match(damaged, [
      { queue: 'q', sequence: 0, lines: 0, reason: /record "position siem q"/ },
      { queue: 'q', sequence: 0, lines: 0, reason: /record "queue q"/ },
      { queue: 'q', sequence: 0, lines: 0, reason: /page 9 of its remembered ids/ },
      { queue: '', sequence: 0, lines: 0, reason: /rejects from number 1 on/ },
      { queue: 'q', sequence: 70, lines: 3, reason: /checksum/ },
      { queue: 'q', sequence: 80, lines: 3, reason: /does not begin as a block/ },
      { queue: 'retry:siem', sequence: 1, lines: 1, reason: /header is cut/ },
    ])
  }
})

t.test('a torn file ends the child, which is the finding', async (t) => {
  const folder = t.testdir()
  const spool = await openAt(folder)
  for (let from = 0; from < 40_000; from += 5000)
    await spool.append('q', batchOf(numbered(from, 5000)))
  await spool.close()
  const file = join(folder, 'data.mdb')
  truncateSync(file, statSync(file).size / 2)
  const { died, blocks } = await verifySpool(folder)
  t.match(died, /while reading (block|page of ids|record)|while looking|while opening/)
  t.ok(blocks < 8)
  writeFileSync(file, Buffer.alloc(100_000, 7))
  t.match((await verifySpool(folder)).died, /while opening it/)
})

t.test('without a spool, with an empty file, aborted', async (t) => {
  const folder = t.testdir()
  await t.rejects(verifySpool(folder), { code: 'spool-failed', message: /there is no spool in/ })
  writeFileSync(join(folder, 'data.mdb'), '')
  t.match(await verifySpool(folder), { blocks: 0, damaged: [] })
  await (await filled(folder)).close()
  const stop = new AbortController()
  const stopped = verifySpool(folder, stop.signal)
  stop.abort(new Error('stopped'))
  await t.rejects(stopped, { message: 'stopped' })
  await t.rejects(verifySpool(folder, stop.signal), { message: 'stopped' })
})

t.test('after a start that died, a spool that would end the process is not opened', async (t) => {
  const folder = t.testdir()
  const spool = await openAt(folder)
  for (let block = 0; block < 300; block += 1) await spool.append('q', batchOf(numbered(block, 30)))
  t.ok(readFileSync(join(folder, 'opening')), 'the mark of a start')
  await spool.close()
  t.throws(() => readFileSync(join(folder, 'opening')), 'goes with a close in good order')
  // Some page of the tree says that its keys are where no page is; the first two are LMDB's roots.
  const file = join(folder, 'data.mdb')
  const bytes = readFileSync(file)
  for (let page = 2; page * 4096 < bytes.length; page += 1) {
    const [start, lower] = [page * 4096, bytes.readUInt16LE(page * 4096 + 12)]
    if (lower < 4096) bytes.fill(0xff, start + 16, start + Math.max(lower, 40))
  }
  writeFileSync(file, bytes)
  // A process that dies while it opens the spool, once and again.
  const dead = spawn(process.execPath, ['-e', 'setInterval(() => {}, 1e6)'], { stdio: 'ignore' })
  const mark = { owner: { pid: dead.pid, started: null, boot: null, epoch: 0 }, loaded: false }
  dead.kill('SIGKILL')
  await once(dead, 'exit')
  writeFileSync(join(folder, 'opening'), JSON.stringify({ ...mark, deaths: 0 }))
  for (let turn = 0; turn < 2; turn += 1) {
    await t.rejects(openAt(folder), {
      code: 'spool-damaged',
      message: /the one that was to read it: .* while .*"cefline spool verify"/,
    })
  }
})

t.test('a child that is told to end closes the spool first', async (t) => {
  const folder = t.testdir()
  await (await filled(folder)).close()
  const told = new AbortController()
  const said: unknown[] = []
  const say = (what: unknown) => {
    said.push(what)
    told.abort(new Error('told'))
  }
  await t.rejects(verifyAll(folder, say, told.signal), { message: 'told' })
  t.notMatch(JSON.stringify(said), /block q 150/)
  t.match(said.at(-1), { counts: {} })
  await (await openAt(folder)).close()
})

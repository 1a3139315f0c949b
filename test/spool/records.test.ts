/**
 * Records that are damaged, and those of the format before this one.
 */
import { crc32 } from 'node:zlib'
import { open } from 'lmdb'
import t from 'tap'
import type { Notice } from '../../src/core.ts'
import { damaged, sealed, unsealed } from '../../src/spool/sealed.ts'
import { batchOf, drain, numbered, openAt, reached, rejectOf } from './helpers.ts'
import { flip, tamper } from './tamper.ts'

const both = new Map([['siem', ['q', 'other']]])
const options = { destinations: both, queues: ['q', 'other'] }

/** Blocks 1 to 6 of 1 to 6 lines; 1 to 3 received, 1 of them refused. */
async function filled(folder: string) {
  const spool = await openAt(folder, options)
  for (let block = 1; block <= 6; block += 1) {
    const rejects = block === 1 ? [rejectOf('r', 'r')] : []
    const more = { checkpoint: String(block), rejects }
    await spool.append('q', batchOf(numbered(block * 100, block), more))
  }
  await spool.append('other', batchOf(['x']))
  await spool.receipts('siem', new Map([['q', reached(3, 5)]]), [
    {
      queue: 'q',
      sequence: 2,
      line: 0,
      code: 'too-large',
      reason: '',
      record: '',
      time: 0,
      severity: 0,
    },
  ])
  return spool
}

t.test('sealed', async (t) => {
  const key = ['queue', 'q']
  const bytes = Buffer.from(JSON.stringify(sealed(key, { a: 1, b: [2], c: undefined })))
  t.same(unsealed(key, bytes), { a: 1, b: [2] })
  t.equal(unsealed(['queue', 'p'], bytes), damaged, 'another one')
  t.equal(unsealed(key, undefined), undefined)
  t.same(unsealed(key, Buffer.from('{"a":1}')), { a: 1 }, 'format 1')
  t.equal(unsealed(key, Buffer.from('7')), 7)
  for (const text of ['', '{"a":', '[]', '[1]', '[1,2]', `[${crc32('2')},2]`]) {
    t.equal(unsealed(key, Buffer.from(text)), damaged, text)
  }
  for (let bit = 0; bit < bytes.length * 8; bit += 1) {
    const flipped = Buffer.from(bytes)
    flipped[bit >> 3] = (flipped[bit >> 3] ?? 0) ^ (1 << (bit & 7))
    if (unsealed(key, flipped) !== damaged) t.fail(`bit ${bit} goes unnoticed`)
  }
})

t.test("a queue's record is made again from its blocks", async (t) => {
  const folder = t.testdir()
  let spool = await filled(folder)
  const [before] = spool.queues()
  const [books] = spool.ledger('siem')
  await spool.close()
  await tamper(folder, 'meta', ['queue', 'q'], flip)
  const notices: Notice[] = []
  spool = await openAt(folder, { ...options, notice: (notice) => notices.push(notice) })
  t.match(notices, [{ level: 'error', code: 'spool-damaged', message: /record of queue q/ }])
  const [after] = spool.queues()
  t.same(
    { ...after, ledger: 0, checkpoint: '6' },
    { ...before, ledger: 0 },
    'all but the checkpoint and some counts',
  )
  t.same(after?.ledger, { read: 22, spooled: 21, alreadyGiven: 0, rejected: 1, ignored: 0 })
  t.same(spool.ledger('siem')[0], books)
  t.equal(spool.checkpoint('q'), undefined)
  const again = await spool.append('q', batchOf([...numbered(100, 1), 'new'], { checkpoint: 'c' }))
  t.match(again, { spooled: 1, alreadyGiven: 1 }, 'the source begins anew and adds nothing twice')
  t.equal(spool.next('q', 6)?.sequence, 7)
  await spool.close()
  spool = await openAt(folder, options)
  t.equal(spool.checkpoint('q'), 'c', 'it is good again')
  await spool.receipts('siem', new Map([['q', reached(7, 16)]]), [])
  await spool.close()

  await tamper(folder, 'meta', ['queue', 'q'], flip)
  spool = await openAt(folder, options)
  t.match(spool.queues()[0], { newest: 7, oldest: 8, lines: 0 }, 'from the books without a block')
  t.match(spool.ledger('siem')[0], { spooled: 22, received: 21, refused: 1, waiting: 0 })
  await spool.append('q', batchOf(['newer']))
  t.same(drain(spool, 'q', 7), ['newer'])
  await spool.close()
})

t.test('the account is counted again; no number of a reject comes twice', async (t) => {
  const folder = t.testdir()
  let spool = await filled(folder)
  const { bytes } = spool.usage()
  await spool.purgeRejects({ numbers: [2] })
  await spool.close()
  await tamper(folder, 'meta', ['account'], flip)
  spool = await openAt(folder, options)
  t.equal(spool.usage().bytes, bytes)
  t.equal(spool.rejects().count, 1)
  t.same(spool.rejects().byCode(), { row: 1 })
  await spool.append('q', batchOf([], { rejects: [rejectOf('s')] }))
  t.match(spool.rejects().list(1), [{ record: 's' }])
  t.ok((spool.rejects().list(1)[0]?.number ?? 0) > 1e9, 'beyond all that there were')
  await spool.close()
})

t.test('a position that is damaged: it begins anew, with its books', async (t) => {
  const folder = t.testdir()
  let spool = await filled(folder)
  await spool.close()
  await tamper(folder, 'meta', ['position', 'siem', 'q'], flip)
  const notices: Notice[] = []
  spool = await openAt(folder, { ...options, notice: (notice) => notices.push(notice) })
  t.match(notices, [{ code: 'spool-damaged', message: /position of destination siem/ }])
  t.equal(spool.position('siem', 'q'), 3, 'what is deleted cannot be sent again')
  t.match(spool.ledger('siem')[0], { spooled: 15, received: 0, waiting: 15 })
  await spool.close()
})

t.test('the owner, the format, what was set aside', async (t) => {
  const folder = t.testdir()
  await (await filled(folder)).close()
  await tamper(folder, 'blocks', ['q', 5], flip)
  let spool = await openAt(folder, options)
  t.equal(drain(spool, 'q', 3).length, 10)
  await spool.close()
  await tamper(folder, 'meta', ['owner'], flip)
  await tamper(folder, 'meta', ['format'], () => Buffer.from('{'))
  await tamper(folder, 'meta', ['damaged', 'q', 5], flip)
  for (let turn = 0; turn < 2; turn += 1) {
    spool = await openAt(folder, options)
    t.match(spool.damaged(), [{ queue: 'q', sequence: 5, lines: 5, file: /q-5.block$/ }])
    t.match(spool.ledger('siem')[0], { received: 5, refused: 1, damaged: 5, waiting: 10 })
    await spool.append('q', batchOf([]))
    await spool.close()
  }
})

t.test('an older release had the spool meanwhile: rejects are counted by code again', async (t) => {
  const folder = t.testdir()
  await (await filled(folder)).close()
  await tamper(folder, 'meta', ['account'], (bytes) => {
    const [, account] = JSON.parse(bytes.toString()) as [number, object]
    // What it does not know it leaves as it was.
    return Buffer.from(JSON.stringify(sealed(['account'], { ...account, rejectCodes: { row: 9 } })))
  })
  const spool = await openAt(folder, options)
  t.same(spool.rejects().byCode(), { row: 1, 'too-large': 1 })
  t.equal(spool.rejects().count, 2)
  await spool.close()
})

t.test('a spool of format 1: a destination begins its books where it stands', async (t) => {
  const folder = t.testdir()
  await (await filled(folder)).close()
  await tamper(folder, 'blocks', ['q', 5], flip)
  let spool = await openAt(folder, options)
  drain(spool, 'q', 3)
  await spool.close()
  const environment = open({ path: folder, noSubdir: false })
  const meta = environment.openDB<unknown, (string | number)[]>({ name: 'meta', encoding: 'json' })
  const change = async (
    key: (string | number)[],
    to: (record: Record<string, unknown>) => unknown,
  ) => {
    const [, record] = meta.get(key) as [number, Record<string, unknown>]
    await meta.put(key, to(record))
  }
  await change(['queue', 'q'], ({ gone: _, ...record }) => record)
  await change(['queue', 'other'], ({ gone: _, ...record }) => record)
  await change(['account'], ({ rejectCodes: _, ...record }) => record)
  await change(['position', 'siem', 'q'], ({ position }) => position)
  await change(['damaged', 'q', 5], ({ first: _, lines: __, ...record }) => record)
  await meta.put(['format'], 1)
  await environment.close()

  spool = await openAt(folder, options)
  t.match(spool.damaged(), [{ sequence: 5, lines: 5 }])
  t.same(spool.rejects().byCode(), { row: 1, 'too-large': 1 }, 'counted at the opening')
  t.match(spool.ledger('siem'), [
    { queue: 'q', spooled: 15, received: 0, waiting: 10, refused: 0, damaged: 5 },
    { queue: 'other', spooled: 1, received: 0, waiting: 1 },
  ])
  await spool.receipts('siem', new Map([['q', reached(4, 4)]]), [])
  t.match(spool.ledger('siem')[0], { spooled: 15, received: 4, waiting: 6, damaged: 5 })
  await spool.close()
})

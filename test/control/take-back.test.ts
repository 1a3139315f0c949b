import { createHash } from 'node:crypto'
import t from 'tap'
import { takeBack } from '../../src/control/take-back.ts'
import type { StoredReject } from '../../src/core.ts'
import { error } from '../../src/error.ts'
import { LinePacker, unpackLines } from '../../src/io/lines.ts'
import type { Lines } from '../../src/io/lines.ts'
import type { LmdbSpool } from '../../src/spool/spool.ts'

interface Taken {
  queue: string
  lines: Lines
  numbers: readonly number[]
}

/** A spool that only writes down what it is given. */
function recorder(known: string[] = []): { spool: LmdbSpool; taken: Taken[] } {
  const taken: Taken[] = []
  const spool = {
    wasGiven: (_queue: string, id: Uint8Array) => known.includes(Buffer.from(id).toString()),
    takeBack: async (queue: string, lines: Lines, numbers: readonly number[]) => {
      taken.push({ queue, lines, numbers })
      return { spooled: lines.count, alreadyGiven: 0, rejected: 0 }
    },
  }
  return { spool: spool as unknown as LmdbSpool, taken }
}

function rejectOf(number: number, more: Partial<StoredReject> = {}): StoredReject {
  const place = { origin: 'a.csv', row: 2, at: 1000, source: 'alerts' }
  return { number, code: 'row', reason: 'why', record: `record ${number}`, ...place, ...more }
}

const idOf = (text: string) => Buffer.from(text.padEnd(16, '.'))

/** The record as its line, under an id of the same text. */
async function remap(_source: string, { record }: StoredReject): Promise<Lines> {
  if (record === 'bad') throw error('date', 'a.csv row 2: still no date', { permanent: true })
  const packer = new LinePacker(1024)
  if (record !== 'none') packer.add(record, 5, 6, idOf(record))
  return packer.take()
}

const isDestination = (name: string) => name === 'siem'

t.test('a source’s rejects go into its queue, and keep their order in the report', async (t) => {
  const { spool, taken } = recorder(['known...........'])
  const rejects = [
    rejectOf(1, { record: 'one' }),
    rejectOf(2, { record: 'bad' }),
    rejectOf(3, { record: 'other', source: 'activity' }),
    rejectOf(4, { record: 'one' }),
    rejectOf(5, { record: 'known' }),
    rejectOf(6, { record: 'none' }),
    rejectOf(7, { code: 'spool-damaged', reason: 'the entry is damaged', record: '' }),
  ]
  t.strictSame(await takeBack(rejects, { spool, remap, isDestination }), [
    { number: 1, result: 'back', queue: 'alerts' },
    { number: 2, result: 'rejected', code: 'date', reason: 'a.csv row 2: still no date' },
    { number: 3, result: 'back', queue: 'activity' },
    { number: 4, result: 'given', queue: 'alerts' },
    { number: 5, result: 'given', queue: 'alerts' },
    {
      number: 6,
      result: 'rejected',
      code: 'record',
      reason: 'alerts makes 0 events of it now, where a reject stands for one',
    },
    { number: 7, result: 'rejected', code: 'spool-damaged', reason: 'the entry is damaged' },
  ])
  t.strictSame(
    taken.map(({ queue, numbers }) => ({ queue, numbers })),
    [
      { queue: 'alerts', numbers: [1, 4, 5] },
      { queue: 'activity', numbers: [3] },
    ],
    'one transaction for each queue',
  )
  const [alerts] = taken
  t.equal(alerts?.lines.count, 3)
  t.strictSame(unpackLines(alerts?.lines.bytes ?? Buffer.alloc(0))[1], {
    cef: 'one',
    time: 5,
    severity: 6,
  })
  t.same(alerts?.lines.ids, Buffer.concat([idOf('one'), idOf('one'), idOf('known')]))
})

t.test('a line that a destination did not take goes to that destination alone', async (t) => {
  const { spool, taken } = recorder()
  const cef = (severity: string, rest: string) => `CEF:0|a|b|1|c|n|${severity}|${rest}`
  const table: [record: string, more: Partial<StoredReject>, time: number, severity: number][] = [
    [cef('9', 'rt=77'), { time: 5, severity: 2 }, 5, 2],
    [cef('9', 'msg=x rt=77'), {}, 77, 9],
    [cef('10', 'rt=Nov 22 2026 10:00:00'), {}, 1000, 10],
    [cef('High', 'msg=é'), {}, 1000, 5],
    ['no CEF at all', {}, 1000, 5],
  ]
  const rejects = table.map(([record, more], index) => {
    return rejectOf(index + 1, { destination: 'siem', record, ...more })
  })
  const done = await takeBack(rejects, { spool, remap, isDestination })
  t.ok(done.every(({ result, queue }) => result === 'back' && queue === 'retry:siem'))
  t.equal(taken.length, 1)
  const { bytes, ids } = taken[0]?.lines ?? { bytes: Buffer.alloc(0), ids: Buffer.alloc(0) }
  t.strictSame(
    unpackLines(bytes),
    table.map(([cef, , time, severity]) => ({ cef, time, severity })),
  )
  const first = createHash('sha256').update('reject 1').digest().subarray(0, 16)
  t.same(ids.subarray(0, 16), first, 'the id is the reject’s: twice is once')
})

t.test('a destination that is gone is given nothing', async (t) => {
  const { spool, taken } = recorder()
  const rejects = [rejectOf(1, { destination: 'gone' })]
  t.match(await takeBack(rejects, { spool, remap, isDestination }), [
    { result: 'rejected', code: 'config', reason: /no destination "gone"/ },
  ])
  t.strictSame(taken, [])
})

import t from 'tap'
import { stepsTo } from '../../src/pipeline/refusals.ts'
import type { Refusal } from '../../src/pipeline/refusals.ts'
import { LinePacker } from '../../src/io/lines.ts'
import { batchOf, idOf, spoolFor } from '../helpers/pipeline.ts'

const refusal = (sequence: number, line: number, code: Refusal['code'] = 'too-large'): Refusal => {
  return { queue: 'alerts', sequence, line, code, reason: 'why' }
}

const reachedTo = (...counts: number[]) => {
  const blocks = counts.map((lines, index) => ({ sequence: index + 1, lines }))
  return new Map([['alerts', { sequence: counts.length, blocks }]])
}

t.test('the text is read from the spool; what was cut was sent all the same', async (t) => {
  const spool = await spoolFor(t)
  await spool.append('alerts', batchOf(0, 10))
  await spool.append('alerts', batchOf(10, 20))
  const refused = [refusal(1, 3), refusal(1, 4, 'cut'), refusal(2, 0)]
  const steps = [...stepsTo(reachedTo(10, 10), refused, spool)]
  t.match(steps, [
    {
      rejects: [
        { line: 3, record: 'line 3', time: 3, severity: 3 },
        { line: 4, record: 'line 4', code: 'cut' },
        { sequence: 2, line: 0, record: 'line 10' },
      ],
    },
  ])
  t.same(steps[0]?.reached.get('alerts'), {
    sequence: 2,
    blocks: [
      { sequence: 1, lines: 9 },
      { sequence: 2, lines: 9 },
    ],
  })
})

t.test('a block that is not there any more has no rejects', async (t) => {
  const spool = await spoolFor(t)
  await spool.append('alerts', batchOf(0, 10))
  await spool.append('alerts', batchOf(10, 20))
  await spool.rejectOldest('siem', 'full')
  const [step] = [...stepsTo(reachedTo(10, 10), [refusal(1, 3)], spool)]
  t.same(step?.rejects, [])
})

t.test('much text goes in several commits, each complete up to its block', async (t) => {
  const spool = await spoolFor(t)
  for (let block = 0; block < 4; block += 1) {
    const packer = new LinePacker()
    packer.add('x'.repeat(5 * 1024 * 1024), 0, 5, idOf(block))
    await spool.append('alerts', batchOf(0, 0, { read: 1, lines: packer.take() }))
  }
  const refused = [1, 2, 3, 4].map((sequence) => refusal(sequence, 0))
  const steps = stepsTo(reachedTo(1, 1, 1, 1), refused, spool)
  const reached: number[] = []
  for (const step of steps) {
    reached.push(step.reached.get('alerts')?.sequence ?? 0)
    await spool.receipts('siem', step.reached, step.rejects)
  }
  t.same(reached, [2, 4, 4])
  t.match(spool.ledger('siem')[0], { spooled: 4, received: 0, refused: 4, waiting: 0 })
  t.equal(spool.rejects().count, 4)
})

import t from 'tap'
import { linesBefore, Refusals } from '../../../src/destinations/syslog/relp-refusals.ts'
import { blockOf } from '../../helpers/sink.ts'

const at = (sequence: number, upTo?: number, queue = 'alerts') => ({ queue, sequence, upTo })

t.test('given up when refused three times in a row, with the last words', async (t) => {
  const refusals = new Refusals()
  t.notOk(refusals.any)
  t.equal(refusals.refused(at(1), 7, '500 a'), 1)
  t.equal(refusals.refused(at(1), 7, '500 b'), 2)
  t.ok(refusals.any)
  t.equal(refusals.givenUp(at(1), 7), undefined)
  t.equal(refusals.refused(at(1), 7, '500 c'), 3)
  t.equal(refusals.givenUp(at(1), 7), '500 c')
  for (const [place, line] of [
    [at(1), 8],
    [at(2), 7],
    [at(1, undefined, 'activity'), 7],
  ] as const) {
    t.equal(refusals.givenUp(place, line), undefined, 'this event only')
  }
})

t.test('one that does not count is remembered all the same', async (t) => {
  const refusals = new Refusals()
  t.equal(refusals.refused(at(1), 7, '500', false), 0)
  t.ok(refusals.has(at(1), 7))
  t.notOk(refusals.has(at(1), 8))
  for (let time = 0; time < 5; time += 1) refusals.refused(at(1), 7, '500', false)
  t.equal(refusals.givenUp(at(1), 7), undefined)
  t.equal(refusals.refused(at(1), 7, '500'), 1)
  t.equal(refusals.refused(at(1), 7, '500', false), 2)
})

t.test('taken in between: it begins anew', async (t) => {
  const refusals = new Refusals()
  refusals.refused(at(1), 7, '500')
  refusals.refused(at(1), 7, '500')
  refusals.taken(at(1), 7)
  t.equal(refusals.refused(at(1), 7, '500'), 1)
})

t.test('what was received is forgotten, by block and by part of a block', async (t) => {
  const refusals = new Refusals()
  for (const line of [4, 5]) {
    for (const sequence of [1, 2]) refusals.refused(at(sequence), line, '500')
  }
  refusals.passed(at(9, undefined, 'activity'))
  t.equal(refusals.refused(at(1), 4, '500'), 2)
  refusals.passed(at(2, 5))
  t.equal(refusals.refused(at(2), 5, '500'), 2, 'the part before it')
  t.equal(refusals.refused(at(2), 4, '500'), 1)
  t.equal(refusals.refused(at(1), 4, '500'), 1)
  refusals.passed(at(2))
  t.notOk(refusals.any)
})

t.test('lines are counted through the parts of a block', async (t) => {
  const block = blockOf(1, ['a', 'b', 'c'])
  t.equal(linesBefore(block), 0)
  t.equal(linesBefore({ ...block, upTo: 3 }), 0)
  t.equal(linesBefore({ ...block, upTo: 10 }), 7)
})

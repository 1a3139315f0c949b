import t from 'tap'
import { Taken } from '../../../src/destinations/syslog/relp-taken.ts'

const at = (sequence: number, upTo?: number, queue = 'alerts') => ({ queue, sequence, upTo })

t.test('what one session brought is added to what the others did', async (t) => {
  const taken = new Taken()
  t.equal(taken.of(at(1)), undefined)
  taken.remember(at(1), { from: 0, to: 0 })
  t.equal(taken.of(at(1)), undefined)
  taken.remember(at(1), { from: 0, to: 50 })
  taken.remember(at(1), { from: 0, to: 10 })
  t.match(taken.of(at(1)), { from: 0, to: 50 }, 'one that came less far takes nothing away')
  taken.remember(at(1, 200), { from: 50, to: 70 })
  t.match(taken.of(at(1)), { from: 0, to: 70 }, 'parts of a block')
  taken.remember(at(1, 200), { from: 80, to: 90 })
  t.match(taken.of(at(1)), { from: 80, to: 90 }, 'nothing is said of what lies between')
  t.equal(taken.of(at(2)), undefined)
  t.equal(taken.of(at(1, undefined, 'activity')), undefined)
})

t.test('what was received is forgotten, by block and by part of a block', async (t) => {
  const taken = new Taken()
  for (const sequence of [1, 2, 3]) taken.remember(at(sequence), { from: 0, to: 50 })
  taken.passed(at(9, undefined, 'activity'))
  taken.passed(at(2, 20))
  t.equal(taken.of(at(1)), undefined)
  t.match(taken.of(at(2)), { from: 20, to: 50 })
  taken.passed(at(2, 50))
  t.equal(taken.of(at(2)), undefined)
  t.match(taken.of(at(3)), { from: 0, to: 50 })
  taken.passed(at(3))
  t.equal(taken.of(at(3)), undefined)
})

t.test('it is bounded: the oldest is forgotten, and sent again', async (t) => {
  const taken = new Taken()
  for (let sequence = 1; sequence <= 1025; sequence += 1) {
    taken.remember(at(sequence), { from: 0, to: 1 })
  }
  t.equal(taken.of(at(1)), undefined)
  t.match(taken.of(at(2)), { from: 0, to: 1 })
  t.match(taken.of(at(1025)), { from: 0, to: 1 })
})

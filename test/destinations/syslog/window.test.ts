import t from 'tap'
import { placeOf, Window } from '../../../src/destinations/syslog/window.ts'
import { blockOf } from '../../helpers/sink.ts'

const block = (sequence: number, lines: number) =>
  blockOf(sequence, Array<string>(lines).fill('CEF:0|'))

t.test('the newest place stands for all before it', (t) => {
  const window = new Window(10)
  t.equal(window.last, undefined)
  t.equal(window.since, Infinity)
  window.add(block(1, 4))
  window.add({ ...block(2, 3), upTo: 3 })
  t.same(window.last, { queue: 'alerts', sequence: 2, upTo: 3 })
  t.equal(window.lines, 7)
  window.skip(block(3, 1))
  t.same(window.last, { queue: 'alerts', sequence: 3 })
  t.equal(window.lines, 7)
  t.end()
})

t.test('a fast sender’s window grows, up to a bound', (t) => {
  const window = new Window(10)
  window.add(block(1, 8))
  t.equal(window.size, 10)
  window.add(block(2, 8))
  t.equal(window.size, 16)
  for (let sequence = 3; sequence < 20; sequence += 1) window.add(block(sequence, 8))
  t.equal(window.size, 80)
  t.end()
})

t.test('a place has nothing of the block but its name', (t) => {
  t.same(Object.keys(placeOf(block(1, 1))), ['queue', 'sequence'])
  t.end()
})

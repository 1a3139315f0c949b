import fc from 'fast-check'
import t from 'tap'
import type { Place } from '../../../src/core.ts'
import { Unanswered } from '../../../src/destinations/syslog/relp-unanswered.ts'
import { blockOf } from '../../helpers/sink.ts'

const lines = (count: number) => Array.from({ length: count }, () => 'x')

t.test('a block is received when it is whole and answered, with its part', async (t) => {
  const received: Place[] = []
  const unanswered = new Unanswered(4, (place) => received.push(place))
  unanswered.begin({ ...blockOf(1, lines(2)), upTo: 12 })
  unanswered.sent(0)
  t.same([unanswered.place, unanswered.line], [{ queue: 'alerts', sequence: 1, upTo: 12 }, 10])
  unanswered.answered()
  t.same(received, [], 'more of it is to come')
  unanswered.sent(1)
  unanswered.whole()
  unanswered.begin(blockOf(2, lines(1)))
  unanswered.whole()
  t.same(received, [], 'nothing of 2 can be sent, but 1 comes first')
  t.equal(unanswered.line, 11)
  unanswered.answered()
  t.same(received, [
    { queue: 'alerts', sequence: 1, upTo: 12 },
    { queue: 'alerts', sequence: 2 },
  ])
  t.equal(unanswered.place, undefined)
})

t.test('a block with a refused line has no receipt, nor has what comes after it', async (t) => {
  const received: Place[] = []
  const unanswered = new Unanswered(8, (place) => received.push(place))
  const left = () => [...unanswered.left()].map(([{ sequence }, range]) => ({ sequence, ...range }))
  for (const sequence of [1, 2]) {
    unanswered.begin({ ...blockOf(sequence, lines(3)), upTo: 13 })
    for (const line of [0, 1]) unanswered.sent(line)
    unanswered.whole()
  }
  t.same(left(), [{ sequence: 1, from: 10, to: 10 }])
  unanswered.answered()
  t.same(left(), [{ sequence: 1, from: 10, to: 11 }])
  unanswered.refused()
  t.match([unanswered.place?.sequence, unanswered.line], [2, 10])
  const first = { sequence: 1, from: 10, to: 13 }
  t.same(left(), [first, { sequence: 2, from: 10, to: 10 }], 'the last line could not be sent')
  unanswered.answered()
  unanswered.answered()
  t.same(left(), [first, { sequence: 2, from: 10, to: 13 }])
  unanswered.begin(blockOf(3, lines(1)))
  t.same(left().at(-1), { sequence: 3, from: 0, to: 0 })
  t.same(received, [])
})

t.test(
  'whatever the blocks and the pace: received in order, when all before is answered',
  async () => {
    const window = 8
    fc.assert(
      fc.property(fc.array(fc.nat(20)), fc.infiniteStream(fc.boolean()), (counts, answers) => {
        const received: number[] = []
        const expected: [sequence: number, line: number][] = []
        const unanswered = new Unanswered(window, ({ sequence }) => received.push(sequence))
        const answer = () => {
          const [sequence, line] = expected.shift() ?? []
          if (unanswered.place?.sequence !== sequence || unanswered.line !== line) throw new Error()
          unanswered.answered()
        }
        counts.forEach((count, index) => {
          unanswered.begin(blockOf(index + 1, lines(count)))
          for (let line = 0; line < count; line += 1) {
            while (expected.length === window || (expected.length > 0 && answers.next().value))
              answer()
            unanswered.sent(line)
            expected.push([index + 1, line])
          }
          unanswered.whole()
          const oldest = expected[0]?.[0] ?? index + 2
          if (received.length !== oldest - 1) throw new Error(`${received.length} of ${oldest - 1}`)
        })
        while (expected.length > 0) answer()
        return received.length === counts.length && received.every((at, index) => at === index + 1)
      }),
    )
  },
)

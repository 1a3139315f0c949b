import t from 'tap'
import { Frames } from '../../src/syslog/relp-frames.ts'
import { Headers } from '../../src/syslog/message.ts'
import { Messages } from '../../src/syslog/wire.ts'
import { blockOf, cefLine, recorder } from '../helpers/sink.ts'

const messages = new Messages({
  headers: new Headers({
    format: 'rfc3164',
    facility: 20,
    hostname: 'auditor',
    appName: 'cefline',
    timezone: 'UTC',
  }),
  wire: {
    format: 'rfc3164',
    framing: 'octet-counting',
    maxBytes: 9_999_999,
    lengths: false,
    equals: 'escape',
    clashes: 'keep',
  },
  time: 'event',
  place: 'destinations.siem',
})
const head = '<164>Jan  8 11:07:53 auditor '

/** The frame of a line. */
function framed(transaction: number, line: string): string {
  const message = head + line
  return `${transaction} syslog ${Buffer.byteLength(message)} ${message}\n`
}

t.test('frames of a block, whole or some of them', async (t) => {
  const frames = new Frames(() => undefined)
  const { reject, rejects } = recorder()
  const lines = [cefLine(1, 'ä'), cefLine(2), cefLine(3, 'x'.repeat(100))]
  frames.pack(blockOf(1, lines), messages, 999_999_998, reject)
  t.equal(frames.count, 3)
  const expected = [999_999_998, 999_999_999, 1].map((number, index) =>
    framed(number, lines[index] ?? ''),
  )
  t.equal(frames.bytes(0, 3).toString(), expected.join(''))
  t.equal(frames.bytes(0, 1).toString(), expected[0])
  t.equal(frames.bytes(1, 3).toString(), expected.slice(1).join(''))
  t.same(
    [0, 1, 2].map((frame) => frames.line(frame)),
    [0, 1, 2],
  )
  t.same(rejects, [])
})

t.test('what cannot be sent is reported and has no number', async (t) => {
  const frames = new Frames((_block, line) => (line === 2 ? '500 no' : undefined))
  const { reject, rejects } = recorder()
  const lines = [cefLine(0, 'x'.repeat(131_072)), cefLine(1), cefLine(2), cefLine(3)]
  frames.pack(blockOf(7, lines), messages, 5, reject)
  t.equal(frames.bytes(0, frames.count).toString(), framed(5, cefLine(1)) + framed(6, cefLine(3)))
  t.same(
    [0, 1].map((frame) => frames.line(frame)),
    [1, 3],
  )
  t.match(rejects, [
    { sequence: 7, line: 0, code: 'too-large' },
    { sequence: 7, line: 2, code: 'refused', reason: '500 no' },
  ])
})

t.test('one buffer for one block after the other, however large', async (t) => {
  const frames = new Frames(() => undefined)
  const { reject } = recorder()
  for (const [count, size] of [
    [3, 10],
    [40, 100_000],
    [2000, 100],
    [0, 0],
    [1, 1],
  ] as const) {
    const lines = Array.from({ length: count }, (_, index) => cefLine(index, 'x'.repeat(size)))
    frames.pack(blockOf(1, lines), messages, 1, reject)
    t.equal(frames.count, count)
    if (count === 0) continue
    const expected = lines.map((line, index) => framed(index + 1, line)).join('')
    t.ok(frames.bytes(0, count).equals(Buffer.from(expected)), `${count} of ${size} bytes`)
  }
})

t.test('what the server has is left out, and is not reported', async (t) => {
  const taken = new Frames(
    (_block, line) => (line === 1 ? '500' : undefined),
    (_block, line) => line < 3,
  )
  const { reject, rejects } = recorder()
  taken.pack(
    blockOf(
      1,
      [1, 2, 3, 4].map((one) => cefLine(one)),
    ),
    messages,
    7,
    reject,
  )
  t.equal(taken.bytes(0, taken.count).toString(), framed(7, cefLine(4)))
  t.match(rejects, [{ line: 1, code: 'refused' }])
})

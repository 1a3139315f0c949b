import fc from 'fast-check'
import t from 'tap'
import type { Block, Destination } from '../../../src/core.ts'
import { frame, largestData } from '../../../src/syslog/relp.ts'
import { ascending } from '../../helpers/numbered.ts'
import { startRelpServer } from '../../helpers/relp-server.ts'
import type { Peer, Received } from '../../helpers/relp-server.ts'
import { blockOf, cefLine, Feed, recorder, startSink } from '../../helpers/sink.ts'
import type { Recorder } from '../../helpers/sink.ts'
import { syslogTo } from '../../helpers/syslog-options.ts'
import type { Some } from '../../helpers/syslog-options.ts'

const live = () => new AbortController().signal
const relpTo = (port: number, options?: Some) => syslogTo(`relp://127.0.0.1:${port}`, options)

/** A block of lines with consecutive numbers. */
function numbered(sequence: number, from: number, count: number): Block {
  return blockOf(
    sequence,
    Array.from({ length: count }, (_, index) => cefLine(from + index)),
  )
}

/** A feed that ends after these. */
function feedOf(...blocks: Block[]): Feed {
  const feed = new Feed(...blocks)
  feed.end()
  return feed
}

/** The numbers of the lines in messages. */
const numbersOf = (messages: string[]) =>
  messages.map((message) => Number(/externalId=(\d+)/.exec(message)?.[1]))

const count = (from: number, to: number) =>
  Array.from({ length: to - from + 1 }, (_, index) => from + index)

/** Answers all but messages, and those where `answer` returns true. */
const acceptIf =
  (answer: (frame: Received, peer: Peer) => boolean) =>
  (frame: Received, peer: Peer): void => {
    if (frame.command !== 'syslog' || answer(frame, peer)) peer.accept(frame)
  }

t.test('messages arrive in order, blocks have their receipts, the session is closed', async (t) => {
  const server = await startRelpServer(t)
  const delivery = recorder()
  const blocks = count(0, 19).map((index) => numbered(index + 1, index * 300 + 1, 300))
  await relpTo(server.port).deliver(feedOf(...blocks), delivery, live())
  t.same(numbersOf(server.messages), count(1, 6000))
  t.match(server.messages[0], /^<164>1 2026-01-08T11:07:53\.042Z auditor\.example\.com cefline /)
  t.same(delivery.receipts, count(1, 20))
  t.same(delivery.proofs, ['relp'])
  t.match(delivery.connections, [/^relp:\/\/127\.0\.0\.1:\d+ \(127\.0\.0\.1\) RELP test 1\.0$/])
  const [peer, ...others] = server.peers
  t.same(others, [])
  t.match(peer?.frames[0], { command: 'open', data: /^relp_version=\d\n.*\ncommands=syslog$/ })
  t.match(peer?.frames.at(-1), { command: 'close', data: '' })
})

t.test('nothing is sent before the server has agreed to the session', async (t) => {
  let agree = () => {}
  const server = await startRelpServer(t, (frame, peer) => {
    if (frame.command === 'open') agree = () => peer.accept(frame)
    else peer.accept(frame)
  })
  const delivery = recorder()
  const done = relpTo(server.port).deliver(feedOf(numbered(1, 1, 3)), delivery, live())
  while (server.peers[0]?.frames.length !== 1)
    await new Promise((resolve) => setTimeout(resolve, 5))
  await new Promise((resolve) => setTimeout(resolve, 50))
  t.equal(server.peers[0].frames.length, 1)
  t.same(delivery.connections, [])
  agree()
  await done
  t.same(delivery.receipts, [1])
})

t.test('at most 128 messages are without an answer', async (t) => {
  const waiting: (() => void)[] = []
  const total = 1000
  let seen = 0
  const server = await startRelpServer(
    t,
    acceptIf((frame, peer) => {
      seen += 1
      waiting.push(() => peer.accept(frame))
      // Only when no more can come.
      if (waiting.length === 128 || seen === total) {
        setTimeout(() => waiting.splice(0).forEach((answer) => answer()), 5)
      }
      return false
    }),
  )
  const delivery = recorder()
  const blocks = [numbered(1, 1, 500), numbered(2, 501, 1), numbered(3, 502, 499)]
  await relpTo(server.port).deliver(feedOf(...blocks), delivery, live())
  t.equal(server.mostOpen, 128)
  t.same(numbersOf(server.messages), count(1, total))
  t.same(delivery.receipts, [1, 2, 3])
})

t.test('a receipt needs the answer to every message of the block', async (t) => {
  let last = () => {}
  const server = await startRelpServer(
    t,
    acceptIf((frame, peer) => {
      if (!frame.data.includes('externalId=3 ')) return true
      last = () => peer.accept(frame)
      return false
    }),
  )
  const delivery = recorder()
  const feed = feedOf(numbered(1, 1, 2), numbered(2, 3, 1))
  const done = relpTo(server.port).deliver(feed, delivery, live())
  await delivery.received(1)
  await new Promise((resolve) => setTimeout(resolve, 50))
  t.same(delivery.receipts, [1])
  last()
  await done
  t.same(delivery.receipts, [1, 2])
})

t.test('answers byte by byte, and more bytes than one can guess', async (t) => {
  const server = await startRelpServer(t, (frame, peer) => {
    if (frame.command !== 'syslog') return peer.accept(frame)
    const text = `200 ${'é'.repeat(40)}\nmore`
    const answer = `${frame.transaction} rsp ${Buffer.byteLength(text)} ${text}\n`
    for (const byte of Buffer.from(answer)) peer.socket.write(Buffer.from([byte]))
  })
  const delivery = recorder()
  await relpTo(server.port).deliver(feedOf(numbered(1, 1, 20)), delivery, live())
  t.same(delivery.receipts, [1])
})

t.test('lines that cannot be sent are reported, in their place', async (t) => {
  const waiting: (() => void)[] = []
  const server = await startRelpServer(
    t,
    acceptIf((frame, peer) => {
      waiting.push(() => peer.accept(frame))
      return false
    }),
  )
  const delivery = recorder()
  const long = 'x'.repeat(9000)
  const blocks = [
    blockOf(1, [long]),
    blockOf(2, [cefLine(1)]),
    blockOf(3, [long, long]),
    blockOf(4, [long, cefLine(2), long]),
  ]
  const done = relpTo(server.port).deliver(new Feed(...blocks), delivery, live())
  while (waiting.length < 2) await new Promise((resolve) => setTimeout(resolve, 5))
  t.same(delivery.receipts, [1], 'a block without a message waits for those before it')
  waiting.splice(0).forEach((answer) => answer())
  await delivery.received(4)
  t.same(delivery.receipts, [1, 2, 3, 4])
  t.match(
    delivery.rejects.map(({ sequence, line, code }) => [sequence, line, code]),
    [
      [1, 0, 'too-large'],
      [3, 0, 'too-large'],
      [3, 1, 'too-large'],
      [4, 0, 'too-large'],
      [4, 2, 'too-large'],
    ],
  )
  for (const peer of server.peers) peer.socket.destroy()
  await t.rejects(done, { code: 'lost' })
})

t.test('no message is larger than the protocol allows', async (t) => {
  const server = await startRelpServer(t)
  const delivery = recorder()
  const huge = cefLine(1, 'x'.repeat(largestData))
  const block = blockOf(1, [huge, cefLine(2, 'y'.repeat(100_000))])
  const destination = relpTo(server.port, { maxBytes: 1_000_000 })
  await destination.deliver(feedOf(block, numbered(2, 3, 1)), delivery, live())
  t.match(delivery.rejects, [{ sequence: 1, line: 0, code: 'cut', reason: /131072/ }])
  t.same(numbersOf(server.messages), [1, 2, 3])
  t.ok(Buffer.byteLength(server.messages[0] ?? '') <= largestData)
  t.same(delivery.receipts, [1, 2])
})

t.test('a message that is refused is sent again, and given up after three times', async (t) => {
  const server = await startRelpServer(t, (frame, peer) => {
    if (!/externalId=[36] /.test(frame.data)) return peer.accept(frame)
    peer.answer(frame.transaction, '500 no \x07room')
  })
  const destination = relpTo(server.port)
  const blocks = [numbered(1, 1, 2), numbered(2, 3, 5)]
  let position = 0
  for (const times of [1, 2, 3]) {
    const delivery = recorder()
    const feed = feedOf(...blocks.slice(position))
    const then = times < 3 ? 'sent again' : 'goes to the rejects'
    await t.rejects(destination.deliver(feed, delivery, live()), {
      code: 'refused',
      retryAfter: 500,
      message: new RegExp(
        `^relp://.* refused an event \\(${times} .*“500 no \\\\x07room”; .*${then}`,
      ),
    })
    position = delivery.receipts.at(-1) ?? position
    t.equal(position, 1, 'what comes before has its receipt, its own block has none')
  }
  const delivery = recorder()
  const feed = feedOf(...blocks.slice(position), numbered(3, 8, 1))
  await destination.deliver(feed, delivery, live())
  t.same(delivery.receipts, [2, 3])
  t.match(delivery.rejects, [
    { sequence: 2, line: 0, code: 'refused', reason: /3 times in a row: “500 no/ },
    { sequence: 2, line: 3, code: 'refused' },
  ])
  t.same(numbersOf(server.messages), [1, 2, 4, 5, 7, 8], 'nothing that was taken is sent again')
})

/** Runs until one ends without an error, each from the last receipts; gives their number. */
async function runs(destination: Destination, blocks: Block[], delivery: Recorder) {
  for (let run = 1; ; run += 1) {
    const position = delivery.receipts.at(-1) ?? 0
    delivery.rejects.length = 0
    try {
      await destination.deliver(feedOf(...blocks.slice(position)), delivery, live())
      return run
    } catch (thrown) {
      if (run === 20) throw thrown
    }
  }
}

t.test('a block with a hundred events that are refused repeats no other one', async (t) => {
  const isRefused = (number: number) => number % 10 === 0
  const server = await startRelpServer(t, (frame, peer) => {
    const [number = 0] = numbersOf([frame.data])
    if (frame.command !== 'syslog' || !isRefused(number)) return peer.accept(frame)
    peer.answer(frame.transaction, '500 no room')
  })
  const delivery = recorder()
  const blocks = [numbered(1, 1, 1000), numbered(2, 1001, 2)]
  const made = await runs(relpTo(server.port), blocks, delivery)
  t.ok(made < 20, `${made} runs: those that are out with a refused one are answered too`)
  t.same(delivery.receipts, [1, 2])
  t.same(
    delivery.rejects.map(({ line, code }) => [line + 1, code]),
    count(1, 100).map((index) => [index * 10, 'refused']),
  )
  const taken = count(1, 1002).filter((number) => !isRefused(number))
  t.same(numbersOf(server.messages), taken)
})

t.test('a server that refuses everything for a while', async (t) => {
  let sessions = 0
  const server = await startRelpServer(t, (frame, peer) => {
    if (frame.command === 'open') sessions += 1
    const isFull = sessions <= 7 && (sessions > 1 || frame.transaction > 200)
    if (frame.command !== 'syslog' || !isFull) peer.accept(frame)
    else peer.answer(frame.transaction, '500 no space left')
  })
  const delivery = recorder()
  await runs(relpTo(server.port), [numbered(1, 1, 1000)], delivery)
  t.same(delivery.receipts, [1])
  t.same(
    delivery.rejects.map(({ line }) => line + 1),
    [200, 201],
    'one in three sessions, and not all that were out',
  )
  const all = [...numbersOf(server.messages), 200, 201]
  t.same(ascending(all), count(1, 1000))
})

t.test('a server that answers nothing more after a refusal', async (t) => {
  for (const end of ['end', 'silence'] as const) {
    let refused = false
    const server = await startRelpServer(
      t,
      acceptIf((frame, peer) => {
        if (refused && peer === server.peers[0]) return false
        if (!frame.data.includes('externalId=50 ')) return true
        if (refused) return true
        refused = true
        peer.answer(frame.transaction, '500 busy')
        if (end === 'end') peer.socket.end()
        return false
      }),
    )
    const delivery = recorder()
    const destination = relpTo(server.port, { timeout: 60_000 })
    const blocks = [numbered(1, 1, 100)]
    await t.rejects(destination.deliver(feedOf(...blocks), delivery, live()), {
      code: 'refused',
      message: /^relp:.* refused an event \(1 of 3 times\): “500 busy”/,
    })
    await destination.deliver(feedOf(...blocks), delivery, live())
    t.same(delivery.receipts, [1])
    t.same(numbersOf(server.messages), count(1, 100), `${end}: each of them once`)
  }
})

t.test('what was answered of a block is not sent again when the connection is lost', async (t) => {
  const silent = new Set<Peer>()
  const server = await startRelpServer(
    t,
    acceptIf(({ data, transaction }, peer) => {
      if (transaction > 300 && silent.size < 2 && data.includes('00 ') && !silent.has(peer)) {
        silent.add(peer)
        // After the answers to those before it.
        setTimeout(() => peer.socket.destroy(), 50)
      }
      return !silent.has(peer)
    }),
  )
  const delivery = recorder()
  t.equal(await runs(relpTo(server.port), [numbered(1, 1, 1000)], delivery), 3)
  t.same(delivery.receipts, [1])
  t.same(numbersOf(server.messages), count(1, 1000))
})

t.test('whatever is refused and whenever it breaks: each event is taken, or kept', async (t) => {
  const answers = fc.infiniteStream(fc.nat(99), { noHistory: true })
  await fc.assert(
    fc.asyncProperty(fc.array(fc.integer({ min: 1, max: 60 }), { minLength: 1 }), answers, run),
    { numRuns: 15 },
  )

  async function run(sizes: number[], answers: fc.Stream<number>) {
    const server = await startRelpServer(
      t,
      acceptIf((frame, peer) => {
        const draw = answers.next().value
        if (draw < 2) peer.socket.destroy()
        else if (draw < 12 || frame.data.includes('7 ')) peer.answer(frame.transaction, '500 no')
        else return true
        return false
      }),
    )
    const destination = relpTo(server.port)
    const starts = sizes.map((_, index) => sizes.slice(0, index).reduce((sum, one) => sum + one, 1))
    const blocks = sizes.map((size, index) => numbered(index + 1, starts[index] ?? 0, size))
    const kept = new Set<number>()
    for (let position = 0; position < blocks.length;) {
      const delivery = recorder()
      const feed = feedOf(...blocks.slice(position))
      await destination.deliver(feed, delivery, live()).catch(() => {})
      position = delivery.receipts.at(-1) ?? position
      for (const { line, sequence } of delivery.rejects) {
        if (sequence <= position) kept.add((starts[sequence - 1] ?? 0) + line)
      }
    }
    await server.sink.stop()
    const all = new Set([...numbersOf(server.messages), ...kept])
    const missing = count(1, (starts.at(-1) ?? 0) + (sizes.at(-1) ?? 0) - 1)
    if (!missing.every((number) => all.has(number))) throw new Error('one is missing')
  }
})

t.test('a server that does not agree', async (t) => {
  for (const [name, answer, expected] of [
    [
      'refuses',
      '500 not today',
      { code: 'refused', message: /refused the RELP session: “500 not today”$/ },
    ],
    [
      'names no version',
      '200 OK\ncommands=syslog',
      { code: 'bad-answer', message: /naming a version/ },
    ],
    [
      'takes no syslog',
      '200 OK\nrelp_version=0\ncommands=eventlog',
      { code: 'refused', message: /no “syslog”/ },
    ],
    ['says nothing', '', { code: 'refused' }],
  ] as const) {
    await t.test(name, async (t) => {
      const server = await startRelpServer(t, ({ transaction }, peer) =>
        peer.answer(transaction, answer),
      )
      const delivery = recorder()
      await t.rejects(relpTo(server.port).deliver(new Feed(), delivery, live()), expected)
      t.same(delivery.connections, [])
    })
  }
})

t.test('a server that answers wrongly', async (t) => {
  const wrongly = (sent: (transaction: number) => string) => (frame: Received, peer: Peer) => {
    if (frame.command === 'open') peer.accept(frame)
    else if (/externalId=1 /.test(frame.data)) peer.accept(frame)
    else if (/externalId=2 /.test(frame.data)) peer.socket.write(sent(frame.transaction))
  }
  for (const [name, sent, expected] of [
    [
      'out of order',
      (number) => `${number + 1} rsp 6 200 OK\n`,
      { code: 'lost', message: /answered transaction 4 when 3 was due/ },
    ],
    [
      'twice',
      (number) => `${number - 1} rsp 6 200 OK\n`,
      { code: 'lost', message: /answered transaction 2 when 3/ },
    ],
    [
      'more than was asked',
      () =>
        count(3, 5)
          .map((number) => `${number} rsp 6 200 OK\n`)
          .join(''),
      { code: 'lost', message: /answered transaction 5 when none was due/ },
    ],
    [
      'with a command',
      (number) => `${number} syslog 1 x\n`,
      { code: 'bad-answer', message: /the command “syslog”/ },
    ],
    [
      'with rubbish',
      () => 'ouch',
      { code: 'bad-answer', message: /^relp:.* sent “ouch”, which is no RELP$/ },
    ],
    [
      'with its farewell',
      () => '0 serverclose 0\n',
      { code: 'lost', message: /closed the connection/ },
    ],
  ] as const satisfies [string, (number: number) => string, object][]) {
    await t.test(name, async (t) => {
      const server = await startRelpServer(t, wrongly(sent))
      const delivery = recorder()
      const feed = new Feed(numbered(1, 1, 1), numbered(2, 2, 2))
      await t.rejects(relpTo(server.port).deliver(feed, delivery, live()), expected)
      t.equal(delivery.receipts[0], 1, 'what was answered before is received')
    })
  }

  await t.test('a hint that is not known means nothing', async (t) => {
    const server = await startRelpServer(t, (frame, peer) => {
      peer.socket.write('0 weather 5 sunny\n')
      peer.accept(frame)
    })
    const delivery = recorder()
    await relpTo(server.port).deliver(feedOf(numbered(1, 1, 2)), delivery, live())
    t.same(delivery.receipts, [1])
  })

  await t.test('no RELP at all', async (t) => {
    const sink = await startSink(t, {
      onSocket: (socket) => socket.write('SSH-2.0-OpenSSH_9.2\r\n'),
    })
    await t.rejects(relpTo(sink.port).deliver(new Feed(), recorder(), live()), {
      code: 'bad-answer',
      message:
        /^relp:.* sent “SSH-2\.0-OpenSSH_9\.2\\x0d\\x0a”, which is no RELP: is it a RELP port\?$/,
    })
  })
})

t.test('a server that does not answer', async (t) => {
  await t.test('to open', async (t) => {
    const sink = await startSink(t)
    await t.rejects(relpTo(sink.port, { timeout: 200 }).deliver(new Feed(), recorder(), live()), {
      code: 'timeout',
      message: /did not answer RELP’s open in 0\.2 s: is it a RELP port\?/,
    })
  })

  await t.test('to a message, though more are sent', async (t) => {
    const server = await startRelpServer(
      t,
      acceptIf(() => false),
    )
    const feed = new Feed()
    const more = setInterval(() => feed.add(numbered(1, 1, 1)), 20)
    t.teardown(() => clearInterval(more))
    const delivery = recorder()
    await t.rejects(relpTo(server.port, { timeout: 300 }).deliver(feed, delivery, live()), {
      code: 'timeout',
      message: /answered nothing for 0\.3 s \(destinations\.siem\.timeout\), with \d+ events sent/,
    })
    t.same(delivery.receipts, [])
  })

  await t.test('and reads nothing either', async (t) => {
    const server = await startRelpServer(
      t,
      acceptIf((_frame, peer) => {
        peer.socket.pause()
        return false
      }),
    )
    const block = blockOf(
      1,
      count(1, 100).map((line) => cefLine(line, 'x'.repeat(100_000))),
    )
    const options = { timeout: 500, maxBytes: largestData }
    const done = relpTo(server.port, options).deliver(new Feed(block), recorder(), live())
    await t.rejects(done, { code: 'timeout', message: /answered nothing/ })
  })

  await t.test('one that is slow, or has nothing to answer, is let be', async (t) => {
    const server = await startRelpServer(
      t,
      acceptIf((frame, peer) => {
        setTimeout(() => peer.accept(frame), 250)
        return false
      }),
    )
    const feed = new Feed(numbered(1, 1, 1))
    const delivery = recorder()
    const done = relpTo(server.port, { timeout: 600 }).deliver(feed, delivery, live())
    await delivery.received(1)
    await new Promise((resolve) => setTimeout(resolve, 700))
    for (const sequence of [2, 3, 4]) {
      feed.add(numbered(sequence, sequence, 1))
      await delivery.received(sequence)
    }
    feed.end()
    await done
    t.same(delivery.receipts, [1, 2, 3, 4])
  })
})

t.test(
  'a lost connection: what is answered is received, the rest is sent again whole',
  async (t) => {
    for (const end of ['end', 'destroy', 'resetAndDestroy'] as const) {
      let lost = false
      const server = await startRelpServer(
        t,
        acceptIf((frame, peer) => {
          if (lost || !frame.data.includes('externalId=700 ')) return true
          lost = true
          peer.socket[end]()
          return false
        }),
      )
      const blocks = count(0, 9).map((index) => numbered(index + 1, index * 100 + 1, 100))
      const destination = relpTo(server.port)
      const first = recorder()
      await t.rejects(
        destination.deliver(new Feed(...blocks), first, live()),
        { code: 'lost' },
        end,
      )
      const position = first.receipts.at(-1) ?? 0
      t.ok(position <= 6, `${position} blocks had their receipt`)
      const second = recorder()
      await destination.deliver(feedOf(...blocks.slice(position)), second, live())
      t.same(second.receipts, count(position + 1, 10))
      t.same(new Set(numbersOf(server.messages)), new Set(count(1, 1000)))
    }
  },
)

t.test('abort', async (t) => {
  await t.test('the block in hand is sent to its end and received, no further one', async (t) => {
    const abort = new AbortController()
    const server = await startRelpServer(
      t,
      acceptIf((frame) => {
        if (frame.data.includes('externalId=100 ')) abort.abort()
        return true
      }),
    )
    const delivery = recorder()
    const feed = new Feed(numbered(1, 1, 1000), numbered(2, 1001, 1))
    await relpTo(server.port).deliver(feed, delivery, abort.signal)
    t.same(delivery.receipts, [1])
    t.same(numbersOf(server.messages), count(1, 1000))
    t.equal(server.peers[0]?.frames.at(-1)?.command, 'close')
  })

  await t.test('while nothing is to be sent', async (t) => {
    const server = await startRelpServer(t)
    const abort = new AbortController()
    const delivery = recorder()
    const done = relpTo(server.port).deliver(new Feed(numbered(1, 1, 1)), delivery, abort.signal)
    await delivery.received(1)
    abort.abort()
    await done
    t.equal(server.peers[0]?.frames.at(-1)?.command, 'close')
  })

  await t.test('a server that never answers is not waited for without end', async (t) => {
    const server = await startRelpServer(
      t,
      acceptIf(() => false),
    )
    const abort = new AbortController()
    const delivery = recorder()
    const feed = new Feed(numbered(1, 1, 1000))
    const done = relpTo(server.port, { timeout: 60_000 }).deliver(feed, delivery, abort.signal)
    while ((server.peers[0]?.frames.length ?? 0) < 129) {
      await new Promise((resolve) => setTimeout(resolve, 5))
    }
    abort.abort()
    await done
    t.same(delivery.receipts, [])
  })

  await t.test('before the session stands', async (t) => {
    await relpTo(1).deliver(new Feed(), recorder(), AbortSignal.abort())
    const sink = await startSink(t)
    const abort = new AbortController()
    const done = relpTo(sink.port).deliver(new Feed(), recorder(), abort.signal)
    await sink.until(/^1 open/).catch(() => {})
    abort.abort()
    await done
  })
})

t.test('what a preview shows is the frame', async (t) => {
  const shown = relpTo(1).frame(cefLine(1), Date.UTC(2026, 0, 8), 5)
  const message = `<164>1 2026-01-08T00:00:00.000Z auditor.example.com cefline - - - ${cefLine(1)}`
  t.equal(shown.toString(), frame(1, 'syslog', Buffer.from(message)).toString())
})

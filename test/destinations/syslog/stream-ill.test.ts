/**
 * Receipts by half-close from receivers that misbehave: what was not read has none and is sent again,
 * and one that is ill is told from one that does not do half-closes.
 */
import { existsSync } from 'node:fs'
import type { Socket } from 'node:net'
import { setTimeout as pause } from 'node:timers/promises'
import t from 'tap'
import type { Block, Destination } from '../../../src/core.ts'
import {
  ascending,
  numbered,
  numbersIn,
  numbersOf,
  oftenTo,
  range,
  trickle,
} from '../../helpers/numbered.ts'
import { blockOf, cefLine, Feed, recorder, startSink } from '../../helpers/sink.ts'

const live = () => new AbortController().signal
const onLinux = {
  skip: existsSync('/proc/self/net/tcp') ? false : 'there is no /proc/self/net/tcp',
}

t.test('a reset in mid window: no receipt for it, and it is sent again whole', async (t) => {
  let resets = 1
  const sink = await startSink(t, {
    onSocket: (socket, sink) => {
      if (resets-- > 0) socket.once('data', () => socket.resetAndDestroy())
      else sink.keep(socket)
    },
  })
  const destination = oftenTo(sink)
  const delivery = recorder()
  const feed = new Feed(numbered(1))
  await t.rejects(destination.deliver(feed, delivery, live()), { code: 'lost' })
  t.same(delivery.receipts, [])
  const again = new Feed(numbered(1), numbered(2))
  again.end()
  await destination.deliver(again, delivery, live())
  t.equal(delivery.receipts.at(-1), 2)
  t.same(numbersIn(sink), numbersOf(1, 2))
})

t.test('a FIN that comes first is no receipt, be everything read or not', async (t) => {
  const sink = await startSink(t, {
    onSocket: (socket) => socket.once('data', () => setTimeout(() => socket.end(), 100)),
  })
  const delivery = recorder()
  const feed = new Feed(numbered(1))
  await t.rejects(oftenTo(sink).deliver(feed, delivery, live()), {
    code: 'lost',
    message: /closed the connection: what has no receipt is sent again/,
  })
  t.same(delivery.receipts, [])
})

t.test('when the next connection breaks, the one before still has its receipt', async (t) => {
  const sockets: Socket[] = []
  const sink = await startSink(t, {
    deaf: true,
    onSocket: (socket, sink) => {
      const isFirst = sockets.push(socket) === 1
      sink.keep(socket)
      // The first answers when the second, which has traffic by then, was reset.
      if (!isFirst) return
      socket.once('end', () => {
        setTimeout(() => sockets.at(-1)?.resetAndDestroy(), 50)
        setTimeout(() => socket.end(), 150)
      })
    },
  })
  const delivery = recorder()
  const feed = new Feed()
  const done = oftenTo(sink).deliver(feed, delivery, live())
  void trickle(feed, 40, 50)
  await t.rejects(done, { code: 'lost' })
  t.equal(delivery.receipts.length, 1)
  t.equal(sockets.length, 2)
})

t.test('a receiver that never answers is noticed, and again when it does', onLinux, async (t) => {
  let answers = false
  const sink = await startSink(t, {
    deaf: true,
    onSocket: (socket, sink) => {
      sink.keep(socket)
      socket.on('end', () => {
        if (answers) socket.end()
      })
    },
  })
  const destination = oftenTo(sink, { receiptEvery: 50, timeout: 200 })
  const delivery = recorder()
  for (let time = 1; time <= 3; time += 1) {
    t.same(delivery.notices, [])
    const run = destination.deliver(new Feed(numbered(1)), delivery, live())
    await t.rejects(run, { message: /did not answer a half-close within 0\.2 s/ })
  }
  t.match(delivery.notices, [{ level: 'warn', code: 'no-half-close' }])
  t.same(delivery.receipts, [])

  const feed = new Feed(numbered(1))
  const done = destination.deliver(feed, delivery, live())
  await delivery.received(1)
  t.equal(delivery.proofs.at(-1), 'lived')
  answers = true
  for (let sequence = 2; delivery.proofs.at(-1) === 'lived'; sequence += 1) {
    feed.add(numbered(sequence))
    await pause(100)
  }
  t.equal(delivery.proofs.at(-1), 'half-close')
  feed.end()
  await done
  const sent = ascending([...new Set(numbersIn(sink))])
  t.same(sent, numbersOf(...range(delivery.receipts.at(-1) ?? 0)))
  t.equal(delivery.notices.length, 1)
})

t.test('one that has answered and falls silent gets no receipts and no more events', async (t) => {
  let answers = true
  const sink = await startSink(t, {
    deaf: true,
    onSocket: (socket, sink) => {
      sink.keep(socket)
      socket.on('end', () => {
        if (answers) socket.end()
      })
    },
  })
  const destination = oftenTo(sink, { timeout: 100 })
  const delivery = recorder()
  const run = () => {
    const feed = new Feed(numbered(1))
    feed.end()
    return destination.deliver(feed, delivery, live())
  }
  await run()
  t.same(delivery.receipts, [1])
  answers = false
  for (let time = 1; time <= 5; time += 1) {
    await t.rejects(run(), { code: 'timeout', message: /did not answer a half-close/ })
  }
  t.same(delivery.receipts, [1])
  t.same(delivery.notices, [])
  t.equal(numbersIn(sink).length, 20, 'sent once more, and then nothing to one that does not read')
  answers = true
  await run()
  t.same(delivery.receipts, [1, 1])
  t.ok(delivery.proofs.every((proof) => proof === 'half-close'))
})

t.test('one that has answered is exchanged for one that answers by RST', async (t) => {
  let resets = false
  const sink = await startSink(t, {
    deaf: true,
    onSocket: (socket, sink) => {
      sink.keep(socket)
      socket.on('end', () => (resets ? socket.resetAndDestroy() : socket.end()))
    },
  })
  const delivery = recorder()
  const run = (destination: Destination) => {
    const feed = new Feed(numbered(1))
    feed.end()
    return destination.deliver(feed, delivery, live())
  }
  const first = oftenTo(sink)
  await run(first)
  t.same(delivery.receipts, [1])
  resets = true
  await t.rejects(run(first), { code: 'lost', message: /answered a half-close by RST/ })
  for (let time = 0; time < 4; time += 1) {
    await t.rejects(run(first), {
      code: 'lost',
      message: /empty connection by RST.*; nothing is sent to it.* set .*receiptEvery: 0/,
    })
  }
  t.same(delivery.receipts, [1])
  t.equal(numbersIn(sink).length, 20, 'sent once more, and no window again and again')
  await run(oftenTo(sink, { receiptEvery: 0, receiptAfter: 50 }))
  t.same(delivery.receipts, [1, 1], 'the cure that the error names')
  t.equal(delivery.proofs.at(-1), 'lived')
  const again = oftenTo(sink)
  for (let time = 1; time <= 3; time += 1) {
    await t.rejects(run(again), { message: /answered a half-close by RST/ })
  }
  t.match(delivery.notices, [{ code: 'no-half-close' }], 'turned on again it is one like others')
})

t.test('that a receiver proves what it reads is said when it has', async (t) => {
  const sink = await startSink(t)
  const delivery = recorder()
  const feed = new Feed()
  const destination = oftenTo(sink, { receiptEvery: 60_000 })
  const done = destination.deliver(feed, delivery, live())
  feed.add(numbered(1))
  await sink.until(10)
  t.equal(delivery.connections.length, 1)
  t.same(delivery.proofs, [])
  feed.end()
  await done
  t.same(delivery.proofs, ['half-close'])
  const next = destination.deliver(new Feed(), delivery, AbortSignal.timeout(100))
  await next
  t.same(delivery.proofs, ['half-close', 'half-close'], 'at once where it is known')
})

t.test('an idle connection that is closed before time alone makes a receipt', async (t) => {
  const sink = await startSink(t, {
    onSocket: (socket, sink) => {
      sink.keep(socket)
      socket.setTimeout(1200, () => socket.end())
    },
  })
  const delivery = recorder()
  const done = oftenTo(sink, { receiptEvery: 0, receiptAfter: 5000 }).deliver(
    new Feed(numbered(1)),
    delivery,
    live(),
  )
  await t.rejects(done, {
    code: 'lost',
    message: /closed the connection 1\.\d s after the last .*receiptAfter \(now 5 s\) below that/,
  })
  t.same(delivery.receipts, [])
})

t.test('what is unread when one connection of many is reset has no receipt', async (t) => {
  let connections = 0
  const read: number[] = []
  const sink = await startSink(t, {
    deaf: true,
    onSocket: (socket, sink) => {
      const isThird = (connections += 1) === 3
      if (!isThird) sink.keep(socket)
      else socket.pause()
      // It answers slowly, so that the next connection is due by then and one more stands ready.
      if (!isThird) socket.on('end', () => setTimeout(() => socket.end(), 50))
      else setTimeout(() => socket.resetAndDestroy(), 4000)
    },
  })
  const delivery = recorder()
  const receipt = (place: { queue: string; sequence: number }) => {
    read.push(...numbersIn(sink))
    delivery.receipt(place)
    const missing = numbersOf(...range(place.sequence)).filter((one) => !read.includes(one))
    t.same(missing, [], `receipt for ${place.sequence}`)
  }
  const feed = new Feed()
  const options = { receiptWindow: 500, timeout: 10_000 }
  const done = oftenTo(sink, options).deliver(feed, { ...delivery, receipt }, live())
  void trickle(feed, 200, 40)
  await t.rejects(done, { code: 'lost' })
  t.ok(delivery.receipts.length >= 1)
  feed.end()
})

for (const mostConnections of [undefined, 1]) {
  const which = mostConnections === undefined ? '' : ', and takes one at a time'
  t.test(`a receiver that closes idle connections before proof is due${which}`, async (t) => {
    const sink = await startSink(t, {
      ...(mostConnections === undefined ? {} : { mostConnections }),
      onSocket: (socket, sink) => {
        sink.keep(socket)
        socket.setTimeout(4000, () => socket.end())
      },
    })
    const delivery = recorder()
    const destination = oftenTo(sink, { receiptEvery: 60_000 })
    await t.rejects(destination.deliver(new Feed(numbered(1)), delivery, live()), {
      code: 'lost',
      retryAfter: 1000,
      message: /had been idle for 4.* s: it was stopped, or .* proof is asked for after 2.* s/,
    })
    t.same(delivery.receipts, [])
    const feed = new Feed(numbered(1))
    const done = destination.deliver(feed, delivery, live())
    await Promise.race([delivery.received(1), done])
    t.same(delivery.receipts, [1])
    feed.end()
    await done
  })
}

t.test('one that has answered and takes no byte any more is not sent the same again', async (t) => {
  let reads = true
  let bytes = 0
  const sink = await startSink(t, {
    deaf: true,
    onSocket: (socket, sink) => {
      if (!reads) {
        socket.pause()
        return
      }
      sink.keep(socket)
      socket.on('end', () => socket.end())
    },
  })
  const destination = oftenTo(sink, { timeout: 300 })
  const delivery = recorder()
  const big = Array.from({ length: 3000 }, (_, index) => cefLine(index, 'x'.repeat(7000)))
  const run = (blocks: AsyncIterable<Block>) => destination.deliver(blocks, delivery, live())
  const small = new Feed(numbered(1))
  small.end()
  await run(small)
  reads = false
  await t.rejects(run(new Feed(blockOf(2, big))), { code: 'timeout', message: /took nothing/ })
  for (const socket of sink.sockets) socket.destroy()
  for (let time = 0; time < 3; time += 1) {
    await t.rejects(run(new Feed(blockOf(2, big))), { code: 'timeout', message: /half-close/ })
  }
  for (const socket of sink.sockets) bytes += socket.readableLength + socket.bytesRead
  t.equal(bytes, 0, 'only asked whether it reads')
  t.same(delivery.receipts, [1])
})

t.test('a receiver of one connection at a time', async (t) => {
  const sink = await startSink(t, { mostConnections: 1 })
  const delivery = recorder()
  const feed = new Feed()
  const done = oftenTo(sink, { receiptEvery: 60_000, receiptWindow: 20 }).deliver(
    feed,
    delivery,
    live(),
  )
  for (const sequence of range(60)) {
    feed.add(numbered(sequence))
    await pause(60)
  }
  feed.end()
  await done
  t.same(numbersIn(sink), numbersOf(...range(60)))
  t.ok(delivery.receipts.length >= 2)
  t.equal(delivery.receipts.at(-1), 60)
})

t.test('a listener that is gone: what is out is proven, then it is said', async (t) => {
  const sink = await startSink(t)
  const delivery = recorder()
  const feed = new Feed()
  const done = oftenTo(sink, { receiptEvery: 60_000, receiptWindow: 20 }).deliver(
    feed,
    delivery,
    live(),
  )
  feed.add(numbered(1))
  await sink.until(10)
  sink.closeListener()
  void trickle(feed, 40, 20)
  await t.rejects(done, { code: 'refused', message: /nothing listens/ })
  t.same(delivery.receipts.length, 1)
  t.equal(numbersIn(sink).length, 10 * (delivery.receipts[0] ?? 0) + 10)
})

t.test('two windows and no more are unconfirmed', async (t) => {
  const sink = await startSink(t, { deaf: true })
  const delivery = recorder()
  const feed = new Feed(...range(200).map((sequence) => numbered(sequence)))
  const options = { receiptEvery: 60_000, receiptWindow: 20, timeout: 3000 }
  await t.rejects(oftenTo(sink, options).deliver(feed, delivery, live()), { code: 'timeout' })
  t.same(delivery.receipts, [])
  // A window grows to eight times what was asked for, and by the block that fills it.
  const most = 2 * (8 * 20 + 10)
  t.ok(numbersIn(sink).length <= most, `${numbersIn(sink).length} of ${most}`)
  t.equal(sink.connections, 2)
})

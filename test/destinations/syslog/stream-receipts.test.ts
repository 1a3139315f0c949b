/**
 * Receipts by half-close, end to end: each line once, its receipt when it was read, and nothing twice
 * after an orderly end.
 */
import { spawn } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { networkInterfaces } from 'node:os'
import { createInterface } from 'node:readline'
import { setTimeout as pause } from 'node:timers/promises'
import t from 'tap'
import { makeAuthority } from '../../helpers/certificates.ts'
import {
  ascending,
  numbered,
  numberOf,
  numbersIn,
  numbersOf,
  often,
  oftenTo,
  range,
  trickle,
} from '../../helpers/numbered.ts'
import { findProgram, needs } from '../../helpers/peers.ts'
import { blockOf, cefLine, Feed, recorder, startSink } from '../../helpers/sink.ts'
import { syslogTo } from '../../helpers/syslog-options.ts'

const live = () => new AbortController().signal
const hasIPv6 = Object.values(networkInterfaces()).some((addresses) =>
  addresses?.some(({ address }) => address === '::1'),
)

t.test('over many connections each line arrives once, in order on each', async (t) => {
  const connections: number[][] = []
  const sink = await startSink(t, {
    onSocket: (socket, sink) => {
      let text = ''
      const seen: number[] = []
      connections.push(seen)
      sink.keep(socket)
      socket.on('data', (data) => {
        text += data.toString()
        for (; text.includes('\n'); text = text.slice(text.indexOf('\n') + 1)) {
          seen.push(numberOf(text))
        }
      })
    },
  })
  const delivery = recorder()
  const feed = new Feed()
  const done = oftenTo(sink).deliver(feed, delivery, live())
  await trickle(feed, 40, 80)
  await done
  t.same(ascending(numbersIn(sink)), numbersOf(...range(40)))
  t.ok(sink.connections >= 3, `${sink.connections} connections`)
  for (const seen of connections) t.same(seen, ascending(seen))
  t.same(delivery.receipts, ascending(delivery.receipts))
  t.equal(delivery.receipts.at(-1), 40)
  t.ok(delivery.receipts.length >= 3)
  t.ok(delivery.proofs.every((proof) => proof === 'half-close'))
  t.equal(delivery.connections.length, 1, 'the same address is said once')
})

t.test('IPv6', { skip: hasIPv6 ? false : 'there is no ::1' }, async (t) => {
  const sink = await startSink(t, { host: '::1' })
  const delivery = recorder()
  const feed = new Feed(numbered(1))
  const done = syslogTo(`tcp://[::1]:${sink.port}`, often).deliver(feed, delivery, live())
  await delivery.received(1)
  feed.end()
  await done
  t.same(numbersIn(sink), numbersOf(1))
})

t.test('TLS, by both versions', needs('openssl'), async (t) => {
  const authority = await makeAuthority(t.testdir())
  const { cert, key } = await authority.sign('localhost')
  for (const maxVersion of ['TLSv1.2', 'TLSv1.3'] as const) {
    const tls = { cert: readFileSync(cert), key: readFileSync(key), maxVersion }
    const sink = await startSink(t, { tls })
    const delivery = recorder()
    const feed = new Feed()
    const options = { ...often, framing: 'lf', tls: { ca: authority.cert } } as const
    const url = `tls://127.0.0.1:${sink.port}`
    const done = syslogTo(url, options).deliver(feed, delivery, live())
    await trickle(feed, 30, 80)
    await done
    t.same(ascending(numbersIn(sink)), numbersOf(...range(30)), maxVersion)
    t.ok(sink.connections >= 3, `${sink.connections} connections`)
    t.equal(delivery.receipts.at(-1), 30)
  }
})

t.test('a part of a block is named in its receipt', async (t) => {
  const sink = await startSink(t)
  const delivery = recorder()
  const places: unknown[] = []
  const feed = new Feed({ ...numbered(1), upTo: 10 })
  feed.end()
  const receipt = (place: unknown) => void places.push(place)
  await oftenTo(sink).deliver(feed, { ...delivery, receipt }, live())
  t.same(places, [{ queue: 'alerts', sequence: 1, upTo: 10 }])
})

t.test('lines that cannot be sent go with those before them', async (t) => {
  const sink = await startSink(t)
  const delivery = recorder()
  const unsendable = (sequence: number) => blockOf(sequence, ['x'.repeat(9000)])
  const feed = new Feed(unsendable(1), numbered(2), unsendable(3))
  const done = oftenTo(sink).deliver(feed, delivery, live())
  await delivery.received(3)
  t.same(delivery.receipts, [1, 3])
  feed.end()
  await done
  t.equal(delivery.rejects.length, 2)
})

t.test('abort proves what is out: an orderly restart sends nothing twice', async (t) => {
  const sink = await startSink(t)
  const destination = oftenTo(sink)
  const delivery = recorder()
  for (let from = 1; from <= 21; from += 10) {
    const abort = new AbortController()
    const feed = new Feed(...range(10).map((offset) => numbered(from - 1 + offset)))
    const done = destination.deliver(feed, delivery, abort.signal)
    await sink.until(10 * (from + 9))
    abort.abort()
    await done
    t.equal(delivery.receipts.at(-1), from + 9)
  }
  t.same(numbersIn(sink), numbersOf(...range(30)))
})

t.test(
  'abort while the receiver does not read ends in bounded time, without a receipt',
  async (t) => {
    const sink = await startSink(t, { onSocket: (socket) => socket.pause() })
    const delivery = recorder()
    const big = Array.from({ length: 2000 }, (_, index) => cefLine(index, 'x'.repeat(7000)))
    const abort = new AbortController()
    const destination = oftenTo(sink, { timeout: 60_000 })
    const done = destination.deliver(new Feed(blockOf(1, big)), delivery, abort.signal)
    await pause(200)
    abort.abort()
    await done
    t.same(delivery.receipts, [])
  },
)

t.test('an idle connection is left alone, and its end is no loss', async (t) => {
  const sink = await startSink(t)
  const delivery = recorder()
  const feed = new Feed(numbered(1))
  const done = oftenTo(sink).deliver(feed, delivery, live())
  await delivery.received(1)
  const { connections } = sink
  await pause(1500)
  t.equal(sink.connections, connections)
  for (const socket of sink.sockets) socket.end()
  await t.rejects(done, { code: 'lost', message: /closed the connection/ })
  t.same(delivery.receipts, [1])
})

t.test('a slow reader', async (t) => {
  const sink = await startSink(t, {
    onSocket: (socket, sink) => {
      sink.keep(socket)
      socket.on('data', () => {
        socket.pause()
        setTimeout(() => socket.resume(), 10)
      })
    },
  })
  const delivery = recorder()
  const lines = range(500).map((number) => cefLine(number, 'x'.repeat(7000)))
  const feed = new Feed(blockOf(1, lines))
  feed.end()
  await oftenTo(sink, { timeout: 500 }).deliver(feed, delivery, live())
  t.same(delivery.receipts, [1])
  t.same(numbersIn(sink), range(500))
})

const byteByByte = `
import socket
listener = socket.create_server(('127.0.0.1', 0))
print(listener.getsockname()[1], flush=True)
count = 0
connection, _ = listener.accept()
while connection.recv(1): count += 1
connection.close()
print(count, flush=True)
`

t.test('a reader that takes a byte at a time', needs('python3'), async (t) => {
  const reader = spawn(findProgram('python3') ?? 'python3', ['-c', byteByByte])
  t.teardown(() => void reader.kill())
  const printed = createInterface(reader.stdout)[Symbol.asyncIterator]()
  const next = async () => Number((await printed.next()).value)
  const url = `tcp://127.0.0.1:${await next()}`
  const delivery = recorder()
  const lines = range(200).map((number) => cefLine(number, 'x'.repeat(1500)))
  const feed = new Feed(blockOf(1, lines))
  feed.end()
  const destination = syslogTo(url, { ...often, timeout: 10_000 })
  const done = destination.deliver(feed, delivery, live())
  await done
  t.same(delivery.receipts, [1])
  const header = '<164>Jan  8 11:07:53 auditor '
  const bytes = lines.reduce((sum, line) => sum + header.length + line.length + 1, 0)
  t.equal(await next(), bytes)
})

/**
 * Receivers that take a connection and end it at the first bytes: those that want TLS or the other
 * framing. The third time the error names the likely causes; a TLS alert does so at once.
 */
import { readFile } from 'node:fs/promises'
import type { Socket } from 'node:net'
import t from 'tap'
import type { Test } from 'tap'
import type { Destination } from '../../../src/core.ts'
import type { Connection } from '../../../src/destinations/syslog/connection.ts'
import type { Target } from '../../../src/destinations/syslog/target.ts'
import { TurnedAway } from '../../../src/destinations/syslog/turned-away.ts'
import { asCefline, error } from '../../../src/error.ts'
import type { CeflineError } from '../../../src/error.ts'
import { makeAuthority } from '../../helpers/certificates.ts'
import { numbered } from '../../helpers/numbered.ts'
import { netwrixLine } from '../../helpers/netwrix-lines.ts'
import { needs } from '../../helpers/peers.ts'
import { blockOf, Feed, recorder, startSink } from '../../helpers/sink.ts'
import { startSyslogNg } from '../../helpers/syslog-ng.ts'
import { syslogTo } from '../../helpers/syslog-options.ts'

const causes =
  /each connection ends soon after the first bytes, with nothing received: .*its own log says which$/
const bare = /(closed|broke) the connection.*: what has no receipt is sent again$/

/** The errors of so many runs in a row, each with the same block. */
async function failures(destination: Destination, runs: number): Promise<CeflineError[]> {
  const thrown: CeflineError[] = []
  for (let run = 0; run < runs; run += 1) {
    const { signal } = new AbortController()
    const failed = destination.deliver(new Feed(numbered(1)), recorder(), signal)
    await failed.catch((failure: unknown) => thrown.push(asCefline(failure)))
  }
  return thrown
}

/** Twice the bare error, from then on the causes, which are given back. */
async function thirdTime(t: Test, destination: Destination): Promise<string> {
  const [first, second, third, fourth] = await failures(destination, 4)
  t.match(first, { code: 'lost', message: bare })
  t.match(second, { code: 'lost', message: bare })
  t.match(third, { code: 'lost', message: causes })
  t.match(fourth, { code: 'lost', message: causes })
  return third?.message ?? ''
}

t.test('plain TCP to a port of TLS', needs('openssl'), async (t) => {
  const server = await (await makeAuthority(t.testdir())).sign('localhost')
  const tls = { cert: await readFile(server.cert), key: await readFile(server.key) }
  for (const receiptEvery of [0, 30_000]) {
    await t.test(`receiptEvery ${receiptEvery}`, async (t) => {
      const sink = await startSink(t, { tls })
      const url = `tcp://127.0.0.1:${sink.port}`
      const message = await thirdTime(t, syslogTo(url, { receiptEvery }))
      t.match(message, 'this port wants TLS (tls:// in destinations.siem.url)')
      t.equal(sink.received(), '')
    })
  }
})

t.test('syslog-ng counts, and is sent lines', needs('syslog-ng'), async (t) => {
  const peer = await startSyslogNg(t, { transport: 'tcp', framing: 'octet-counting' })
  const options = { framing: 'lf', receiptEvery: 30_000 } as const
  const message = await thirdTime(t, syslogTo(`tcp://127.0.0.1:${peer.port}`, options))
  t.match(message, 'destinations.siem.framing: octet-counting or lf')
  t.same(await peer.messages(), [])
})

t.test('a TLS alert on plain TCP is proof, the next time too', async (t) => {
  let isSaid = true
  const sink = await startSink(t, {
    onSocket: (socket) =>
      socket.once('data', () => {
        if (isSaid) socket.end(Buffer.from([21, 3, 1, 0, 2, 2, 70]))
        else socket.resetAndDestroy()
        isSaid = false
      }),
  })
  const message = /answers with a TLS alert, so this port speaks TLS: use tls:\/\/ in destinations/
  const seen = await failures(syslogTo(`tcp://127.0.0.1:${sink.port}`), 2)
  t.match(seen, [
    { code: 'tls', message },
    { code: 'tls', message },
  ])
})

t.test('what is said that is no alert is not looked at', async (t) => {
  for (const said of [
    Buffer.from([21]),
    Buffer.from([21, 3, 1, 1, 2, 2, 70]),
    Buffer.from('220'),
  ]) {
    const sink = await startSink(t, {
      onSocket: (socket) => socket.once('data', () => socket.end(said)),
    })
    const seen = await failures(syslogTo(`tcp://127.0.0.1:${sink.port}`), 1)
    t.match(seen, [{ code: 'lost', message: bare }])
  }
})

t.test('one that has received is never suspected', async (t) => {
  let isTurning = false
  const sink = await startSink(t, {
    onSocket: (socket: Socket, sink) => {
      if (isTurning) socket.once('data', () => socket.resetAndDestroy())
      else sink.keep(socket)
    },
  })
  const destination = syslogTo(`tcp://127.0.0.1:${sink.port}`)
  const feed = new Feed(numbered(1))
  feed.end()
  const delivery = recorder()
  await destination.deliver(feed, delivery, new AbortController().signal)
  t.same(delivery.receipts, [1])
  isTurning = true
  for (const { message } of await failures(destination, 4)) t.match(message, bare)
})

t.test('a block of which nothing can be sent shows nothing of it', async (t) => {
  for (const receiptEvery of [0, 30_000]) {
    const sink = await startSink(t, {
      onSocket: (socket: Socket) => socket.once('data', () => socket.resetAndDestroy()),
    })
    const url = `tcp://127.0.0.1:${sink.port}`
    const destination = syslogTo(url, { payload: 'snare', receiptEvery })
    const unsent = recorder()
    const feed = new Feed(blockOf(1, ['CEF:0|Cado|Response|1.0|timeline|File created|3| fname=a']))
    feed.end()
    await destination.deliver(feed, unsent, new AbortController().signal)
    t.same(unsent.receipts, [1])
    t.match(unsent.rejects, [{ code: 'record' }])
    const seen: string[] = []
    for (let run = 0; run < 3; run += 1) {
      const feed = new Feed(blockOf(2, [netwrixLine({})]))
      const failed = destination.deliver(feed, recorder(), new AbortController().signal)
      await failed.catch((failure: unknown) => seen.push(asCefline(failure).message))
    }
    t.match(seen, [bare, bare, causes])
  }
})

t.test('over TLS only the framing and the address are left', needs('openssl'), async (t) => {
  const authority = await makeAuthority(t.testdir())
  const server = await authority.sign('localhost')
  const tls = { cert: await readFile(server.cert), key: await readFile(server.key) }
  const sink = await startSink(t, {
    tls,
    onSocket: (socket) => socket.once('data', () => socket.end()),
  })
  const options = { tls: { ca: authority.cert } }
  const message = await thirdTime(t, syslogTo(`tls://127.0.0.1:${sink.port}`, options))
  t.notMatch(message, 'wants TLS')
  t.match(message, 'it wants the other framing')
})

t.test('it counts in a row only, what broke soon after a write', async (t) => {
  const target = { place: 'destinations.siem', transport: 'tcp' } as unknown as Target
  const away = new TurnedAway(target)
  const fail = (failure: CeflineError, brokeAfter?: number): string => {
    const connection = { failed: AbortSignal.abort(failure), brokeAfter } as unknown as Connection
    return asCefline(away.explain(failure, connection)).message
  }
  const lost = error('lost', 'lost', { retryAfter: 7 })
  const twice = () => t.same([fail(lost, 1), fail(lost, 1)], ['lost', 'lost'])
  twice()
  t.equal(asCefline(away.explain(error('refused', 'down'), undefined)).message, 'down')
  twice()
  t.equal(fail(error('timeout', 'hangs'), 1), 'hangs')
  twice()
  t.equal(fail(lost, 60_000), 'lost', 'one that stood')
  twice()
  t.equal(fail(lost), 'lost', 'nothing was written: neither here nor there')
  t.match(fail(lost, 1), causes)
})

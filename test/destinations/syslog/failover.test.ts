/**
 * Several urls, on real sockets: a loop that keeps the contract of `forward` delivers to receivers
 * that come and go.
 */
import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { createServer } from 'node:net'
import type { AddressInfo, Socket } from 'node:net'
import { createServer as createSecureServer } from 'node:tls'
import type { TlsOptions } from 'node:tls'
import t from 'tap'
import type { Block, Delivery, Notice } from '../../../src/core.ts'
import { Failover } from '../../../src/destinations/syslog/failover.ts'
import { usualTimes } from '../../../src/destinations/syslog/health.ts'
import type { Times } from '../../../src/destinations/syslog/health.ts'
import { makeRoute } from '../../../src/destinations/syslog/route.ts'
import type { Route } from '../../../src/destinations/syslog/route.ts'
import { asCefline, error } from '../../../src/error.ts'
import { pause } from '../../../src/pipeline/retry.ts'
import { makeAuthority } from '../../helpers/certificates.ts'
import { eventually, freePort } from '../../helpers/daemon.ts'
import { needs } from '../../helpers/peers.ts'
import { blockOf, cefLine, Feed, recorder, startSink, startUdpSink } from '../../helpers/sink.ts'
import { syslogOptions, syslogTo } from '../../helpers/syslog-options.ts'
import type { Some } from '../../helpers/syslog-options.ts'

interface Stoppable {
  teardown(end: () => unknown): void
}

/** A receiver on one port that goes down, comes up again, and may break what is sent to it. */
class Receiver {
  readonly sockets = new Set<Socket>()
  readonly lines: string[] = []
  connections = 0
  /** Connections that ended in good order. */
  ended = 0
  /** Connections that brought an event; probes are those that did not. */
  deliveries = 0
  port = 0
  /** Breaks every connection at its first byte. */
  breaks = false
  readonly #tls: TlsOptions | undefined
  #server: ReturnType<typeof createServer> | undefined

  constructor(tls?: TlsOptions) {
    this.#tls = tls
  }

  async up(t: Stoppable): Promise<void> {
    const server = this.#tls
      ? createSecureServer(this.#tls, (socket) => this.#read(socket))
      : createServer((socket) => this.#read(socket))
    server.on('tlsClientError', () => (this.connections += 1))
    server.listen(this.port, '127.0.0.1')
    await once(server, 'listening')
    this.port = (server.address() as AddressInfo).port
    this.#server = server
    t.teardown(() => this.down())
  }

  /** As a killed program: what stands is reset, and nobody listens. */
  async down(): Promise<void> {
    const server = this.#server
    this.#server = undefined
    this.breakAll()
    if (server) await new Promise((resolve) => server.close(resolve))
  }

  breakAll(): void {
    for (const socket of this.sockets) {
      // A reset while a shutdown is under way fails, and Node then never closes the handle.
      if (this.#tls || socket.writableEnded) socket.destroy()
      else socket.resetAndDestroy()
    }
  }

  #read(socket: Socket): void {
    let text = ''
    this.connections += 1
    this.sockets.add(socket)
    socket.on('close', () => this.sockets.delete(socket))
    socket.on('error', () => socket.destroy())
    socket.on('end', () => (this.ended += 1))
    socket.once('data', () => (this.deliveries += 1))
    socket.on('data', (data: Buffer) => {
      if (this.breaks) {
        socket.resetAndDestroy()
        return
      }
      const lines = (text + data.toString()).split('\n')
      text = lines.pop() ?? ''
      this.lines.push(...lines.map((line) => /line \d+$/.exec(line)?.[0] ?? line))
    })
  }
}

async function receivers(t: Stoppable, ...states: ('up' | 'down')[]): Promise<Receiver[]> {
  return Promise.all(
    states.map(async (state) => {
      const receiver = new Receiver()
      if (state === 'up') await receiver.up(t)
      else receiver.port = await freePort()
      return receiver
    }),
  )
}

/** Everything in hundredths. */
const quick: Times = {
  hold: { first: 20, most: 200 },
  stood: usualTimes.stood,
  again: 20,
  settled: usualTimes.settled,
  mostFailBack: 1000,
  probeEvery: { least: 15, most: 100 },
}

interface Setup {
  options?: Some
  times?: Partial<Times>
  failBack?: number
}

function routesTo(urls: string[], options: Some = {}): readonly [Route, ...Route[]] {
  const all = syslogOptions(urls, { framing: 'lf', ...options })
  const header = { ...all, facility: 20, hostname: 'auditor' }
  const made = urls.map((url) =>
    makeRoute(url, { ...all, place: 'destinations.siem', byHand: all, header }),
  )
  return made as [Route, ...Route[]]
}

function failoverOf(urls: string[], { options, times, failBack = 60 }: Setup = {}): Failover {
  return new Failover(routesTo(urls, options), { failBack, times: { ...quick, ...times } })
}

/** What the loop has seen, in order: notices, connections, and errors with what follows. */
type Message = Pick<Notice, 'level' | 'message'>

/** Blocks that wait for their receipts, and a loop that runs `deliver` again from the last one. */
class Loop {
  readonly messages: Message[] = []
  readonly #failover: Failover
  readonly #ending = new AbortController()
  readonly #done: Promise<void>
  readonly #blocks: Block[] = []
  /** Blocks that have their receipt. */
  #received = 0
  #lines = 0
  #wake = () => {}

  constructor(failover: Failover) {
    this.#failover = failover
    this.#done = this.#run()
  }

  async end(): Promise<void> {
    this.#ending.abort()
    await this.#done
  }

  /** So many lines more, ten in each block. */
  add(count: number): string[] {
    const added: string[] = []
    for (let block = 0; block < count / 10; block += 1) {
      const lines = Array.from({ length: 10 }, () => `line ${(this.#lines += 1)}`)
      this.#blocks.push(blockOf(this.#blocks.length + 1, lines))
      added.push(...lines)
    }
    this.#wake()
    return added
  }

  said(pattern: RegExp): Message[] {
    return this.messages.filter(({ message }) => pattern.test(message))
  }

  /** Resolves when everything has its receipt. */
  async received(): Promise<void> {
    await eventually(
      async () => this.#received === this.#blocks.length || undefined,
      () => `${this.#received} of ${this.#blocks.length} received: ${this.#history()}`,
    )
  }

  /** Resolves when something was said this often. */
  async until(pattern: RegExp, times = 1): Promise<void> {
    await eventually(
      async () => this.said(pattern).length >= times || undefined,
      () => `no ${String(pattern)} in ${this.#history()}`,
    )
  }

  async #run(): Promise<void> {
    const { signal } = this.#ending
    const say = (level: Notice['level'], message: string) => this.messages.push({ level, message })
    const delivery: Delivery = {
      proof: () => {},
      reject: () => {},
      receipt: ({ sequence }) => (this.#received = Math.max(this.#received, sequence)),
      connected: (detail) => say('info', `connected to ${detail}`),
      notice: ({ level, message }) => say(level, message),
    }
    while (!signal.aborted) {
      const over = new AbortController()
      try {
        await this.#failover.deliver(this.#from(this.#received, over.signal), delivery, signal)
      } catch (thrown) {
        const { message, retryAfter } = asCefline(thrown)
        say('error', message)
        await pause(retryAfter ?? 100, signal)
      } finally {
        over.abort()
        this.#wake()
      }
    }
  }

  async *#from(received: number, signal: AbortSignal): AsyncGenerator<Block, void, void> {
    for (let at = received; !signal.aborted;) {
      const block = this.#blocks[at]
      if (block) {
        at += 1
        yield block
      } else await new Promise<void>((resolve) => (this.#wake = resolve))
    }
  }

  #history(): string {
    return JSON.stringify(this.messages.slice(-20), null, 2)
  }
}

function deliverTo(t: Stoppable, urls: string[], setup?: Setup): Loop {
  const loop = new Loop(failoverOf(urls, setup))
  t.teardown(() => loop.end())
  return loop
}

const tcp = ({ port }: Receiver) => `tcp://127.0.0.1:${port}`

t.test('the first is down at the start: the second takes everything', async (t) => {
  const [first, second] = await receivers(t, 'down', 'up')
  if (!first || !second) return
  const run = deliverTo(t, [tcp(first), tcp(second)])
  const lines = run.add(50)
  await run.received()
  await run.end()
  t.same(second.lines, lines)
  t.match(run.said(/going on with/), [
    { level: 'error', message: `${tcp(first)} refused the connection` },
  ])
  t.match(run.said(/going on with/)[0]?.message, `; going on with ${tcp(second)}`)
  const changes = run.said(/takes the events/)
  t.equal(changes.length, 1, 'the change is said once')
  t.equal(changes[0]?.level, 'warn')
  t.match(
    changes[0]?.message,
    `${tcp(second)} takes the events in place of ${tcp(first)}: ${tcp(first)} refused the connection`,
  )
})

t.test('the first dies in the middle: what has no receipt goes to the second', async (t) => {
  const [first, second] = await receivers(t, 'up', 'up')
  if (!first || !second) return
  const run = deliverTo(t, [tcp(first), tcp(second)])
  const before = run.add(30)
  await run.received()
  const after = run.add(30)
  await eventually(async () => first.lines.length === 60 || undefined, 'the first got no events')
  await first.down()
  await run.received()
  await run.end()
  t.same(first.lines, [...before, ...after])
  t.same(second.lines, after, 'read by the first, but without a receipt')
  t.match(run.said(/one more try there/).length, 1)
  t.equal(run.said(/takes the events/).length, 1)
})

t.test('the first dies again and again while it is sent to: nothing is missing', async (t) => {
  const [first, second] = await receivers(t, 'up', 'up')
  if (!first || !second) return
  const run = deliverTo(t, [tcp(first), tcp(second)], { options: { receiptEvery: 100 } })
  const lines: string[] = []
  for (let death = 0; death < 3; death += 1) {
    const before = first.lines.length
    lines.push(...run.add(100))
    await eventually(async () => first.lines.length > before || undefined, 'the first got nothing')
    await first.down()
    lines.push(...run.add(100))
    await run.received()
    await first.up(t)
    await run.until(/it has answered for/, death + 1)
  }
  const kept = new Set([...first.lines, ...second.lines])
  t.same([...kept].sort(), lines.sort())
})

t.test('the first is restarted: no reason to move', async (t) => {
  const [first, second] = await receivers(t, 'up', 'up')
  if (!first || !second) return
  const run = deliverTo(t, [tcp(first), tcp(second)], { times: { stood: 0 } })
  const lines: string[] = []
  for (let restart = 0; restart < 3; restart += 1) {
    lines.push(...run.add(10))
    await run.received()
    first.breakAll()
    await run.until(/one more try there/, restart + 1)
  }
  lines.push(...run.add(10))
  await run.received()
  t.same(first.lines, lines)
  t.equal(second.connections, 0)
  t.equal(run.said(/takes the events/).length, 0)
})

t.test('all are down, and the second comes back', async (t) => {
  const [first, second, third] = await receivers(t, 'down', 'down', 'down')
  if (!first || !second || !third) return
  const run = deliverTo(t, [tcp(first), tcp(second), tcp(third)])
  const lines = run.add(20)
  await run.until(/none of the 3 urls works, the next try is/, 4)
  for (const { port } of [first, second, third]) {
    t.ok(run.said(new RegExp(`:${port} refused`)).length > 0, 'each is tried')
  }
  await second.up(t)
  await run.received()
  await run.end()
  t.same(second.lines, lines)
  t.match(run.said(/takes the events/), [
    { message: `${tcp(second)} takes the events in place of` },
  ])
})

for (const [proof, receiptEvery] of [
  ['half-close', 100],
  ['a connection that lives', 0],
] as const) {
  t.test(`fail-back, after several probes and in good order; receipts by ${proof}`, async (t) => {
    const [first, second] = await receivers(t, 'down', 'up')
    if (!first || !second) return
    const run = deliverTo(t, [tcp(first), tcp(second)], { options: { receiptEvery } })
    const before = run.add(20)
    await run.received()
    await first.up(t)
    await run.until(/it has answered for/)
    t.ok(first.connections >= 4, 'three probes at least, and the delivery')
    const after = run.add(20)
    await run.received()
    await run.end()
    t.same(second.lines, before, 'what was out had its receipt before the end')
    t.same(first.lines, after)
    t.equal(second.ended, second.connections, 'its connection was ended in good order')
    t.ok(first.deliveries < first.connections - 2, 'no probe sends a byte')
    t.equal(first.ended, first.connections, 'nor ends otherwise than in good order')
    t.match(run.said(/takes the events/), [
      { level: 'warn', message: `${tcp(second)} takes the events in place of ${tcp(first)}: ` },
      {
        level: 'info',
        message: `${tcp(first)} takes the events in place of ${tcp(second)}, which it comes before: it has answered for`,
      },
    ])
  })
}

t.test('of three, the best that works is gone back to', async (t) => {
  const [first, second, third] = await receivers(t, 'down', 'down', 'up')
  if (!first || !second || !third) return
  const run = deliverTo(t, [tcp(first), tcp(second), tcp(third)])
  run.add(10)
  await run.received()
  t.equal(third.lines.length, 10)
  await second.up(t)
  await run.until(/it has answered for/, 1)
  run.add(10)
  await run.received()
  t.equal(second.lines.length, 10)
  await first.up(t)
  await run.until(/it has answered for/, 2)
  run.add(10)
  await run.received()
  t.equal(first.lines.length, 10)
})

t.test('a first that takes connections and breaks them is gone back to ever later', async (t) => {
  const [first, second] = await receivers(t, 'up', 'up')
  if (!first || !second) return
  first.breaks = true
  const run = deliverTo(t, [tcp(first), tcp(second)])
  const lines = run.add(10)
  await run.received()
  for (const [index, required] of ['0.1 s', '0.2 s', '0.5 s', '1 s'].entries()) {
    await run.until(/it has answered for/, index + 1)
    lines.push(...run.add(10))
    await run.until(new RegExp(`gone back to too early: ${required} next time`))
    await run.received()
  }
  t.same(second.lines, lines, 'nothing is lost and nothing twice')
  t.equal(run.said(/takes the events/).length, 9)
  first.breaks = false
  await run.until(/it has answered for 1 s/)
  const last = run.add(10)
  await run.received()
  t.same(first.lines, last)
})

t.test('TLS', needs('openssl'), async (t) => {
  const authority = await makeAuthority(t.testdir())
  const { cert, key } = await authority.sign('localhost')
  const served: TlsOptions = { cert: readFileSync(cert), key: readFileSync(key) }
  const tls = { ca: authority.cert }

  await t.test(
    'a first that refuses the client certificate is left, and not gone back to',
    async (t) => {
      const first = new Receiver({
        ...served,
        ca: readFileSync(authority.cert),
        requestCert: true,
        rejectUnauthorized: true,
      })
      const second = new Receiver(served)
      await first.up(t)
      await second.up(t)
      const urls = [first, second].map(({ port }) => `tls://127.0.0.1:${port}`)
      const run = deliverTo(t, urls, { options: { tls } })
      const lines = run.add(20)
      await run.received()
      t.match(run.said(/going on with/)[0]?.message, /wants a client certificate/)
      await eventually(async () => first.connections > 6 || undefined, 'it is not probed')
      t.same(second.lines, lines)
      t.equal(run.said(/it has answered for/).length, 0)
    },
  )

  await t.test('fail-back over TLS', async (t) => {
    const first = new Receiver(served)
    const second = new Receiver(served)
    first.port = await freePort()
    await second.up(t)
    const urls = [first, second].map(({ port }) => `tls://127.0.0.1:${port}`)
    const run = deliverTo(t, urls, { options: { tls } })
    const before = run.add(10)
    await run.received()
    await first.up(t)
    await run.until(/it has answered for/)
    const after = run.add(10)
    await run.received()
    t.same(second.lines, before)
    t.same(first.lines, after)
  })
})

t.test('certificate files that cannot be read stop only the urls that need them', async (t) => {
  const [second] = await receivers(t, 'up')
  if (!second) return
  const tls = { ca: '/nowhere/ca.pem' }
  const run = deliverTo(t, ['tls://127.0.0.1:6514', tcp(second)], { options: { tls } })
  const lines = run.add(10)
  await run.received()
  t.same(second.lines, lines)
  t.match(run.said(/going on with/)[0]?.message, /tls\.ca: cannot read \/nowhere\/ca\.pem/)
})

t.test('UDP as the last resort, until the first is back', async (t) => {
  const [first] = await receivers(t, 'down')
  if (!first) return
  const sink = await startUdpSink(t)
  const run = deliverTo(t, [tcp(first), `udp://127.0.0.1:${sink.port}`])
  run.add(10)
  await run.received()
  await sink.until(10)
  await first.up(t)
  await run.until(/it has answered for/)
  const after = run.add(10)
  await run.received()
  t.same(first.lines, after)
  t.equal(sink.lines().length, 10)
})

t.test('with one url its errors pass as they are', async (t) => {
  const failure = error('lost', 'broken')
  const [route] = routesTo(['tcp://127.0.0.1:1'])
  const failing: Route = { ...route, deliver: async () => Promise.reject(failure) }
  const failover = new Failover([failing], { failBack: 60 })
  const { signal } = new AbortController()
  await t.rejects(failover.deliver(new Feed(), recorder(), signal), failure)
  const thrown = await failover.deliver(new Feed(), recorder(), signal).catch((own: unknown) => own)
  t.equal(thrown, failure)
})

t.test('blocks that cannot be read are no fault of a url', async (t) => {
  const [first, second] = await receivers(t, 'up', 'up')
  if (!first || !second) return
  const failover = failoverOf([tcp(first), tcp(second)])
  const failure = error('spool-damaged', 'a torn block')
  const blocks: AsyncIterable<Block> = {
    async *[Symbol.asyncIterator]() {
      yield blockOf(1, [cefLine(1)])
      throw failure
    },
  }
  const { signal } = new AbortController()
  for (let run = 0; run < 3; run += 1) {
    const thrown = await failover.deliver(blocks, recorder(), signal).catch((own: unknown) => own)
    t.equal(thrown, failure)
  }
  t.equal(first.connections, 3)
  t.equal(second.connections, 0)
})

t.test('abort in every state ends at once and leaves nothing behind', async (t) => {
  const [down, up] = await receivers(t, 'down', 'up')
  const silent = createServer((socket) => void held.push(socket))
  const held: Socket[] = []
  t.teardown(() => {
    for (const socket of held) socket.destroy()
    silent.close()
  })
  silent.listen(0, '127.0.0.1')
  await once(silent, 'listening')
  const { port } = silent.address() as AddressInfo
  if (!down || !up) return
  const handshake = `tls://127.0.0.1:${port}`
  const patient = { times: { probeEvery: { least: 10_000, most: 10_000 } } }
  const resources = () =>
    process.getActiveResourcesInfo().filter((name) => /TCP|Timeout/.test(name))
  const before = resources().length

  const rows: [state: string, urls: string[], setup: Setup, when: () => boolean][] = [
    ['before it began', [tcp(up), tcp(down)], {}, () => true],
    ['in the handshake', [handshake, tcp(up)], {}, () => held.length > 0],
    ['delivering, between two probes', [tcp(down), tcp(up)], patient, () => up.lines.length > 0],
    [
      'delivering, in a probe',
      [handshake, tcp(up)],
      {},
      () => held.length > 0 && up.lines.length > 0,
    ],
  ]
  for (const [state, urls, setup, when] of rows) {
    const failover = failoverOf(urls, { ...setup, options: { timeout: 300 } })
    const ending = new AbortController()
    const { signal } = ending
    const feed = new Feed()
    held.splice(0)
    up.lines.splice(0)
    if (state === 'before it began') ending.abort()
    // The first has failed already where the state is one of the second.
    if (state.startsWith('delivering')) {
      await t.rejects(failover.deliver(feed, recorder(), signal), /going on with/)
      for (const socket of held.splice(0)) socket.destroy()
    }
    feed.add(blockOf(1, [cefLine(1)]))
    const done = failover.deliver(feed, recorder(), signal)
    await eventually(async () => when() || undefined, `never ${state}`)
    ending.abort()
    await done
    for (const socket of held) socket.destroy()
    feed.end()
    await eventually(
      async () => (up.sockets.size === 0 && resources().length <= before) || undefined,
      () => `${state} left ${resources().join(', ')}`,
    )
    t.pass(state)
  }
})

t.test('a first that is exchanged for one that never answers is left for good', async (t) => {
  for (const how of ['silence', 'RST'] as const) {
    let isOther = false
    const exchanged = await startSink(t, {
      deaf: true,
      onSocket: (socket, sink) => {
        sink.keep(socket)
        socket.on('end', () => {
          if (!isOther) socket.end()
          else if (how === 'RST') socket.resetAndDestroy()
        })
      },
    })
    const [second] = await receivers(t, 'up')
    if (!second) return
    const first = `tcp://127.0.0.1:${exchanged.port}`
    const options = { receiptEvery: 1, timeout: 200 }
    const run = deliverTo(t, [first, tcp(second)], { options })
    run.add(10)
    await run.received()
    isOther = true
    for (const socket of exchanged.sockets) socket.end()
    run.add(10)
    await run.received()
    t.equal(run.said(/takes the events in place/).length, 1)
    const sent = exchanged.lines().length
    const probes = exchanged.connections
    await eventually(async () => exchanged.connections >= probes + 4 || undefined, 'no probes')
    t.equal(run.said(/takes the events in place/).length, 1, 'and not gone back to')
    t.equal(exchanged.lines().length, sent)
    await run.end()
  }
})

t.test('a url that hangs is not tried once more before the next', async (t) => {
  const hung = await startSink(t, { onSocket: (socket) => socket.pause() })
  const other = await startSink(t)
  const lines = Array.from({ length: 2000 }, (_, index) => cefLine(index, 'x'.repeat(7000)))
  const urls = [hung, other].map(({ port }) => `tcp://127.0.0.1:${port}`)
  const done = syslogTo(urls, { timeout: 300 }).deliver(
    new Feed(blockOf(1, lines)),
    recorder(),
    new AbortController().signal,
  )
  await t.rejects(done, {
    code: 'timeout',
    retryAfter: 0,
    message: /took nothing.*; going on with/,
  })
})

import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { createServer } from 'node:net'
import type { AddressInfo, Socket } from 'node:net'
import { createServer as createSecureServer } from 'node:tls'
import t from 'tap'
import { answersOf } from '../../../src/destinations/syslog/answers.ts'
import { makeRoute } from '../../../src/destinations/syslog/route.ts'
import { probe } from '../../../src/destinations/syslog/probe.ts'
import { makeAuthority } from '../../helpers/certificates.ts'
import { freePort } from '../../helpers/daemon.ts'
import { needs } from '../../helpers/peers.ts'
import { startUdpSink } from '../../helpers/sink.ts'
import { syslogOptions } from '../../helpers/syslog-options.ts'
import type { Some } from '../../helpers/syslog-options.ts'

interface Stoppable {
  teardown(end: () => unknown): void
}

function targetOf(url: string, options: Some = {}) {
  const all = syslogOptions(url, { timeout: 500, ...options })
  const header = { ...all, facility: 20, hostname: 'auditor' }
  return makeRoute(url, { ...all, place: 'destinations.siem', byHand: all, header }).target
}

const probed = (url: string, options?: Some) =>
  probe(targetOf(url, options), new AbortController().signal)

/** A server that records what it reads and how each connection ends. */
async function serve(
  t: Stoppable,
  onSocket: (socket: Socket) => void = (socket) => socket.resume(),
  tls?: { cert: Buffer; key: Buffer },
) {
  const endings: string[] = []
  const sockets = new Set<Socket>()
  const accept = (socket: Socket) => {
    sockets.add(socket)
    let how = 'closed'
    socket.once('end', () => (how = 'ended'))
    socket.on('error', (failure: NodeJS.ErrnoException) => (how = failure.code ?? 'error'))
    socket.on('close', () => {
      endings.push(how)
      closed()
    })
    onSocket(socket)
  }
  let closed = () => {}
  const server = tls ? createSecureServer(tls, accept) : createServer(accept)
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  t.teardown(async () => {
    for (const socket of sockets) socket.destroy()
    await new Promise((resolve) => server.close(resolve))
  })
  return {
    port: (server.address() as AddressInfo).port,
    /** How the connections ended, when there are so many. */
    async ended(count: number): Promise<string[]> {
      while (endings.length < count) await new Promise<void>((resolve) => (closed = resolve))
      return endings
    },
  }
}

t.test('TCP: connects and ends in good order, without a byte', async (t) => {
  let bytes = 0
  const server = await serve(t, (socket) => socket.on('data', ({ length }) => (bytes += length)))
  await probed(`tcp://127.0.0.1:${server.port}`)
  t.same(await server.ended(1), ['ended'])
  t.equal(bytes, 0)
  await t.rejects(probed(`tcp://127.0.0.1:${await freePort()}`), { code: 'refused' })
  await t.rejects(probed('tcp://no-such-host.invalid'), { code: 'dns' })
})

t.test('a receiver that does not answer our closing is not waited for', async (t) => {
  const silent = createServer({ allowHalfOpen: true }, (socket) => {
    t.teardown(() => socket.destroy())
    socket.on('error', () => {}).resume()
  })
  silent.listen(0, '127.0.0.1')
  await once(silent, 'listening')
  t.teardown(() => silent.close())
  await probed(`tcp://127.0.0.1:${(silent.address() as AddressInfo).port}`)
  t.pass('it is connected to all the same')
})

t.test('one that has answered half-closes must do so again: a hung one is no good', async (t) => {
  let answers = true
  const server = createServer({ allowHalfOpen: true }, (socket) => {
    t.teardown(() => socket.destroy())
    socket.on('error', () => {}).resume()
    socket.on('end', () => answers && socket.end())
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  t.teardown(() => server.close())
  const url = `tcp://127.0.0.1:${(server.address() as AddressInfo).port}`
  const options = { receiptEvery: 1000, timeout: 300 }
  answersOf(targetOf(url, options)).proven()
  await probed(url, options)
  answers = false
  await t.rejects(probed(url, options), { code: 'timeout', message: /half-close/ })
})

t.test('TLS: the whole handshake', needs('openssl'), async (t) => {
  const authority = await makeAuthority(t.testdir())
  const { cert, key } = await authority.sign('localhost')
  const files = { cert: readFileSync(cert), key: readFileSync(key) }
  const server = await serve(t, undefined, files)
  await probed(`tls://127.0.0.1:${server.port}`, { tls: { ca: authority.cert } })
  t.same(await server.ended(1), ['ended'])
  await t.rejects(probed(`tls://127.0.0.1:${server.port}`), { code: 'tls' })
  const plain = await serve(t)
  await t.rejects(probed(`tls://127.0.0.1:${plain.port}`, { tls: { ca: authority.cert } }), {
    code: 'timeout',
  })
  const missing = { tls: { ca: '/nowhere/ca.pem' } }
  await t.rejects(probed(`tls://127.0.0.1:${server.port}`, missing), { code: 'config' })
})

t.test('RELP: the session is opened and closed', async (t) => {
  const read: string[] = []
  const answering = (answer: string) => (socket: Socket) => {
    socket.on('data', (data: Buffer) => {
      for (const [, number = '', command = ''] of data.toString().matchAll(/^(\d+) (\w+) \d+/gm)) {
        read.push(command)
        const text = command === 'open' ? answer : ''
        socket.write(`${number} rsp ${text.length}${text && ` ${text}`}\n`)
        if (command === 'close') socket.end()
      }
    })
  }
  const offers = '200 OK\nrelp_version=0\nrelp_software=test\ncommands=syslog'
  const server = await serve(t, answering(offers))
  await probed(`relp://127.0.0.1:${server.port}`)
  t.same(read, ['open', 'close'])
  t.same(await server.ended(1), ['ended'])

  const refusing = await serve(t, answering('500 no more sessions'))
  await t.rejects(probed(`relp://127.0.0.1:${refusing.port}`), /no more sessions/)
  const silent = await serve(t)
  await t.rejects(probed(`relp://127.0.0.1:${silent.port}`), /is it a RELP port/)
  const other = await serve(t, (socket) => socket.end('220 smtp.example.com ESMTP\r\n'))
  await t.rejects(probed(`relp://127.0.0.1:${other.port}`), /is it a RELP port/)
})

t.test('UDP: a name with an address is all that can be asked for', async (t) => {
  const sink = await startUdpSink(t)
  await probed(`udp://127.0.0.1:${sink.port}`)
  await probed(`udp://127.0.0.1:${await freePort()}`)
  await t.rejects(probed('udp://no-such-host.invalid'), { code: 'dns' })
  t.equal(sink.received(), '')
})

t.test('abort ends it in every step', async (t) => {
  const server = await serve(t)
  const urls = ['tcp', 'tls', 'relp', 'udp'].map((scheme) => `${scheme}://127.0.0.1:${server.port}`)
  for (const url of urls) {
    const ending = new AbortController()
    const done = probe(targetOf(url, { timeout: 60_000 }), ending.signal)
    setTimeout(() => ending.abort(), 50)
    await done.catch((thrown: unknown) => t.equal(thrown, ending.signal.reason))
    t.pass(url)
  }
})

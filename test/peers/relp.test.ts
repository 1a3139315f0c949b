/** RELP against a real rsyslog (imrelp), plain and in TLS, and one that is killed on the way. */
import { join } from 'node:path'
import t from 'tap'
import type { Block } from '../../src/core.ts'
import { fingerprintOf, makeAuthority } from '../helpers/certificates.ts'
import { needs } from '../helpers/peers.ts'
import { startRsyslog } from '../helpers/rsyslog.ts'
import type { Rsyslog } from '../helpers/rsyslog.ts'
import { blockOf, cefLine, Feed, recorder } from '../helpers/sink.ts'
import type { Recorder } from '../helpers/sink.ts'
import { syslogTo } from '../helpers/syslog-options.ts'
import type { Some } from '../helpers/syslog-options.ts'

const live = () => new AbortController().signal

/** Blocks 1 to `count` of so many lines each; what a line says is its number. */
function blocks(count: number, lines: number): Block[] {
  return Array.from({ length: count }, (_, block) =>
    blockOf(
      block + 1,
      Array.from({ length: lines }, (_, line) => cefLine(block * lines + line, 'é'.repeat(150))),
    ),
  )
}

async function deliver(port: number, some: Block[], options: Some = {}): Promise<Recorder> {
  const delivery = recorder()
  const feed = new Feed(...some)
  feed.end()
  const scheme = options.tls ? 'relps' : 'relp'
  await syslogTo(`${scheme}://127.0.0.1:${port}`, options).deliver(feed, delivery, live())
  return delivery
}

/** The numbers of the lines that arrived, in the order of the file. */
async function numbers(peer: Rsyslog, count: number): Promise<number[]> {
  const messages = await peer.messages(count)
  return messages.map(({ msg }) => Number(/externalId=(\d+)/.exec(msg)?.[1]))
}

t.test('plain: every line once, in order', needs('rsyslogd', 'imrelp'), async (t) => {
  const peer = await startRsyslog(t, { transport: 'relp' })
  const delivery = await deliver(peer.port, blocks(20, 500))
  t.equal(delivery.receipts.at(-1), 20)
  t.same(delivery.proofs, ['relp'])
  t.match(delivery.connections, [
    /^relp:\/\/127\.0\.0\.1:\d+ \(127\.0\.0\.1\) RELP librelp [\d.]+$/,
  ])
  t.same(await numbers(peer, 10_000), [...Array(10_000).keys()])
  t.match(await peer.messages(1), [
    { host: 'auditor.example.com', msg: cefLine(0, 'é'.repeat(150)) },
  ])
  // The one that the helper makes to see whether the port is open.
  t.ok(peer.log().split('session broken').length <= 2, 'the session ended in good order')
})

t.test(
  'the largest message that is sent by default arrives whole',
  needs('rsyslogd', 'imrelp'),
  async (t) => {
    const peer = await startRsyslog(t, { transport: 'relp' })
    const delivery = await deliver(peer.port, [
      blockOf(1, [cefLine(1, 'x'.repeat(9000)), cefLine(2)]),
    ])
    t.match(delivery.rejects, [{ line: 0, code: 'cut' }])
    const [first, second] = await peer.messages(2)
    t.match(first?.msg, /externalId=1 msg=x{7900}/)
    t.equal(second?.msg, cefLine(2))
  },
)

t.test('in TLS', needs('rsyslogd', 'imrelp', 'openssl'), async (t) => {
  const folder = t.testdir()
  const authority = await makeAuthority(folder)
  const other = await makeAuthority(folder, 'Other CA')
  const server = await authority.sign('localhost')
  const client = await authority.sign('client.test', { san: 'DNS:client.test' })
  const stranger = await other.sign('client.test', { san: 'DNS:client.test' })
  const ca = authority.cert

  await t.test('client certificate: every line once, in order', async (t) => {
    const peer = await startRsyslog(t, {
      transport: 'relps',
      tls: { server, ca, permittedPeer: 'client.test' },
    })
    const delivery = await deliver(peer.port, blocks(20, 500), { tls: { ca, ...client } })
    t.equal(delivery.receipts.at(-1), 20)
    t.match(delivery.connections, [/^relps:.* TLSv1\.[23] .*, localhost RELP librelp/])
    t.same(await numbers(peer, 10_000), [...Array(10_000).keys()])
    await t.rejects(deliver(peer.port, blocks(1, 1), { tls: { ca } }), { code: 'tls' })
    await t.rejects(deliver(peer.port, blocks(1, 1), { tls: { ca, ...stranger } }), { code: 'tls' })
    t.equal((await peer.messages(10_000)).length, 10_000, 'nothing came from those it refused')
  })

  await t.test('authority and pin', async (t) => {
    const peer = await startRsyslog(t, { transport: 'relps', tls: { server, ca } })
    const one = blocks(1, 1)
    const pinned = await deliver(peer.port, one, { tls: { fingerprint: fingerprintOf(server) } })
    t.same(pinned.receipts, [1])
    const unverified = await deliver(peer.port, one, { tls: { verify: false } })
    t.match(unverified.notices, [{ code: 'tls', message: /certificate was not checked/ }])
    await t.rejects(deliver(peer.port, one, { tls: { ca: other.cert } }), { code: 'tls' })
    await t.rejects(deliver(peer.port, one, { tls: { fingerprint: fingerprintOf(other) } }), {
      code: 'tls',
    })
    t.equal((await peer.messages(2)).length, 2)
  })
})

t.test(
  'rsyslog killed again and again: nothing is lost',
  needs('rsyslogd', 'imrelp'),
  async (t) => {
    const count = 30
    const lines = 500
    const all = blocks(count, lines)
    const output = join(t.testdir(), 'messages.json')
    const options = { transport: 'relp', direct: true, output } as const
    let peer = await startRsyslog(t, options)
    const { port } = peer
    const destination = syslogTo(`relp://127.0.0.1:${port}`)
    let received = 0
    for (const kill of [true, true, true, false]) {
      const delivery = recorder()
      const feed = new Feed(...all.slice(received))
      const done = destination.deliver(feed, delivery, live())
      if (kill) {
        await delivery.received(received + 5)
        const killed = peer.kill()
        await t.rejects(done, { code: 'lost' })
        await killed
        peer = await startRsyslog(t, { ...options, port })
      }
      feed.end()
      if (!kill) await done
      received = delivery.receipts.at(-1) ?? received
    }
    t.equal(received, count)
    const seen = await numbers(peer, count * lines)
    const once = new Set(seen)
    t.equal(once.size, count * lines, 'every line is there')
    t.ok(seen.length - once.size <= 3 * 2 * lines, `sent twice: ${seen.length - once.size}`)
  },
)

/** TLS against real receivers: client certificates, names, pins, and what goes wrong with each. */
import t from 'tap'
import type { Test } from 'tap'
import { fingerprintOf, makeAuthority } from '../helpers/certificates.ts'
import { needs } from '../helpers/peers.ts'
import { startRsyslog } from '../helpers/rsyslog.ts'
import { blockOf, cefLine, Feed, recorder } from '../helpers/sink.ts'
import { syslogTo } from '../helpers/syslog-options.ts'
import type { Some } from '../helpers/syslog-options.ts'
import { startSyslogNg } from '../helpers/syslog-ng.ts'

async function deliver(port: number, tls: Some['tls']): Promise<string> {
  const delivery = recorder()
  const feed = new Feed(blockOf(1, [cefLine(1)]))
  feed.end()
  const destination = syslogTo(`tls://127.0.0.1:${port}`, { tls, receiptAfter: 300 })
  await destination.deliver(feed, delivery, new AbortController().signal)
  return delivery.connections.join()
}

async function refuses(t: Test, port: number, tls: Some['tls'], message: RegExp): Promise<void> {
  await t.rejects(deliver(port, tls), { code: 'tls', message }, String(message))
}

t.test('syslog-ng', needs('syslog-ng', 'openssl'), async (t) => {
  const folder = t.testdir()
  const authority = await makeAuthority(folder)
  const other = await makeAuthority(folder, 'Other CA')
  const server = await authority.sign('localhost', { san: 'IP:127.0.0.1,DNS:siem.test' })
  const client = await authority.sign('client.test', { san: 'DNS:client.test' })
  const stranger = await other.sign('client.test', { san: 'DNS:client.test' })
  const ca = authority.cert

  for (const [version, options] of [
    ['TLSv1.3', undefined],
    ['TLSv1.2', 'no-tlsv13'],
  ] as const) {
    await t.test(`client certificate, ${version}`, async (t) => {
      const peer = await startSyslogNg(t, {
        transport: 'tls',
        framing: 'octet-counting',
        tls: { server, clientCa: authority.cert, options },
      })
      t.match(await deliver(peer.port, { ca, ...client }), version)
      t.match(await peer.messages(1), [{ MSG: cefLine(1) }])
      await refuses(
        t,
        peer.port,
        { ca },
        /wants a client certificate: set .*tls\.cert and .*tls\.key/,
      )
      await refuses(t, peer.port, { ca, ...stranger }, /does not accept the client certificate/)
      t.equal((await peer.messages(1)).length, 1, 'nothing came from those it refused')
    })
  }

  await t.test('name, authority and pin', async (t) => {
    const peer = await startSyslogNg(t, {
      transport: 'tls',
      framing: 'octet-counting',
      tls: { server },
    })
    const { port } = peer
    await deliver(port, { ca })
    await deliver(port, { ca, servername: 'siem.test', minVersion: 'TLSv1.3' })
    await deliver(port, { fingerprint: fingerprintOf(server) })
    await deliver(port, { verify: false })
    t.equal((await peer.messages(4)).length, 4)
    await refuses(t, port, { ca, servername: 'wrong.test' }, /another name than wrong\.test/)
    await refuses(t, port, { ca: other.cert }, /not trusted: correct destinations\.siem\.tls\.ca/)
    await refuses(t, port, {}, /not trusted/)
    await refuses(t, port, { fingerprint: fingerprintOf(other) }, /not the pinned/)
    // A pin is a pin: a chain that is right does not make up for it.
    await refuses(t, port, { ca, fingerprint: fingerprintOf(other) }, /not the pinned/)
    t.equal((await peer.messages(4)).length, 4)
  })
})

t.test('rsyslog', needs('rsyslogd', 'openssl'), async (t) => {
  const folder = t.testdir()
  const authority = await makeAuthority(folder)
  const server = await authority.sign('localhost')
  const client = await authority.sign('client.test', { san: 'DNS:client.test' })
  const other = await makeAuthority(folder, 'Other CA')
  const stranger = await other.sign('client.test', { san: 'DNS:client.test' })
  const peer = await startRsyslog(t, {
    transport: 'tls',
    tls: { server, ca: authority.cert, permittedPeer: 'client.test' },
  })
  const ca = authority.cert
  t.match(await deliver(peer.port, { ca, ...client }), 'TLSv1.3')
  t.match(await peer.messages(1), [{ msg: cefLine(1) }])
  await refuses(t, peer.port, { ca }, /client certificate/)
  await refuses(t, peer.port, { ca, ...stranger }, /does not accept the client certificate/)
  t.equal((await peer.messages(1)).length, 1)
})

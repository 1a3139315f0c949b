/**
 * Each test stands between a receipt and what the peer's program has really read.
 */
import { existsSync, readFileSync } from 'node:fs'
import type { Socket } from 'node:net'
import { setTimeout as pause } from 'node:timers/promises'
import t from 'tap'
import type { Test } from 'tap'
import { openConnection } from '../../../src/destinations/syslog/open-connection.ts'
import type { Connection } from '../../../src/destinations/syslog/connection.ts'
import { closeAndWait, proveRead } from '../../../src/destinations/syslog/half-close.ts'
import { readAddress } from '../../../src/destinations/syslog/target.ts'
import { makeAuthority } from '../../helpers/certificates.ts'
import type { Authority, Certificate } from '../../helpers/certificates.ts'
import { findProgram } from '../../helpers/peers.ts'
import { startSink } from '../../helpers/sink.ts'
import type { Sink, SinkOptions } from '../../helpers/sink.ts'
import { syslogOptions } from '../../helpers/syslog-options.ts'

const onLinux = {
  skip: existsSync('/proc/self/net/tcp') ? false : 'there is no /proc/self/net/tcp',
}
const patience = 1000

interface Pair {
  connection: Connection
  /** The receiver's end. */
  peer: Socket
  sink: Sink
}

const transports = ['tcp', 'TLSv1.2', 'TLSv1.3'] as const
type Transport = (typeof transports)[number]

let authority: Authority | undefined
let certificate: Certificate | undefined

async function pair(t: Test, transport: Transport, options: SinkOptions = {}): Promise<Pair> {
  const isPlain = transport === 'tcp'
  if (!isPlain) {
    authority ??= await makeAuthority(folder)
    certificate ??= await authority.sign('localhost')
  }
  const { cert = '', key = '' } = certificate ?? {}
  const sink = await startSink(t, {
    ...options,
    ...(isPlain
      ? {}
      : { tls: { cert: readFileSync(cert), key: readFileSync(key), maxVersion: transport } }),
  })
  const url = `${isPlain ? 'tcp' : 'tls'}://127.0.0.1:${sink.port}`
  const ca = isPlain ? null : (authority?.cert ?? null)
  const { tls, ...given } = syslogOptions(url)
  const target = {
    ...{ ...given, ...readAddress(url, 'url'), place: 'destinations.siem', timeout: 5000 },
    tls: { ...tls, ca },
    files: async () => (ca === null ? {} : { ca: readFileSync(ca, 'utf8') }),
  }
  const connection = await openConnection(target, new AbortController().signal)
  t.teardown(() => connection.destroy())
  while (sink.sockets.size === 0) await pause(5)
  const [peer] = sink.sockets
  if (!peer) throw new Error('no connection')
  return { connection, peer, sink }
}

const folder = t.testdir()
const line = Buffer.from(`${'x'.repeat(1023)}\n`)

for (const transport of transports) {
  const skip = transport !== 'tcp' && findProgram('openssl') === undefined
  t.test(transport, { skip: skip && 'openssl is not installed' }, async (t) => {
    t.test('a program that reads to the end answers', async (t) => {
      const { connection, sink } = await pair(t, transport)
      for (let written = 0; written < 1000; written += 1) await connection.write(line)
      t.equal(await proveRead(connection, patience), 'read')
      t.equal(sink.received().length, 1000 * line.length)
    })

    t.test('the false receipt: the peer closes while we write and close', onLinux, async (t) => {
      for (let turn = 0; turn < 6; turn += 1) {
        const { connection, peer, sink } = await pair(t, transport)
        // In one turn: nobody can have read the line, and Node reports `finish`, `end`, no error.
        peer.destroy()
        void connection.write(line).catch(() => {})
        const answer = await closeAndWait(connection, patience, true).catch(() => 'broken')
        t.not(answer, 'read')
        t.equal(sink.received(), '')
      }
    })

    t.test('a FIN that comes before ours is no answer', async (t) => {
      const { connection, peer } = await pair(t, transport)
      await connection.write(line)
      peer.end()
      await t.rejects(proveRead(connection, patience), { code: 'lost' })
    })

    t.test('killed with data unread: RST', async (t) => {
      const { connection, peer } = await pair(t, transport, { onSocket: (peer) => peer.pause() })
      await connection.write(Buffer.alloc(1024 * 1024))
      const proof = proveRead(connection, patience)
      proof.catch(() => {})
      await pause(400)
      // With data unread the kernel sends RST.
      peer.destroy()
      const answer = await proof.catch(() => 'broken')
      t.ok(answer === 'reset' || answer === 'broken', answer)
    })

    t.test('no answer', async (t) => {
      const { connection, sink } = await pair(t, transport, { deaf: true })
      await connection.write(line)
      // OpenSSL may answer close_notify by itself: the FIN does not come.
      t.equal(await proveRead(connection, 200), 'silent')
      t.equal(sink.received().length, line.length)
    })
  })
}

t.test('a reader that is slow is waited for', onLinux, async (t) => {
  const { connection, sink } = await pair(t, 'tcp', {
    onSocket: (peer, sink) => {
      sink.keep(peer)
      peer.on('data', () => {
        peer.pause()
        setTimeout(() => peer.resume(), 20)
      })
    },
  })
  const bytes = 4 * 1024 * 1024
  await connection.write(Buffer.alloc(bytes))
  t.equal(await proveRead(connection, 300), 'read')
  t.equal(sink.received().length, bytes)
})

t.test('a reader that hangs with its buffers full', onLinux, async (t) => {
  const { connection } = await pair(t, 'tcp', { onSocket: (peer) => peer.pause() })
  // More than the receiver's kernel takes, less than ours.
  const writing = connection.write(Buffer.alloc(8 * 1024 * 1024)).catch(() => {})
  await Promise.race([writing, pause(300)])
  const answer = await closeAndWait(connection, 200, true)
  t.equal(answer, 'stuck')
  connection.destroy()
  await writing
})

t.test('without a table the silence stands alone', async (t) => {
  const { connection } = await pair(t, 'tcp')
  Object.assign(connection, { ends: undefined })
  await connection.write(line)
  t.equal(await proveRead(connection, patience), 'read')
})

import { existsSync } from 'node:fs'
import { once } from 'node:events'
import { connect, createServer } from 'node:net'
import type { AddressInfo, Socket } from 'node:net'
import { endianness, networkInterfaces } from 'node:os'
import t from 'tap'
import type { Test } from 'tap'
import { endsOf, keyOf, readRow, tcpRow } from '../../src/io/tcp-table.ts'
import { eventually } from '../helpers/daemon.ts'

const onLinux = {
  skip: existsSync('/proc/self/net/tcp') ? false : 'there is no /proc/self/net/tcp',
}
const hasIPv6 = Object.values(networkInterfaces()).some((addresses) =>
  addresses?.some(({ address }) => address === '::1'),
)

/** Both ends of a connection over this address. */
async function pair(t: Test, host: string): Promise<[client: Socket, peer: Socket]> {
  const server = createServer({ allowHalfOpen: true, pauseOnConnect: true }).listen(0, host)
  await once(server, 'listening')
  const client = connect({ port: (server.address() as AddressInfo).port, host })
  client.on('error', () => {})
  const [peer] = (await once(server, 'connection')) as [Socket]
  if (client.connecting) await once(client, 'connect')
  t.teardown(async () => {
    client.destroy()
    peer.destroy()
    await new Promise((resolve) => server.close(resolve))
  })
  return [client, peer]
}

t.test('how a line names both ends', (t) => {
  if (endianness() === 'BE') {
    t.end()
    return
  }
  const rows: [local: string, remote: string, key: string][] = [
    ['127.0.0.1', '10.20.30.40', ' 0100007F:A411 281E140A:0202 '],
    ['::1', '::', ` ${'0'.repeat(24)}01000000:A411 ${'0'.repeat(32)}:0202 `],
    [
      '::ffff:127.0.0.1',
      'fd00:1:2:3:4:5:6:7',
      ' 0000000000000000FFFF00000100007F:A411 010000FD030002000500040007000600:0202 ',
    ],
    [
      'fe80::1%eth0',
      '2001:db8::ff00:42:8329',
      ` 000080FE${'0'.repeat(16)}01000000:A411 B80D01200000000000FF000029834200:0202 `,
    ],
  ]
  for (const [localAddress, remoteAddress, key] of rows) {
    t.equal(keyOf({ localAddress, localPort: 42_001, remoteAddress, remotePort: 514 }), key)
  }
  t.end()
})

t.test('a line is read where it is whole', (t) => {
  const key = Buffer.from(' 0100007F:A411 0100007F:0202 ')
  const line = `   7:${key.toString()}04 00000A10:00000003 01:00000014 00000002     0        0 15 4\n`
  const other = line.replace('A411', 'A412').replace('04 00', '01 00')
  const row = { state: 'fin-wait-1', unacknowledged: 0xa10, retransmits: 2 }
  t.same(readRow(Buffer.from(other + line), key), row)
  t.equal(readRow(Buffer.from(other), key), undefined)
  for (let end = 0; end < 74; end += 1) {
    t.equal(readRow(Buffer.from(line.slice(0, end)), key), undefined, `cut at ${end}`)
  }
  t.match(readRow(Buffer.from(line.replace('04 00', '7F 00')), key), { state: 'other' })
  t.end()
})

t.test('the states that a half-close goes through', onLinux, async (t) => {
  for (const host of hasIPv6 ? ['127.0.0.1', '::1'] : ['127.0.0.1']) {
    await t.test(host, async (t) => {
      const [client, peer] = await pair(t, host)
      const ends = endsOf(client)
      if (!ends) throw new Error('not connected')
      t.match(await tcpRow(ends), { state: 'established', unacknowledged: 0, retransmits: 0 })
      client.end()
      await eventually(
        async () => (await tcpRow(ends))?.state === 'fin-wait-2' || undefined,
        'its FIN was not acknowledged',
      )
      t.equal(endsOf(peer)?.remotePort, ends.localPort)
      peer.resume().end()
      client.resume()
      await once(client, 'close')
      t.match(await tcpRow(ends), { state: 'time-wait', unacknowledged: 0 })
      t.equal(endsOf(client), undefined)
    })
  }
})

t.test(
  'a peer that does not read: bytes are unacknowledged, and none is lost',
  onLinux,
  async (t) => {
    const [client] = await pair(t, '127.0.0.1')
    const ends = endsOf(client)
    if (!ends) throw new Error('not connected')
    client.write(Buffer.alloc(16 * 1024 * 1024))
    const row = await eventually(async () => {
      const seen = await tcpRow(ends)
      return seen && seen.unacknowledged > 0 ? seen : undefined
    }, 'nothing is unacknowledged')
    t.match(row, { state: 'established', retransmits: 0 })
  },
)

t.test('a connection that there is not', async (t) => {
  const ends = {
    localAddress: '127.0.0.1',
    localPort: 1,
    remoteAddress: '127.0.0.1',
    remotePort: 1,
  }
  t.equal(await tcpRow(ends), undefined)
  t.equal(await tcpRow({ ...ends, localAddress: 'nonsense' }), undefined)
})

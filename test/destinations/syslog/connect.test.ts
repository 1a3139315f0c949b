import { once } from 'node:events'
import { connect, createServer } from 'node:net'
import type { AddressInfo } from 'node:net'
import t from 'tap'
import { isItself } from '../../../src/destinations/syslog/connect.ts'

t.test('a connection to itself is none', async (t) => {
  const server = createServer((socket) => socket.resume()).listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  const other = connect(port, '127.0.0.1')
  await once(other, 'connect')
  t.notOk(isItself(other))
  other.destroy()
  server.close()
  await once(server, 'close')

  const itself = connect({ host: '127.0.0.1', port, localPort: port })
  await once(itself, 'connect')
  t.ok(isItself(itself))
  itself.destroy()
})

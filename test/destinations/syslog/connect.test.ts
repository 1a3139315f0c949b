import { once } from 'node:events'
import { connect, createServer } from 'node:net'
import type { AddressInfo } from 'node:net'
import t from 'tap'
import { isItself } from '../../../src/destinations/syslog/connect.ts'
import { Feed, recorder, startSink } from '../../helpers/sink.ts'
import { syslogTo } from '../../helpers/syslog-options.ts'

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

t.test('TLS to a port of plain TCP, which waits for the end of a line', async (t) => {
  const sink = await startSink(t)
  const destination = syslogTo(`tls://127.0.0.1:${sink.port}`, { timeout: 300 })
  const delivering = destination.deliver(new Feed(), recorder(), new AbortController().signal)
  await t.rejects(delivering, {
    code: 'timeout',
    message:
      /took the connection and did not answer the TLS handshake within 0\.3 s .*tcp:\/\/ in destinations\.siem\.url/,
  })
})

import { connect } from 'node:net'
import type { Socket } from 'node:net'
import t from 'tap'
import { PushInbox } from '../../src/netwrix/push-inbox.ts'
import { PushNotices } from '../../src/netwrix/push-notices.ts'
import { PushServer } from '../../src/netwrix/push-server.ts'
import { freePort, token } from './push-world.ts'

const head = `PUT /v1/alerts HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer ${token}\r\n`

/** All that the server says on a connection until it ends it. */
async function said(socket: Socket): Promise<string> {
  let text = ''
  socket.on('data', (chunk) => (text += chunk.toString()))
  await new Promise((done) => socket.once('error', () => {}).once('close', done))
  return text
}

t.test('clients that are slow, silent or speak something else', async (t) => {
  const inbox = new PushInbox(1000)
  inbox.open()
  const server = new PushServer({
    ...{ token, maxBody: 1e6, rate: 0, timeout: 100, inbox, notices: new PushNotices() },
    incoming: t.testdir({}),
    limits: { head: 100, whole: 300, silence: 400 },
  })
  const port = await freePort()
  await server.listen('127.0.0.1', port)
  const open = (text: string) => {
    const socket = connect(port, '127.0.0.1')
    socket.write(text)
    return socket
  }
  const all = await Promise.all([
    said(open('')),
    said(open('PUT /v1/alerts HTTP/1.1\r\nHost: x\r\nX-Never')),
    said(open(`${head}Content-Length: 5000\r\n\r\nWhen\t`)),
    said(open(`\x16\x03\x01 this is TLS\r\n\r\n`)),
    said(open(`${head}X-Long: ${'x'.repeat(20_000)}\r\n\r\n`)),
    said(open(`${head}Content-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n`)),
  ])
  t.match(all[1], /^(HTTP\/1\.1 408 |$)/)
  t.match(all[2], /^(HTTP\/1\.1 4\d\d |$)/)
  t.match(all[3], /^HTTP\/1\.1 400 /)
  t.match(all[4], /^HTTP\/1\.1 431 /)
  t.match(all[5], /^HTTP\/1\.1 400 /)
  t.notMatch(all.join(''), /^server:|fastify|node|cefline/im, 'no banner')
  const late = said(open(`${head}Content-Length: 5000\r\n\r\nWhen\t`))
  await server.close()
  await late
  await server.close()
  t.pass('it closes with a request on its way, and twice')
})

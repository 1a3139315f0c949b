/**
 * Bodies that break off before anybody reads them: an answer at once and no file, for else each would
 * keep its place among the few that may be on their way.
 */
import { once } from 'node:events'
import { readdirSync } from 'node:fs'
import { createServer, request as httpRequest } from 'node:http'
import type { IncomingMessage } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import t from 'tap'
import { within } from '../../src/io/within.ts'
import { receiveBody } from '../../src/netwrix/push-body.ts'

const whole = gzipSync('When\tWho\tAction\n')

/** A request whose head has come, with so much of its body sent. */
async function begun(encoding: string, sent: Buffer): Promise<IncomingMessage> {
  const server = createServer()
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  t.teardown(() => server.close().closeAllConnections())
  const { port } = server.address() as AddressInfo
  const headers = { 'content-encoding': encoding, 'content-length': whole.length }
  const client = httpRequest({ host: '127.0.0.1', port, method: 'PUT', headers })
  client.on('error', () => {}).write(sent)
  const [request] = (await once(server, 'request')) as [IncomingMessage]
  return request
}

for (const encoding of ['gzip', 'identity']) {
  for (const [name, sent] of [
    ['some of it', whole.subarray(0, 5)],
    ['all of it, unread', whole],
  ] as const) {
    t.test(`${encoding}: it broke off before, with ${name} there`, async (t) => {
      const folder = t.testdir({})
      const request = await begun(encoding, sent)
      const closed = new Promise((done) => request.once('close', done))
      request.socket.destroy()
      await closed
      const { signal } = new AbortController()
      const received = receiveBody(request, join(folder, '1.part'), 1e6, signal)
      t.match(await within(received, 10_000), { status: 400, body: { error: 'cut-off' } })
      t.same(readdirSync(folder), [])
    })
  }
}

/**
 * A server that gives one answer after the other, whatever it is asked.
 */
import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'

/** The address to ask; the last answer is given again. */
export async function withPages(
  t: { teardown(end: () => unknown): void },
  pages: readonly object[],
): Promise<URL> {
  let asked = 0
  const server = createServer((_request, response) => {
    const answer = pages[Math.min(asked, pages.length - 1)]
    asked += 1
    response.setHeader('content-type', 'application/json').end(JSON.stringify(answer))
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  t.teardown(() => {
    server.closeAllConnections()
    server.close()
  })
  return new URL(`http://127.0.0.1:${(server.address() as AddressInfo).port}/api/v3/`)
}

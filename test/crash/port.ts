/**
 * Ports of loopback for what is started again on the same one. They lie below those that the kernel
 * gives to outgoing connections (ip_local_port_range, from 32768 on): else, while nobody listens, one
 * of those could take the port, and a client that connects to it from it would meet itself.
 */
import { once } from 'node:events'
import { createServer } from 'node:net'

export async function stablePort(): Promise<number> {
  for (;;) {
    const port = 15_000 + Math.floor(Math.random() * 15_000)
    const server = createServer().listen(port, '127.0.0.1')
    try {
      await once(server, 'listening')
    } catch {
      continue
    }
    await new Promise((resolve) => server.close(resolve))
    return port
  }
}

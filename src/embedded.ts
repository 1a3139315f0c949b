/**
 * The embedded default: with no configuration at all the whole path still runs, from the drop
 * folder `./drop` to a syslog collector of Cefline's own on loopback TCP that prints what it
 * receives. It is for trying Cefline out; the image turns it off (`CEFLINE_EMBEDDED_DEFAULT=off`).
 */
import { createServer } from 'node:net'
import type { AddressInfo, Socket } from 'node:net'
import { createInterface } from 'node:readline'

export interface Collector {
  /** `tcp://127.0.0.1:port` */
  url: string
  close(): Promise<void>
}

/** Listens on a free loopback port; each line that arrives is given to `print`. */
export async function startCollector(print: (frame: string) => void): Promise<Collector> {
  const sockets = new Set<Socket>()
  const server = createServer((socket) => {
    sockets.add(socket)
    socket.on('close', () => sockets.delete(socket))
    socket.on('error', () => socket.destroy())
    createInterface({ input: socket, crlfDelay: Infinity }).on('line', print)
  })
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject)
    server.listen(0, '127.0.0.1', resolve)
  })
  const { port } = server.address() as AddressInfo
  return {
    url: `tcp://127.0.0.1:${port}`,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve())
        for (const socket of sockets) socket.destroy()
      }),
  }
}

/** What the configuration file would say. */
export function embeddedConfiguration(collectorUrl: string): object {
  return {
    sources: { alerts: { type: 'netwrix-alerts', folder: './drop' } },
    destinations: { collector: { type: 'syslog', url: collectorUrl } },
  }
}

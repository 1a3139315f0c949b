/**
 * `status.listen`: taken apart, tried, and why it cannot be had.
 */
import { once } from 'node:events'
import { createServer, isIP } from 'node:net'
import type { CeflineError } from '../error.ts'
import { error } from '../error.ts'

export function splitListen(listen: string): { host: string; port: number } {
  const colon = listen.lastIndexOf(':')
  return {
    host: listen.slice(0, colon).replace(/^\[(.*)\]$/, '$1'),
    port: Number(listen.slice(colon + 1)),
  }
}

/** Takes the address for a moment and gives it back. Throws `config` when it cannot be had. */
export async function tryListen(listen: string): Promise<void> {
  const server = createServer((socket) => socket.destroy())
  try {
    server.listen(splitListen(listen))
    await once(server, 'listening')
  } catch (thrown) {
    throw cannotListen(listen, thrown)
  }
  server.close()
  await once(server, 'close')
}

export function cannotListen(listen: string, thrown: unknown): CeflineError {
  const { code } = thrown as NodeJS.ErrnoException
  const why =
    code === 'EADDRINUSE'
      ? 'is in use by another process'
      : `cannot be listened on (${String(code)})`
  return error(
    'config',
    `status.listen: "${listen}" ${why}; set another address, by STATUS_LISTEN where no file has one`,
    {
      cause: thrown,
    },
  )
}

export function isLoopback(host: string): boolean {
  return host === 'localhost' || host === '::1' || (isIP(host) === 4 && host.startsWith('127.'))
}

/**
 * A stand-in of an HTTP proxy, for tests only: CONNECT, and requests in absolute form, each client
 * connection with one connection of its own to the server, as proxies keep it that let NTLM through.
 */
import { Agent, createServer, request as send } from 'node:http'
import type { IncomingMessage } from 'node:http'
import { connect } from 'node:net'
import type { AddressInfo, Socket } from 'node:net'
import type { Duplex } from 'node:stream'

export interface HttpProxy {
  /** `http://127.0.0.1:port` */
  url: string
  /** What it was asked for: `CONNECT host:port`, `GET http://…`. */
  readonly asked: string[]
  close(): Promise<void>
}

export interface HttpProxyOptions {
  /** `user:password` that it wants. */
  login?: string
  /** What it answers to everything. */
  refuse?: number
}

export async function startHttpProxy({ login, refuse }: HttpProxyOptions = {}): Promise<HttpProxy> {
  const asked: string[] = []
  const sockets = new Set<Duplex>()
  const agents = new Map<Socket, Agent>()
  const wanted = login && `Basic ${Buffer.from(login).toString('base64')}`

  const denial = ({ method = '', url = '', headers }: IncomingMessage): number | undefined => {
    asked.push(`${method} ${url}`)
    if (wanted !== undefined && headers['proxy-authorization'] !== wanted) return 407
    return refuse
  }
  const challenge = { 'proxy-authenticate': 'Basic realm="proxy"' }

  const server = createServer((request, answer) => {
    const status = denial(request)
    if (status !== undefined) return void answer.writeHead(status, challenge).end()
    const agent = agents.get(request.socket) ?? new Agent({ keepAlive: true, maxSockets: 1 })
    agents.set(request.socket, agent)
    const { method, headers } = request
    delete headers['proxy-authorization']
    const onward = send(request.url ?? '', { method, headers, agent }, (received) => {
      answer.writeHead(received.statusCode ?? 502, received.headers)
      received.pipe(answer)
    })
    onward.on('error', () => answer.destroy())
    request.pipe(onward)
  })
  server.on('connect', (request, socket) => {
    sockets.add(socket)
    socket.on('error', () => {})
    const status = denial(request)
    if (status !== undefined) {
      return socket.end(`HTTP/1.1 ${status} No\r\nProxy-Authenticate: Basic realm="p"\r\n\r\n`)
    }
    const { hostname, port } = new URL(`http://${request.url}`)
    const onward = connect(Number(port), hostname, () => {
      socket.write('HTTP/1.1 200 Connection established\r\n\r\n')
      socket.pipe(onward).pipe(socket)
    })
    sockets.add(onward)
    onward.on('error', () => socket.destroy())
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    asked,
    close: async () => {
      for (const agent of agents.values()) agent.destroy()
      for (const socket of sockets) socket.destroy()
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}

/**
 * The appliance's own HTTP: `/healthz` (the process answers), `/readyz` (the spool is open and accepts),
 * `/metrics` (Prometheus), `/` (the status page) and `/api/status` (the same as JSON).
 *
 * Health and metrics hold no record data and answer anyone who reaches the port. Page and status
 * are open on loopback only: anywhere else they want the token, as `Authorization: Bearer …` or as
 * the password of a browser's prompt, and without a token in the configuration they are refused.
 * That the SIEM is down is no reason to be unready: while the spool has room, Cefline accepts.
 */
import { createHash, timingSafeEqual } from 'node:crypto'
import { isIP } from 'node:net'
import fastify from 'fastify'
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { error } from '../error.ts'
import type { Metrics } from '../telemetry/metrics.ts'
import { renderPage } from './page.ts'
import type { Status } from './status.ts'

export interface StatusServerOptions {
  /** `address:port`. */
  listen: string
  /** Looked at with each request, so that it may become another one. */
  readonly token: string | null
  metrics: Metrics
  status: () => Status
}

export interface StatusServer {
  /** The page's address, with the port that was really taken. */
  url: string
  /** One line for the log: where it is, and who gets to see it. */
  summary: string
  close(): Promise<void>
}

/** Starts to listen. Throws `config` when the address cannot be had. */
export async function startStatusServer(options: StatusServerOptions): Promise<StatusServer> {
  const { host, port } = splitListen(options.listen)
  const server = createServer(options)
  try {
    const url = `${await server.listen({ host, port })}/`
    const open = options.token !== null || isLoopback(host)
    const summary = open
      ? `status page ${url}`
      : `health and metrics at ${url}; the status page is off until status.token is set`
    return { url, summary, close: () => server.close() }
  } catch (thrown) {
    const code = (thrown as NodeJS.ErrnoException).code
    const cause =
      code === 'EADDRINUSE'
        ? 'is in use by another process'
        : `cannot be listened on (${String(code)})`
    throw error('config', `status.listen: "${options.listen}" ${cause}; set another address`, {
      cause: thrown,
    })
  }
}

/** The routes, not yet listening. */
export function createServer(options: StatusServerOptions): FastifyInstance {
  const { metrics, status } = options
  const loopback = isLoopback(splitListen(options.listen).host)
  const server = fastify({ forceCloseConnections: true, bodyLimit: 1024 })
  server.addHook('onSend', async (_request, reply) => {
    reply.headers({
      'content-security-policy': "default-src 'none'; style-src 'unsafe-inline'",
      'x-content-type-options': 'nosniff',
      'x-frame-options': 'DENY',
      'referrer-policy': 'no-referrer',
      'cache-control': 'no-store',
    })
  })
  const guarded = {
    onRequest: async (request: FastifyRequest, reply: FastifyReply) => {
      const { token } = options
      if (token === null ? loopback && isLocalName(request) : holdsToken(request, token)) return
      const text =
        token === null
          ? 'The status page listens beyond loopback and no token is set; set status.token.'
          : 'The status page wants its token.'
      if (token !== null) reply.header('www-authenticate', 'Basic realm="Cefline", charset="UTF-8"')
      return reply.code(token === null ? 403 : 401).send(`${text}\n`)
    },
  }
  server.get('/healthz', () => 'ok\n')
  server.get('/readyz', (_request, reply) => {
    const { full, bytes, maxBytes, problem } = status().spool
    // The reason names the folder and a process: the page has it.
    if (problem !== undefined)
      return reply.code(503).send('the spool is not open, or another process has it\n')
    if (!full) return 'ok\n'
    return reply.code(503).send(`the spool is full: ${bytes} of ${maxBytes} bytes\n`)
  })
  server.get('/metrics', async (_request, reply) => {
    reply.type(metrics.registry.contentType)
    return metrics.registry.metrics()
  })
  server.get('/api/status', guarded, () => status())
  server.get('/', guarded, (_request, reply) => {
    return reply.type('text/html; charset=utf-8').send(renderPage(status()))
  })
  return server
}

function holdsToken(request: FastifyRequest, token: string): boolean {
  const [scheme = '', value = ''] = (request.headers.authorization ?? '').split(' ')
  const given =
    scheme.toLowerCase() === 'basic'
      ? Buffer.from(value, 'base64')
          .toString('utf8')
          .replace(/^[^:]*:/, '')
      : value
  const digest = (text: string) => createHash('sha256').update(text).digest()
  return timingSafeEqual(digest(given), digest(token))
}

/** A page elsewhere that a browser is made to resolve to 127.0.0.1 sends its own name as Host. */
function isLocalName(request: FastifyRequest): boolean {
  const name = (request.headers.host ?? '').replace(/:\d+$/, '').replace(/^\[(.*)\]$/, '$1')
  return name === 'localhost' || isLoopback(name)
}

function isLoopback(host: string): boolean {
  return host === 'localhost' || host === '::1' || (isIP(host) === 4 && host.startsWith('127.'))
}

function splitListen(listen: string): { host: string; port: number } {
  const colon = listen.lastIndexOf(':')
  return {
    host: listen.slice(0, colon).replace(/^\[(.*)\]$/, '$1'),
    port: Number(listen.slice(colon + 1)),
  }
}

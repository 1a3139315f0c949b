/**
 * The appliance's own HTTP: `/healthz` (the process answers), `/readyz` (the spool is open and accepts),
 * `/metrics` (Prometheus), `/` (the status page) and `/api/…` (what it shows).
 *
 * Health and metrics hold no record data and answer anyone who reaches the port; who gets the rest
 * is in `guard.ts`. That the SIEM is down is no reason to be unready: while the spool has room,
 * Cefline accepts.
 */
import fastify from 'fastify'
import type { FastifyInstance } from 'fastify'
import type { Metrics } from '../telemetry/metrics.ts'
import { addApi, answerError } from './api.ts'
import type { ApiOptions } from './api.ts'
import { Guard } from './guard.ts'
import type { Tokens } from './guard.ts'
import { cannotListen, splitListen } from './listen.ts'
import { Refusals } from './refusals.ts'
import { addPage } from './static.ts'

export interface StatusServerOptions extends Tokens, ApiOptions {
  metrics: Metrics
  /** Is told of requests that were refused and look like an attack, once a minute at most. */
  warned?: (message: string) => void
  /** Folder of the page's files; not set: where the build has put them. */
  page?: string
}

export interface StatusServer {
  /** The page's address, with the port that was really taken. */
  url: string
  /** One line for the log: where it is, and who gets to see it. */
  summary: string
  close(): Promise<void>
}

/** Nothing from elsewhere, nothing inline, in nobody's frame (CSP level 3), and none of what a browser
 * could be asked for. */
const headers = {
  'content-security-policy': [
    "default-src 'none'",
    "script-src 'self'",
    "style-src 'self'",
    "img-src 'self' data:",
    "connect-src 'self'",
    "base-uri 'none'",
    "form-action 'none'",
    "frame-ancestors 'none'",
  ].join('; '),
  'cross-origin-opener-policy': 'same-origin',
  'cross-origin-resource-policy': 'same-origin',
  'permissions-policy': 'camera=(), microphone=(), geolocation=(), payment=(), usb=()',
  'x-content-type-options': 'nosniff',
  'x-frame-options': 'DENY',
  'referrer-policy': 'no-referrer',
}

/** The SIEM's connections and the drop folder's files want descriptors too: who opens connections here
 * and says nothing, or reads nothing, cannot take them all. */
const limits = {
  connections: 256,
  /** ms for a request to come whole, and for a connection on which nothing moves. */
  requestTimeout: 30_000,
  connectionTimeout: 90_000,
}

/** Starts to listen. Throws `config` when the address cannot be had. */
export async function startStatusServer(options: StatusServerOptions): Promise<StatusServer> {
  const { host, port } = splitListen(options.listen)
  const server = createServer(options)
  try {
    const url = `${await server.listen({ host, port })}/`
    const summary = new Guard(options).isOpen
      ? `status page ${url}`
      : `health and metrics at ${url}; the status page is off until status.token is set`
    return { url, summary, close: () => server.close() }
  } catch (thrown) {
    throw cannotListen(options.listen, thrown)
  }
}

/** The routes, not yet listening. */
export function createServer(options: StatusServerOptions): FastifyInstance {
  const { metrics, warned = () => {} } = options
  const refusals = new Refusals(metrics.statusRefused, warned)
  const guard = new Guard(options, refusals)
  const server = fastify({
    forceCloseConnections: true,
    bodyLimit: 1024,
    requestTimeout: limits.requestTimeout,
    connectionTimeout: limits.connectionTimeout,
    frameworkErrors: (thrown, _request, reply) => answerError(thrown, reply.headers(headers)),
    // A word too many is refused, not passed over; an empty one is as good as none.
    ajv: { customOptions: { removeAdditional: false } },
    routerOptions: {
      querystringParser: (text) => {
        return Object.fromEntries([...new URLSearchParams(text)].filter(([, value]) => value))
      },
    },
  })
  server.server.maxConnections = limits.connections
  server.addHook('onSend', async (_request, reply) => {
    if (!reply.hasHeader('cache-control')) reply.header('cache-control', 'no-store')
    reply.headers(headers)
  })
  server.setErrorHandler((thrown, _request, reply) => {
    answerError(thrown, reply)
  })
  server.addHook('onClose', async () => refusals.close())
  addHealth(server, options)
  addApi(server, guard, options)
  addPage(server, guard.look, options.page === undefined ? undefined : [options.page])
  return server
}

function addHealth(server: FastifyInstance, { metrics, status }: StatusServerOptions): void {
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
}

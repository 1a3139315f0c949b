/**
 * Ways through an HTTP proxy: CONNECT for https, after which everything is between us and the
 * server; a plain connection to the proxy for http, over which requests go in absolute form.
 * Failures name the proxy, not the server.
 *
 * Source: RFC 9110 section 9.3.6, RFC 9112 section 3.2.
 */
import type { Socket } from 'node:net'
import type { Duplex } from 'node:stream'
import { Client } from 'undici'
import type { CeflineError } from '../error.ts'
import { error, isCeflineError } from '../error.ts'
import { printable, shorten } from '../io/printable.ts'
import type { Proxy } from './proxy.ts'

/** ms: the proxy has to reach the server meanwhile. */
const tunnelTimeout = 30_000

/** A connection to `authority` (host:port) through the proxy; the caller's to destroy. */
export async function openTunnel(
  proxy: Proxy,
  authority: string,
  signal?: AbortSignal,
): Promise<Duplex> {
  const { authorization } = proxy
  const client = new Client(proxy.url.origin, {
    connect: { timeout: tunnelTimeout },
    headersTimeout: tunnelTimeout,
  })
  try {
    const { statusCode, headers, socket } = await client.connect({
      path: authority,
      headers: {
        host: authority,
        ...(authorization === undefined ? {} : { 'proxy-authorization': authorization }),
      },
      ...(signal ? { signal } : {}),
    })
    if (statusCode >= 200 && statusCode < 300) return socket
    socket.on('error', () => {}).destroy()
    const challenge = headers['proxy-authenticate']
    throw refusedByProxy(proxy, authority, statusCode, [challenge ?? []].flat().join(', '))
  } catch (thrown) {
    throw proxyFailure(proxy, thrown)
  } finally {
    // The tunnel's socket is not the client's any more.
    await client.destroy()
  }
}

/** What a proxy's own status means: 407, or anything but 2xx to CONNECT. */
export function refusedByProxy(
  proxy: Proxy,
  authority: string,
  status: number,
  challenge: string,
): CeflineError {
  const { url, authorization, from } = proxy
  if (status !== 407) {
    return error(
      'network',
      `the proxy ${url.origin} (${from}) answered ${status} when asked for ${authority}: it must ` +
        'allow CONNECT to that host and port, and reach it',
    )
  }
  const wants = shorten(printable(challenge.replace(/[=\s].*$/s, '')), 40) || 'a login'
  const cure =
    authorization === undefined
      ? `write user and password into ${from} (http://user:password@host:port)`
      : `check user and password in ${from}`
  // A refused password may be one of Windows' accounts, which `auth/lockout.ts` says more of.
  const minutes = authorization === undefined ? 5 : 35
  return error(
    'unauthorized',
    `the proxy ${url.origin} answered 407: it wants ${wants}; ${cure}. Only Basic is known here. ` +
      `Tried again only every ${minutes} minutes, or at once with a changed configuration`,
    { retryAfter: minutes * 60_000 },
  )
}

/** A connection to the proxy that failed. */
export function proxyFailure({ url, from }: Proxy, thrown: unknown): CeflineError {
  if (isCeflineError(thrown)) return thrown
  const { code, message } = firstOf(thrown)
  const missing = code === 'ENOTFOUND' || code === 'EAI_AGAIN'
  const what = `${code ?? ''} ${shorten(printable(message), 200)}`.trim()
  if (/SELF_SIGNED|UNABLE_TO_(GET_ISSUER|VERIFY)/.test(code ?? '')) {
    return error(
      'tls',
      `the certificate of the proxy ${url.origin} (${from}) is of an authority that is not trusted ` +
        `here (${what}): start Cefline with NODE_EXTRA_CA_CERTS=/path/authority.pem, as tls.ca is ` +
        'for the server behind it',
    )
  }
  return error(
    missing ? 'dns' : 'network',
    `no connection through the proxy ${url.origin} (${what}): check ${from}, or set proxy: none ` +
      'where there is a direct way',
  )
}

function firstOf(thrown: unknown): { code: string | undefined; message: string } {
  const one = thrown instanceof AggregateError ? (thrown.errors[0] as unknown) : thrown
  const { code, message = String(one) } = one as NodeJS.ErrnoException
  return { code, message }
}

/** undici's connectors take a stream of TLS only as a socket; the tunnel is one. */
export function asSocket(stream: Duplex): Socket {
  return stream as Socket
}

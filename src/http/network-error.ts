/**
 * What a failed connection or request means, in words with a cure.
 *
 * The error that was thrown is not kept as the cause but copied: undici's errors may hold request
 * or response, and with the request the Authorization header.
 */
import type { CeflineError, Code } from '../error.ts'
import { error, isCeflineError } from '../error.ts'
import { printable, shorten } from '../io/printable.ts'
import { bareHost, portOf } from './address.ts'
import type { Peer } from './peer.ts'

/** What a server that speaks TLS does to plain HTTP, as well as one that is not well. */
const closed = ['UND_ERR_SOCKET', 'ECONNRESET', 'EPIPE']
const wantsTls = 'if the API is set to HTTPS, write https in the url'

/** The error as ours, of code `dns`, `tls`, `network`, `timeout` or `bad-answer`. */
export function networkError(thrown: unknown, url: URL, peer: Peer): CeflineError {
  if (isCeflineError(thrown)) return thrown
  const cause = copyOf(thrown)
  const [code, what] = meaning(cause, url, peer)
  return error(code, `${url.origin}: ${what}`, { cause })
}

function meaning({ name, message, code = '' }: Copied, url: URL, peer: Peer): [Code, string] {
  switch (code) {
    case 'ENOTFOUND':
    case 'EAI_AGAIN':
      return [
        'dns',
        `no address is found for ${bareHost(url)} (${code}): check url and name server`,
      ]
    case 'ECONNREFUSED':
      return ['network', `nothing listens on port ${portOf(url)}: check the url; ${peer.port}`]
    case 'UND_ERR_CONNECT_TIMEOUT':
    case 'ETIMEDOUT':
    case 'EHOSTUNREACH':
    case 'ENETUNREACH':
      return ['network', `no connection to the server (${code}): check url, route and firewalls`]
    case 'UND_ERR_HEADERS_TIMEOUT':
      return ['timeout', 'the server took the request and did not begin to answer in time']
    case 'UND_ERR_BODY_TIMEOUT':
      return ['timeout', 'the answer began and then stood still']
    case 'UND_ERR_RES_CONTENT_LENGTH_MISMATCH':
      return ['bad-answer', `the answer is shorter than its Content-Length says; ${peer.kept}`]
  }
  const shown = shorten(printable(message), 200)
  if (name === 'HTTPParserError' || code === 'UND_ERR_HEADERS_OVERFLOW') {
    const cure = url.protocol === 'http:' ? `${wantsTls}; else check the port` : 'check the port'
    return ['bad-answer', `what answers does not speak HTTP (${shown}): ${cure}; ${peer.port}`]
  }
  if (/wrong version number|packet length too long/i.test(message)) {
    return [
      'tls',
      `port ${portOf(url)} does not speak TLS (${shown}): is the API set to plain HTTP?`,
    ]
  }
  if (code.startsWith('ERR_SSL_') || code === 'EPROTO') {
    return [
      'tls',
      `the TLS handshake failed (${shown}): check tls.minVersion, tls.cert and tls.key`,
    ]
  }
  const why = code === '' ? shown : `${code}: ${shown}`
  if (url.protocol === 'http:' && closed.includes(code)) {
    return ['network', `the connection was closed without an answer (${why}): ${wantsTls}`]
  }
  return [
    'network',
    `the connection failed (${why}): look at ${peer.services}, and at proxies and firewalls on ` +
      'the way',
  ]
}

type Copied = Error & { code?: string }

/** Name, code and message only. Of several tries to connect the first stands for all. */
function copyOf(thrown: unknown): Copied {
  if (!(thrown instanceof Error)) return new Error(String(thrown))
  if (thrown instanceof AggregateError && thrown.errors.length > 0) return copyOf(thrown.errors[0])
  const { name, message, code } = thrown as Copied
  return Object.assign(new Error(message), { name, code: typeof code === 'string' ? code : '' })
}

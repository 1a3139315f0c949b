/**
 * What went wrong on the way to a syslog receiver, in the words of the one who must put it right:
 * each error names the url and the cure. Node's and OpenSSL's own error stays the cause.
 */
import type { CeflineError, Code } from '../../error.ts'
import { error, isCeflineError } from '../../error.ts'
import { authorityCure, isUntrusted, ofWhom } from '../../io/tls-untrusted.ts'
import type { Untrusted } from '../../io/tls-untrusted.ts'
import type { NoProof } from './half-close.ts'
import type { Standstill } from './progress.ts'
import type { Target } from './target.ts'

/** How far the connection had come; the same error means different things before and after. */
export type Stage = 'connecting' | 'handshake' | 'connected'

type Explanation = readonly [code: Code, text: (target: Target, shown: Untrusted) => string]

const reached: Record<string, Explanation> = {
  ECONNREFUSED: [
    'refused',
    ({ port, place }) =>
      `refused the connection: nothing listens on port ${port}; start the receiver or correct ${place}.url`,
  ],
  ENOTFOUND: [
    'dns',
    ({ host, place }) => `has a name that DNS does not know (${host}): correct ${place}.url`,
  ],
  ENODATA: [
    'dns',
    ({ host, place }) => `has a name without an address (${host}): correct ${place}.url`,
  ],
  EAI_AGAIN: [
    'dns',
    ({ host }) => `cannot be looked up: no DNS server answered for ${host}; check the resolver`,
  ],
  EHOSTUNREACH: [
    'network',
    () => 'cannot be reached: no route to the host; check network and firewall',
  ],
  ENETUNREACH: [
    'network',
    () => 'cannot be reached: no route to its network; check network and firewall',
  ],
  ETIMEDOUT: [
    'timeout',
    () => 'does not answer: a firewall may drop the packets, or the host is down',
  ],
  EACCES: ['network', () => 'may not be reached: a rule of this machine forbids it'],
  EPERM: ['network', () => 'may not be reached: a rule of this machine’s firewall forbids it'],
}

const clientCertificate: Explanation = [
  'tls',
  ({ place, tls }) =>
    tls.cert === null
      ? `wants a client certificate: set ${place}.tls.cert and ${place}.tls.key`
      : `does not accept the client certificate: check that it is valid and signed by an authority the receiver trusts (${place}.tls.cert, ${place}.tls.key)`,
]

const untrusted: Explanation = [
  'tls',
  ({ place }, shown) => {
    const cure = `${authorityCure(shown, `${place}.tls.ca`)}, or set ${place}.tls.fingerprint`
    return `has a certificate ${ofWhom(shown)}: ${cure}`
  },
]

const plaintext: Explanation = [
  'tls',
  ({ place }) =>
    `does not speak TLS on this port: use the receiver’s TLS port, or tcp:// in ${place}.url`,
]

/** One that takes lines waits for the end of what is a ClientHello to us. */
const unshaken: Explanation = [
  'timeout',
  ({ place, timeout }) =>
    `took the connection and did not answer the TLS handshake within ${inSeconds(timeout)} (${place}.timeout): it expects no TLS on this port (tcp:// in ${place}.url), or it hangs`,
]

/** Codes of Node's certificate checks, and OpenSSL's reasons in the codes of its errors. */
const inTls: readonly (readonly [pattern: RegExp, explanation: Explanation])[] = [
  [
    /^CERT_HAS_EXPIRED$/,
    [
      'tls',
      () => 'has an expired certificate: renew it on the receiver, and check this machine’s clock',
    ],
  ],
  [
    /^CERT_NOT_YET_VALID$/,
    ['tls', () => 'has a certificate that is not valid yet: check the clocks of both machines'],
  ],
  [/^CERT_REVOKED$/, ['tls', () => 'has a certificate that was revoked: renew it on the receiver']],
  [
    /ALTNAME_INVALID/,
    [
      'tls',
      ({ host, place, tls }) =>
        `has a certificate for another name than ${tls.servername ?? host}: set ${place}.tls.servername to a name it carries, or have it reissued`,
    ],
  ],
  [/WRONG_VERSION_NUMBER|PACKET_LENGTH_TOO_LONG|HTTP_REQUEST|NOT_SSL/, plaintext],
  [
    /CERTIFICATE_REQUIRED|ALERT_(BAD_CERTIFICATE|UNKNOWN_CA|UNSUPPORTED_CERT|CERTIFICATE|DECRYPT_ERROR|ACCESS_DENIED)|ALERT_HANDSHAKE_FAILURE/,
    clientCertificate,
  ],
  [
    /PROTOCOL_VERSION|UNSUPPORTED_PROTOCOL|NO_PROTOCOLS/,
    [
      'tls',
      ({ place, tls }) =>
        `does not speak ${tls.minVersion} or later: allow it there, or lower ${place}.tls.minVersion`,
    ],
  ],
]

/** The error as ours. `thrown` undefined: the receiver closed the connection in good order. */
export function explain(
  thrown: unknown,
  target: Target,
  stage: Stage,
  shown: Untrusted = { issuer: undefined, trusted: [] },
): CeflineError {
  if (isCeflineError(thrown)) return thrown
  const cause = rootOf(thrown)
  const [code, text] = explanation(codeOf(cause), stage)
  return error(code, `${target.url} ${text(target, shown)}`, { cause: thrown })
}

/** A connection that stands and carries nothing. */
export function standstill({ place, timeout, url }: Target, how: Standstill): CeflineError {
  const what =
    how === 'stuck'
      ? `took nothing for ${inSeconds(timeout)} (${place}.timeout): the receiver hangs or is overloaded`
      : `acknowledged nothing for ${inSeconds(timeout)} (${place}.timeout): the host is down, or the network drops the packets; check firewall and link`
  // Not `lost`: one that hangs is not tried once more before another url.
  return error('timeout', `${url} ${what}`)
}

/** A half-close that gave no proof; `waited` in ms. */
export function unproven(target: Target, answer: NoProof, waited: number): CeflineError {
  const { place, url } = target
  const after = `within ${inSeconds(waited)} (${place}.timeout)`
  const what: Record<NoProof, string> = {
    silent: `did not answer a half-close ${after}: it hangs, is overloaded, or never answers one`,
    stuck: `did not take everything ${after}: it hangs or is overloaded, or the network is broken`,
    reset: 'answered a half-close by RST: it ended with events unread, or something between cut in',
    unlisted: 'closed the connection, and nothing shows that it read to the end',
  }
  const code = answer === 'silent' || answer === 'stuck' ? 'timeout' : 'lost'
  return error(code, `${url} ${what[answer]}; what has no receipt is sent again`)
}

/** A receiver that has answered half-closes before and did not answer that of an empty connection;
 * `waited` in ms. */
export function unanswered(target: Target, answer: NoProof, waited: number): CeflineError {
  const { place, url } = target
  const isReset = answer === 'reset' || answer === 'unlisted'
  const what = isReset
    ? 'answered the half-close of an empty connection by RST, and has answered well before'
    : `did not answer a half-close within ${inSeconds(waited)} (${place}.timeout), as it has before: it hangs or is overloaded`
  const cure = `if another program is there now, set ${place}.receiptEvery: 0`
  return error(
    isReset ? 'lost' : 'timeout',
    `${url} ${what}; nothing is sent to it until it answers (${cure})`,
  )
}

/** A connection that was closed when it had been idle for so many ms, before proof was asked for; it
 * is asked for each `every` ms until one stands for longer. */
export function closedIdle({ place, url }: Target, after: number, every: number): CeflineError {
  const closed = `closed the connection when it had been idle for ${inTenths(after)}: it was stopped, or it closes idle connections`
  const meanwhile = `proof is asked for after ${inTenths(every)} until a connection stands for longer`
  const cure = `if it happens again and again, set ${place}.receiptEvery below ${inTenths(after)} (not to 0, which turns the proof off)`
  return error(
    'lost',
    `${url} ${closed}; ${meanwhile}; ${cure}; what has no receipt is sent again`,
    {
      retryAfter: 1000,
    },
  )
}

/** The same where receipts rest on time alone: what is sent last never counts as received. */
export function closedEarly({ place, receiptAfter, url }: Target, after: number): CeflineError {
  const closed = `closed the connection ${inTenths(after)} after the last event, before that counted as received`
  const cure = `if it always does, set ${place}.receiptAfter (now ${inTenths(receiptAfter)}) below that`
  return error('lost', `${url} ${closed}: ${cure}; what has no receipt is sent again`)
}

/**
 * What a receiver of plain TCP says first, of which syslog has nothing: a TLS alert (RFC 8446 section
 * 5.1: type 21, version 3.x, length 2) shows that its port speaks TLS. Undefined: it is none.
 */
export function tlsAlert({ place, url }: Target, said: Buffer): CeflineError | undefined {
  const [type, major, , high, low] = said
  if (type !== 21 || major !== 3 || high !== 0 || low !== 2) return undefined
  const cure = `use tls:// in ${place}.url, or the receiver’s port for plain TCP`
  return error('tls', `${url} answers with a TLS alert, so this port speaks TLS: ${cure}`)
}

/** The failure of a receiver that ends each connection as soon as something was sent. */
export function turnedAway({ place, transport }: Target, failure: CeflineError): CeflineError {
  const causes = [
    ...(transport === 'tcp' ? [`this port wants TLS (tls:// in ${place}.url)`] : []),
    `it wants the other framing (${place}.framing: octet-counting or lf)`,
    'it refuses this machine’s address or has no connection left',
  ]
  const { code, message, retryAfter } = failure
  const often = 'each connection ends soon after the first bytes, with nothing received'
  const text = `${message}; ${often}: likely ${causes.join(', or ')}; its own log says which`
  return error(code, text, { cause: failure, ...(retryAfter !== undefined && { retryAfter }) })
}

function inSeconds(milliseconds: number): string {
  return `${milliseconds / 1000} s`
}

function inTenths(milliseconds: number): string {
  return `${Math.round(milliseconds / 100) / 10} s`
}

function explanation(code: string, stage: Stage): Explanation {
  if (stage === 'handshake' && code === 'ETIMEDOUT') return unshaken
  const found = reached[code]
  if (found && (stage === 'connecting' || code === 'ETIMEDOUT')) return found
  if (isUntrusted(code)) return untrusted
  const matching = inTls.find(([pattern]) => pattern.test(code))
  if (matching) return matching[1]
  if (stage === 'handshake') {
    if (code === '' || code === 'ECONNRESET' || code === 'EPIPE') {
      return [
        'tls',
        ({ place }) =>
          `closed the connection during the TLS handshake: it may want a client certificate (${place}.tls.cert), or expect no TLS on this port`,
      ]
    }
    return ['tls', () => `failed the TLS handshake (${code})`]
  }
  const how = code === '' ? 'closed the connection' : `broke the connection (${code})`
  return ['lost', () => `${how}: what has no receipt is sent again`]
}

/** Of several addresses that were tried, the first one's error. */
function rootOf(thrown: unknown): unknown {
  return thrown instanceof AggregateError ? (thrown.errors[0] ?? thrown) : thrown
}

function codeOf(thrown: unknown): string {
  return (thrown as NodeJS.ErrnoException | undefined)?.code ?? ''
}

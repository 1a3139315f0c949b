/**
 * Who gets to see the page, and to change something by it.
 *
 * Without a token it is open on loopback only, and there to nobody who comes under another name: a
 * page elsewhere that a browser is made to resolve to 127.0.0.1 sends its own name as Host. With
 * tokens one of them is wanted, as `Authorization: Bearer …` or as the password of a browser's
 * prompt. What changes something wants a token in any case, and must not come from another site's
 * page, to which a browser would add the password by itself (RFC 9110 section 10.1.2, Fetch
 * Metadata).
 */
import { createHash, timingSafeEqual } from 'node:crypto'
import type { FastifyReply, FastifyRequest } from 'fastify'
import { isLoopback, splitListen } from './listen.ts'
import type { Refusals } from './refusals.ts'

export interface Tokens {
  /** `address:port` that is listened on. */
  listen: string
  /** Both are looked at with each request, so that they may become others. */
  readonly token: string | null
  /** By the name of who holds it. */
  readonly tokens?: Readonly<Record<string, string>> | null
}

/** The holder of `token`, as own events name it. */
const unnamed = 'token'

export class Guard {
  readonly #tokens: Tokens
  readonly #isLoopback: boolean
  readonly #refusals: Refusals | undefined

  /** `refusals` is told of who is refused. */
  constructor(tokens: Tokens, refusals?: Refusals) {
    this.#tokens = tokens
    this.#refusals = refusals
    this.#isLoopback = isLoopback(splitListen(tokens.listen).host)
  }

  /** Whether a token is set at all. */
  get hasTokens(): boolean {
    return this.#holders().length > 0
  }

  /** Whether anybody gets in. */
  get isOpen(): boolean {
    return this.#isLoopback || this.hasTokens
  }

  /** Hook of what is only looked at. */
  readonly look = async (request: FastifyRequest, reply: FastifyReply) => {
    if (this.hasTokens) {
      if (this.holder(request) !== undefined) return
      await this.#refuseToken(request, reply)
      reply.header('www-authenticate', 'Basic realm="Cefline", charset="UTF-8"')
      return reply.code(401).send('The status page wants its token.\n')
    }
    if (!this.#isLoopback) {
      this.#refusals?.add('token-not-set', request.ip)
      const text =
        'The status page listens beyond loopback and no token is set; set status.token.\n'
      return reply.code(403).send(text)
    }
    if (!isLocalName(request)) {
      this.#refusals?.add('host-name', request.ip)
      const text = 'Without a token the status page is for localhost only; set status.token.\n'
      return reply.code(403).send(text)
    }
  }

  /** Hook of what changes something, after `look`. */
  readonly change = async (request: FastifyRequest, reply: FastifyReply) => {
    if (!this.hasTokens) {
      this.#refusals?.add('token-not-set', request.ip)
      return reply.code(403).send('Without a token the page only shows; set status.token.\n')
    }
    if (!isOwnPage(request)) {
      this.#refusals?.add('other-site', request.ip)
      return reply.code(403).send('Another site’s page asked for it; ask from the status page.\n')
    }
    const type = request.headers['content-type'] ?? ''
    if (/^application\/json\s*(;|$)/i.test(type)) return
    return reply.code(415).send('The query must be JSON; set Content-Type: application/json.\n')
  }

  /** Whether it would be let in now, of one that was before. */
  lets(request: FastifyRequest): boolean {
    if (this.hasTokens) return this.holder(request) !== undefined
    return this.#isLoopback && isLocalName(request)
  }

  /** Whose token the request has. */
  holder(request: FastifyRequest): string | undefined {
    const given = digest(passwordIn(request.headers.authorization ?? ''))
    // All of them are compared, so that the time tells nothing.
    return this.#holders().filter(([, secret]) => timingSafeEqual(given, digest(secret)))[0]?.[0]
  }

  /** Without any token it is no guess: a browser asks so at first. */
  async #refuseToken(request: FastifyRequest, reply: FastifyReply): Promise<void> {
    if (passwordIn(request.headers.authorization ?? '') === '') {
      this.#refusals?.add('token-missing', request.ip)
      return
    }
    this.#refusals?.add('token-wrong', request.ip)
    if ((await this.#refusals?.slow()) === false) reply.header('connection', 'close')
  }

  #holders(): (readonly [name: string, secret: string])[] {
    const { token, tokens } = this.#tokens
    const all = [[unnamed, token ?? ''] as const, ...Object.entries(tokens ?? {})]
    // An empty one would be that of everybody who sends none.
    return all.filter(([, secret]) => secret !== '')
  }
}

function passwordIn(authorization: string): string {
  const [scheme = ''] = authorization.split(' ', 1)
  const value = authorization.slice(scheme.length + 1)
  if (scheme.toLowerCase() !== 'basic') return value
  return Buffer.from(value, 'base64')
    .toString('utf8')
    .replace(/^[^:]*:/, '')
}

function digest(text: string): Buffer {
  return createHash('sha256').update(text).digest()
}

function isLocalName(request: FastifyRequest): boolean {
  const name = (request.headers.host ?? '').replace(/:\d+$/, '').replace(/^\[(.*)\]$/, '$1')
  return isLoopback(name)
}

/** Browsers say `Sec-Fetch-Site` where the connection is safe from others, and `Origin` with every
 * POST; what sends neither is no browser. */
function isOwnPage({ headers }: FastifyRequest): boolean {
  const site = headers['sec-fetch-site']
  if (site !== undefined) return site === 'same-origin' || site === 'none'
  if (headers.origin === undefined) return true
  try {
    return new URL(headers.origin).host === headers.host
  } catch {
    return false
  }
}

/**
 * The Integration API of Netwrix Auditor: asks for one page and gives it whole, or throws an error
 * that names the address, the reason and the cure. It holds no place of its own and tries nothing
 * twice but a login that was cut off (`auth/login.ts`), so the caller's mark stays what it was until
 * a page is there.
 *
 * The password and what logs in with it are in no error: what the server said is shown masked.
 * Redirects are not followed. An answer that is too slow as a whole, too large, or not whole is an
 * error (`http/wire.ts`).
 *
 * Source: Netwrix Auditor documentation, "Integration API" (Endpoints, Continuation Mark, Search
 * Parameters, Response Status Codes).
 */
import { bareHost } from '../http/address.ts'
import { withDeadline } from '../http/deadline.ts'
import { refusedByProxy } from '../http/tunnel.ts'
import { largestRecord, Wire } from '../http/wire.ts'
import type { WireAnswer, WireOptions } from '../http/wire.ts'
import { printable, shorten } from '../io/printable.ts'
import { version } from '../version.ts'
import type { Auth } from './auth/choose.ts'
import type { Tickets } from './auth/kerberos-library.ts'
import { Lockout } from './auth/lockout.ts'
import { Login } from './auth/login.ts'
import type { Checkpoint } from './checkpoint.ts'
import { readPage } from './page.ts'
import type { Page } from './page.ts'
import { auditorServer } from './peer.ts'
import { refusal } from './refusal.ts'
import { pageRequest } from './request.ts'
import type { PageRequest, RequestForm } from './request.ts'

export interface ClientOptions extends Omit<WireOptions, 'peer'>, RequestForm {
  /** As `apiAddress` gives it, with the path to the version and a slash at the end. */
  url: URL
  username: string
  /** Null where a Kerberos ticket stands for it. */
  password: string | null
  auth: Auth
  tickets: Tickets
  /** Where one client follows another, what they know of refusals together. */
  lockout?: Lockout
  /** ms for one answer, from the first byte of the request to the last of the answer, with the login
   * that it may take. */
  timeout: number
}

/** Authorization headers that are remembered to be masked: those of one handshake. */
const mostSecrets = 8

export class IntegrationApi {
  readonly #options: ClientOptions
  readonly #wire: Wire
  readonly #login: Login
  readonly #lockout: Lockout
  #secrets: string[] = []

  constructor(options: ClientOptions) {
    const { url, tls, auth, tickets, username, password } = options
    this.#options = options
    this.#wire = new Wire({ ...options, peer: auditorServer })
    this.#lockout = options.lockout ?? new Lockout()
    this.#login = new Login({
      auth,
      tickets,
      account: { username, password: password ?? undefined },
      host: tls.servername ?? bareHost(url),
      place: url.origin,
      encrypted: url.protocol === 'https:',
      lockout: this.#lockout,
    })
  }

  /** How it logs in, and why by nothing stronger; undefined before the first page. */
  get login(): string | undefined {
    return this.#login.description
  }

  /** The address of one of the two endpoints, without a query. */
  address(mode: Checkpoint['mode']): URL {
    return new URL(`activity_records/${mode}`, this.#options.url)
  }

  /** The next `count` records after the checkpoint. Throws its abort's reason when aborted. */
  async page(checkpoint: Checkpoint, count: number, signal: AbortSignal): Promise<Page> {
    const done = await this.#lockout.turn(this.#options.url.origin, signal)
    try {
      return await this.#page(checkpoint, count, signal)
    } finally {
      done()
    }
  }

  /** Safe before use, safe twice. */
  async close(): Promise<void> {
    await this.#wire.close()
  }

  async #page(checkpoint: Checkpoint, count: number, signal: AbortSignal): Promise<Page> {
    const address = this.address(checkpoint.mode)
    const request = pageRequest(address, checkpoint, count, this.#options)
    const maxAnswer = count === 1 ? largestRecord : undefined
    const limit = { ...this.#options, peer: auditorServer }
    const answer = await withDeadline(limit, signal, (deadline) => {
      return this.#ask(request, maxAnswer, deadline)
    })
    const { status, headers, body } = answer
    const place = address.href
    const show = (text: string) => this.#shown(text)
    const { proxy, username, url } = this.#options
    if (status === 407 && proxy) {
      throw refusedByProxy(proxy, url.host, status, headers['proxy-authenticate'] ?? '')
    }
    const isPassword = status === 401 && this.#login.scheme !== 'Negotiate'
    if (status === 200) this.#lockout.accepted()
    else {
      throw refusal(answer, {
        place,
        username,
        show,
        scheme: this.#login.scheme,
        because: this.#login.refusal,
        ...(isPassword ? { passwordWait: this.#lockout.refused(this.#login.proofs) } : {}),
      })
    }
    return readPage(body, headers['content-type'], place, show)
  }

  /** The answer to the request, with as much of a login before it as it takes. */
  async #ask(
    request: PageRequest,
    maxAnswer: number | undefined,
    signal: AbortSignal,
  ): Promise<WireAnswer> {
    const { method, path, body } = request
    const { accept = '' } = request.headers
    const always = { accept, 'user-agent': `Cefline/${version}` }
    return this.#login.ask<WireAnswer>({
      method,
      path,
      hasBody: body !== undefined,
      connection: () => this.#wire.connection,
      certificate: () => this.#wire.certificate,
      send: async (authorization, whole) => {
        signal.throwIfAborted()
        if (authorization !== undefined) this.#keepSecret(authorization)
        const login: Record<string, string> = authorization === undefined ? {} : { authorization }
        if (!whole)
          return this.#wire.send({ method, path, headers: { ...always, ...login } }, signal)
        const headers = { ...request.headers, ...always, ...login }
        return this.#wire.send({ ...request, headers, maxAnswer }, signal)
      },
    })
  }

  #keepSecret(authorization: string): void {
    const secret = authorization.slice(authorization.indexOf(' ') + 1)
    this.#secrets = [secret, ...this.#secrets].slice(0, mostSecrets)
  }

  /** The server's text as it may be shown: it could repeat what we sent. */
  #shown(text: string): string {
    const { password, proxy } = this.#options
    const ofProxy = proxy?.authorization?.replace(/^Basic /, '')
    const secrets = [...this.#secrets, password ?? '', ofProxy ?? '']
    const masked = secrets.reduce((all, secret) => {
      return secret === '' ? all : all.replaceAll(secret, '****')
    }, text)
    return shorten(printable(masked.trim()), 300)
  }
}

/**
 * The API's address for what the user wrote: the host, or the host with the path up to
 * `/netwrix/api/v1`, or a proxy's path before it. Throws a TypeError when it is no url.
 */
export function apiAddress(url: string): URL {
  const address = new URL(url)
  const path = address.pathname.replace(/\/+$/, '')
  address.pathname = path.endsWith('/netwrix/api/v1') ? `${path}/` : `${path}/netwrix/api/v1/`
  return address
}

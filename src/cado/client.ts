/**
 * The REST API v3 of the Cado platform: asks one question and gives the answer whole, or throws an error
 * that names the address, the reason and the cure. It tries nothing twice.
 *
 * Only GET is ever sent. The token goes in the header Authorization (Bearer), is in no error, and what
 * the server said is shown masked. Redirects are not followed.
 */
import { withDeadline } from '../http/deadline.ts'
import { refusedByProxy } from '../http/tunnel.ts'
import { Wire } from '../http/wire.ts'
import type { WireOptions } from '../http/wire.ts'
import { printable, shorten } from '../io/printable.ts'
import { version } from '../version.ts'
import { readAnswer } from './answer.ts'
import type { Answer } from './answer.ts'
import { refusal } from './refusal.ts'

export interface ClientOptions extends WireOptions {
  /** Without white space around it. */
  token: string
}

export type Query = Readonly<Record<string, string | number | boolean | undefined>>

export class CadoApi {
  readonly #options: ClientOptions
  readonly #wire: Wire

  /** `url` as `readUrl` gives it. */
  constructor(options: ClientOptions) {
    this.#options = options
    this.#wire = new Wire(options)
  }

  /** The address of an endpoint (`projects`), for messages. */
  place(path: string): string {
    return new URL(path, this.#options.url).href
  }

  /** `maxAnswer`: bytes at most, where it is not the usual number. Throws its abort's reason when
   * aborted. */
  async get(path: string, query: Query, signal: AbortSignal, maxAnswer?: number): Promise<Answer> {
    const { token, proxy, url } = this.#options
    const address = new URL(path, url)
    const place = address.href
    for (const [name, value] of Object.entries(query)) {
      if (value !== undefined) address.searchParams.set(name, String(value))
    }
    const answer = await withDeadline(this.#options, signal, (deadline) => {
      const headers = {
        authorization: `Bearer ${token}`,
        accept: 'application/json',
        'user-agent': `Cefline/${version}`,
      }
      const target = `${address.pathname}${address.search}`
      return this.#wire.send({ method: 'GET', path: target, headers, maxAnswer }, deadline)
    })
    const { status, headers, body } = answer
    const show = (text: string) => this.#shown(text)
    if (status === 407 && proxy) {
      throw refusedByProxy(proxy, url.host, status, headers['proxy-authenticate'] ?? '')
    }
    if (status !== 200) throw refusal(answer, place, show)
    return readAnswer(body, place, show)
  }

  /** Safe before use, safe twice. */
  async close(): Promise<void> {
    await this.#wire.close()
  }

  /** The server's text as it may be shown: it could repeat what we sent. */
  #shown(text: string): string {
    const { token, proxy } = this.#options
    const ofProxy = proxy?.authorization?.replace(/^Basic /, '') ?? ''
    const masked = [token, ofProxy].reduce((all, secret) => {
      return secret === '' ? all : all.replaceAll(secret, '****')
    }, text)
    return shorten(printable(masked.trim()), 300)
  }
}

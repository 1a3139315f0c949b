/**
 * The Integration API of Netwrix Auditor: asks for one page and gives it whole, or throws an error
 * that names the address, the reason and the cure. It holds no place of its own and tries nothing
 * twice, so the caller's mark stays what it was until a page is there.
 *
 * The password and the Authorization header are in no error: what the server said is shown masked,
 * and errors of the HTTP library are copied, not kept (`network-error.ts`). Redirects are not
 * followed. An answer that is too slow as a whole, too large, or not whole is an error.
 *
 * Source: Netwrix Auditor documentation, "Integration API" (Endpoints, Continuation Mark, Search
 * Parameters, Response Status Codes).
 */
import { Client } from 'undici'
import type { Dispatcher } from 'undici'
import { error } from '../error.ts'
import { printable, shorten } from '../io/printable.ts'
import type { TlsOptions } from '../io/tls.ts'
import { version } from '../version.ts'
import type { Checkpoint } from './checkpoint.ts'
import { connector } from './connection.ts'
import { networkError } from './network-error.ts'
import { readPage } from './page.ts'
import type { Page } from './page.ts'
import type { Answer } from './refusal.ts'
import { refusal } from './refusal.ts'
import { pageRequest } from './request.ts'
import type { PageRequest } from './request.ts'

export interface ClientOptions {
  /** As `apiAddress` gives it, with the path to the version and a slash at the end. */
  url: URL
  username: string
  password: string
  /** ms for one answer, from the first byte of the request to the last of the answer. */
  timeout: number
  tls: TlsOptions
  /** The source's path in the configuration (`sources.activity`). */
  place: string
  /** Bytes of one answer at most; beyond, `too-large`. */
  maxAnswer?: number
}

/** A page of 1,000 records is about 2 MB; this one would be in memory three times. */
const defaultMaxAnswer = 128 * 1024 * 1024
/** ms without a byte in the middle of an answer: the connection is dead. */
const stallTimeout = 60_000
/** ms that an idle connection is kept: long enough between two pages, not between two rounds. */
const idleTimeout = 10_000

export class IntegrationApi {
  readonly #options: ClientOptions
  readonly #authorization: string
  #client: Promise<Client> | undefined

  constructor(options: ClientOptions) {
    const { username, password } = options
    this.#options = options
    // RFC 7617, in UTF-8.
    const credentials = Buffer.from(`${username}:${password}`, 'utf8')
    this.#authorization = credentials.toString('base64')
  }

  /** The address of one of the two endpoints, without a query. */
  address(mode: Checkpoint['mode']): URL {
    return new URL(`activity_records/${mode}`, this.#options.url)
  }

  /** The next `count` records after the checkpoint. Throws its abort's reason when aborted. */
  async page(checkpoint: Checkpoint, count: number, signal: AbortSignal): Promise<Page> {
    const address = this.address(checkpoint.mode)
    const request = pageRequest(address, checkpoint, count)
    const answer = await this.#within(signal, (deadline) => this.#ask(request, deadline))
    const { status, headers, body } = answer
    const place = address.href
    const show = (text: string) => this.#shown(text)
    if (status !== 200) {
      const text = body.toString('utf8', 0, 64 * 1024)
      const { username } = this.#options
      throw refusal({ status, headers, text }, { place, username, show })
    }
    return readPage(body, headers['content-type'], place, show)
  }

  /** Safe before use, safe twice. */
  async close(): Promise<void> {
    const client = await this.#client?.catch(() => undefined)
    await client?.destroy()
  }

  /** Runs `work` for `timeout` at most. A slow drip resets every timer but this one. */
  async #within<T>(signal: AbortSignal, work: (deadline: AbortSignal) => Promise<T>): Promise<T> {
    signal.throwIfAborted()
    const { timeout, url } = this.#options
    // Not AbortSignal.any: it leaves something behind on a signal that lives as long as we do.
    const controller = new AbortController()
    const stop = () => controller.abort(signal.reason)
    const late = () => error('timeout', `${url.origin}: no whole answer within ${timeout / 1000} s`)
    const timer = setTimeout(() => controller.abort(late()), timeout)
    signal.addEventListener('abort', stop, { once: true })
    try {
      return await work(controller.signal)
    } catch (thrown) {
      if (controller.signal.aborted) throw controller.signal.reason
      throw networkError(thrown, url)
    } finally {
      clearTimeout(timer)
      signal.removeEventListener('abort', stop)
    }
  }

  async #ask(request: PageRequest, signal: AbortSignal) {
    this.#client ??= this.#open()
    const client = await this.#client
    const authorization = `Basic ${this.#authorization}`
    const userAgent = { 'user-agent': `Cefline/${version}` }
    const response = await client.request({
      ...request,
      headers: { ...request.headers, ...userAgent, authorization },
      signal,
    })
    const headers = joined(response.headers)
    return { status: response.statusCode, headers, body: await this.#read(response, headers) }
  }

  async #open(): Promise<Client> {
    const { url, tls, place, timeout } = this.#options
    return new Client(url.origin, {
      connect: await connector(url, tls, place),
      headersTimeout: timeout,
      bodyTimeout: Math.min(timeout, stallTimeout),
      keepAliveTimeout: idleTimeout,
      keepAliveMaxTimeout: idleTimeout,
      pipelining: 1,
    })
  }

  /** The body, unless it grows too large or ends too early. */
  async #read({ body }: Dispatcher.ResponseData, headers: Answer['headers']): Promise<Buffer> {
    const { maxAnswer = defaultMaxAnswer, url } = this.#options
    const announced = Number(headers['content-length'] ?? 0)
    const chunks: Buffer[] = []
    let size = 0
    try {
      for await (const chunk of body as AsyncIterable<Buffer>) {
        size += chunk.length
        if (size > maxAnswer || announced > maxAnswer) {
          const bytes = Math.max(size, announced)
          throw error(
            'too-large',
            `${url.origin}: an answer of ${bytes} bytes or more; at most ${maxAnswer} are taken`,
          )
        }
        chunks.push(chunk)
      }
    } catch (thrown) {
      const failure = networkError(thrown, url)
      if (failure.code !== 'network') throw failure
      const due = announced > 0 ? ` of ${announced}` : ''
      throw error(
        'bad-answer',
        `${url.origin}: the connection ended after ${size}${due} bytes of the answer; the mark ` +
          'is kept',
        { cause: failure.cause },
      )
    }
    return Buffer.concat(chunks)
  }

  /** The server's text as it may be shown: it could repeat what we sent. */
  #shown(text: string): string {
    const secrets = [this.#authorization, this.#options.password]
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

function joined(headers: Record<string, string | string[] | undefined>): Answer['headers'] {
  const entries = Object.entries(headers)
  return Object.fromEntries(
    entries.map(([name, value]) => [name, Array.isArray(value) ? value.join(', ') : value]),
  )
}

/**
 * The one connection to an HTTP API, and one request after the other over it: a login may
 * belong to a connection, so it is numbered, and every answer says which one it came over.
 *
 * An answer is taken whole or not at all: too large, cut short or too slow is an error. Errors of the
 * HTTP library are copied, not kept (`network-error.ts`), as they may hold the request.
 */
import type { Socket } from 'node:net'
import { TLSSocket } from 'node:tls'
import { Client } from 'undici'
import type { Dispatcher } from 'undici'
import { error } from '../error.ts'
import { peerCertificate } from '../io/tls.ts'
import type { TlsOptions } from '../io/tls.ts'
import { connector } from './connection.ts'
import type { Connect, Way } from './connection.ts'
import { networkError } from './network-error.ts'
import type { Peer } from './peer.ts'
import type { Proxy } from './proxy.ts'

export interface WireOptions {
  url: URL
  /** ms until the server begins to answer. */
  timeout: number
  tls: TlsOptions
  /** The source's path in the configuration (`sources.activity`). */
  place: string
  peer: Peer
  proxy?: Proxy | undefined
  connected?: Way['connected']
  /** Bytes of one answer at most, where the request does not say; beyond, `too-large`. */
  maxAnswer?: number
}

export interface WireRequest {
  method: 'GET' | 'POST'
  /** With the query. */
  path: string
  headers: Record<string, string>
  body?: string
  /** Bytes of its answer at most. */
  maxAnswer?: number | undefined
}

export interface WireAnswer {
  status: number
  /** Header names in lower case; repeated ones joined. */
  headers: Record<string, string | undefined>
  /** Of an answer other than 200: its beginning, as what went wrong stands there. */
  text: string
  body: Buffer
  /** Number of the connection that it came over. */
  connection: number
}

/** A page of 1,000 records is about 2 MB, and a record of 10 MB was seen. For a moment a page of this
 * size takes 600 MB of memory, as bytes, text, records and lines (measured). */
const defaultMaxAnswer = 32 * 1024 * 1024
/** Of one record alone, which cannot be had in smaller pieces: up to 1.7 GB of memory (measured). */
export const largestRecord = 128 * 1024 * 1024
/** ms without a byte in the middle of an answer: the connection is dead. */
const stallTimeout = 60_000
/** ms that an idle connection is kept: long enough between two pages, not between two rounds. */
const idleTimeout = 10_000
/** Characters of an answer that are looked at for what went wrong. */
const shownBytes = 64 * 1024

export class Wire {
  readonly #options: WireOptions
  readonly #ended = new AbortController()
  #client: Promise<Client> | undefined
  #socket: Socket | undefined
  #number = 0

  constructor(options: WireOptions) {
    this.#options = options
  }

  /** Number of the connection that stands; undefined: there is none. */
  get connection(): number | undefined {
    return this.#socket && !this.#socket.destroyed && this.#socket.writable
      ? this.#number
      : undefined
  }

  /** The server's certificate (DER), when that connection is one of TLS. */
  get certificate(): Buffer | undefined {
    return this.#socket instanceof TLSSocket ? peerCertificate(this.#socket)?.raw : undefined
  }

  /** The whole answer, whatever its status. */
  async send(request: WireRequest, signal: AbortSignal): Promise<WireAnswer> {
    try {
      this.#client ??= this.#open()
      const client = await this.#client
      const { maxAnswer, ...asked } = this.#addressed(request)
      const response = await client.request({ ...asked, signal })
      const connection = this.#number
      const headers = joined(response.headers)
      const body = await this.#read(response, headers, maxAnswer)
      const text = response.statusCode === 200 ? '' : body.toString('utf8', 0, shownBytes)
      return { status: response.statusCode, headers, text, body, connection }
    } catch (thrown) {
      throw networkError(thrown, this.#options.url, this.#options.peer)
    }
  }

  /** Safe before use, safe twice. */
  async close(): Promise<void> {
    this.#ended.abort()
    const client = await this.#client?.catch(() => undefined)
    await client?.destroy()
  }

  async #open(): Promise<Client> {
    const { url, timeout, proxy } = this.#options
    const connect = await connector(url, { ...this.#options, signal: this.#ended.signal })
    // Over http the client's peer is the proxy; over https there is a tunnel through it.
    const peer = url.protocol === 'http:' && proxy ? proxy.url : url
    return new Client(peer.origin, {
      connect: this.#numbered(connect),
      headersTimeout: timeout,
      bodyTimeout: Math.min(timeout, stallTimeout),
      keepAliveTimeout: idleTimeout,
      keepAliveMaxTimeout: idleTimeout,
      pipelining: 1,
    })
  }

  #numbered(connect: Connect): Connect {
    return (options, callback) => {
      connect(options, (...[failure, socket]) => {
        if (failure) return callback(failure, null)
        this.#number += 1
        this.#socket = socket
        callback(null, socket)
      })
    }
  }

  /** In absolute form when a proxy reads it (RFC 9112 section 3.2.2). */
  #addressed(request: WireRequest): WireRequest {
    const { url, proxy } = this.#options
    if (url.protocol !== 'http:' || !proxy) return request
    const { authorization } = proxy
    const headers = {
      ...request.headers,
      host: url.host,
      ...(authorization === undefined ? {} : { 'proxy-authorization': authorization }),
    }
    return { ...request, path: `${url.origin}${request.path}`, headers }
  }

  /** The body, unless it grows too large or ends too early. */
  async #read(
    { body }: Dispatcher.ResponseData,
    headers: WireAnswer['headers'],
    most: number | undefined,
  ): Promise<Buffer> {
    const { maxAnswer = defaultMaxAnswer, url, peer } = this.#options
    const allowed = most ?? maxAnswer
    const announced = Number(headers['content-length'] ?? 0)
    const chunks: Buffer[] = []
    let size = 0
    try {
      for await (const chunk of body as AsyncIterable<Buffer>) {
        size += chunk.length
        if (size > allowed || announced > allowed) {
          const bytes = Math.max(size, announced)
          throw error(
            'too-large',
            `${url.origin}: an answer of ${bytes} bytes or more; at most ${allowed} are taken`,
          )
        }
        chunks.push(chunk)
      }
    } catch (thrown) {
      const failure = networkError(thrown, url, peer)
      if (failure.code !== 'network') throw failure
      const due = announced > 0 ? ` of ${announced}` : ''
      throw error(
        'bad-answer',
        `${url.origin}: the connection ended after ${size}${due} bytes of the answer; ${peer.kept}`,
        { cause: failure.cause },
      )
    }
    return Buffer.concat(chunks)
  }
}

function joined(headers: Record<string, string | string[] | undefined>): WireAnswer['headers'] {
  const entries = Object.entries(headers)
  return Object.fromEntries(
    entries.map(([name, value]) => [name, Array.isArray(value) ? value.join(', ') : value]),
  )
}

/**
 * The HTTP side of `netwrix-push`: who may send, how much, and what they are answered.
 *
 *     PUT or POST /v1/alerts   the CSV as the body: 200 when all its rows are durable
 *     GET or HEAD /v1/ready    200 when files are taken; nothing of it depends on the SIEM
 *
 * Whatever can be judged by the head of a request is answered before its body is asked for
 * (`Expect: 100-continue`). An answer names no version, no path and no value of a record.
 */
import { createHash, timingSafeEqual } from 'node:crypto'
import { createServer as createHttpServer } from 'node:http'
import type { IncomingMessage, RequestListener, Server } from 'node:http'
import { createServer as createHttpsServer } from 'node:https'
import { join } from 'node:path'
import fastify from 'fastify'
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { within } from '../io/within.ts'
import { isAnswer, later, refusal } from './push-answer.ts'
import type { Answer } from './push-answer.ts'
import { isForm, receiveBody, refusedUnread } from './push-body.ts'
import { PushFile } from './push-file.ts'
import type { PushInbox } from './push-inbox.ts'
import type { PushNotices } from './push-notices.ts'
import type { Options } from './push-options.ts'
import { PushRate } from './push-rate.ts'

export interface PushServerOptions extends Pick<Options, 'token' | 'maxBody' | 'rate' | 'timeout'> {
  /** PEM texts; without them it speaks plain HTTP. */
  tls?: { cert: string; key: string; minVersion: 'TLSv1.2' | 'TLSv1.3' }
  /** Where bodies are written to; it is there. */
  incoming: string
  inbox: PushInbox
  notices: PushNotices
  /** ms. */
  limits?: Partial<typeof usualLimits>
}

const alerts = '/v1/alerts'
const ready = '/v1/ready'

/** What a client may take, in ms: for the head of a request, for all of it, and how long it may be silent. */
const usualLimits = { head: 10_000, whole: 300_000, silence: 30_000 }
const mostConnections = 128
/** ms that answers have to get out when it is closed. */
const farewell = 500

export class PushServer {
  readonly #options: PushServerOptions
  readonly #rate: PushRate
  readonly #app: FastifyInstance
  readonly #stopping = new AbortController()
  readonly #token: Buffer | undefined
  #server: Server | undefined
  #last = 0

  constructor(options: PushServerOptions) {
    this.#options = options
    this.#rate = new PushRate(options.rate)
    this.#token = options.token === null ? undefined : digest(options.token)
    this.#app = this.#createApp()
  }

  /** Throws what the system throws. */
  async listen(host: string, port: number): Promise<void> {
    await this.#app.listen({ host, port })
  }

  /** Ends what is being received; answers that are on their way have a moment. Safe twice. */
  async close(): Promise<void> {
    this.#stopping.abort(new Error('Cefline is being stopped'))
    const late = setTimeout(() => this.#server?.closeAllConnections(), farewell)
    await this.#app.close()
    clearTimeout(late)
  }

  #createApp(): FastifyInstance {
    const app = fastify({
      serverFactory: (handler) => (this.#server = this.#createServer(handler)),
      forceCloseConnections: 'idle',
      // The body is not fastify's to read.
      bodyLimit: Number.MAX_SAFE_INTEGER,
    })
    app.removeAllContentTypeParsers()
    app.addContentTypeParser('*', (_request, _payload, done) => done(null))
    app.addHook('onRequest', async (request, reply) => {
      reply.headers({ 'cache-control': 'no-store', 'x-content-type-options': 'nosniff' })
      // Any type will do; fastify refuses those that are not well formed.
      if (!isForm(request.raw)) request.raw.headers['content-type'] = 'application/octet-stream'
      const wait = this.#rate.take(clientOf(request.raw), performance.now())
      if (wait === 0) return
      const retryAfter = String(Math.ceil(wait / 1000))
      const message = 'too many requests from this address in a minute'
      return this.#send(
        request,
        reply,
        refusal(429, 'rate', message, { 'retry-after': retryAfter }),
      )
    })
    app.route({
      method: ['PUT', 'POST'],
      url: alerts,
      handler: async (request, reply) =>
        this.#send(request, reply, await this.#take(request, reply)),
    })
    app.get(ready, (request, reply) => {
      const { inbox } = this.#options
      const why = inbox.unready()
      if (why) return this.#send(request, reply, why)
      return reply.send({ ready: true })
    })
    app.setNotFoundHandler((request, reply) => this.#send(request, reply, noSuch(request)))
    app.setErrorHandler((thrown: { statusCode?: number }, request, reply) => {
      const status = thrown.statusCode ?? 500
      const answer =
        status < 500
          ? refusal(status, 'request', 'the request is none that is understood')
          : refusal(500, 'internal', 'it went wrong here; send it again')
      return this.#send(request, reply, answer)
    })
    return app
  }

  #createServer(listener: RequestListener): Server {
    const { tls, limits, timeout } = this.#options
    const { head, whole, silence } = { ...usualLimits, ...limits }
    const common = {
      headersTimeout: head,
      requestTimeout: whole,
      connectionsCheckingInterval: Math.min(5_000, head),
      keepAliveTimeout: 5_000,
      maxHeaderSize: 16 * 1024,
    }
    const server = tls
      ? createHttpsServer({ ...common, ...tls, handshakeTimeout: head }, listener)
      : createHttpServer(common, listener)
    server.maxConnections = mostConnections
    // Nothing is said on the connection while a file waits to be durable.
    server.setTimeout(timeout + silence)
    // By default Node asks for the body by itself, before anyone has looked at the head.
    server.on('checkContinue', listener)
    return server
  }

  /** From the head of the request to what became of the file. */
  async #take(request: FastifyRequest, reply: FastifyReply): Promise<Answer> {
    const { inbox, maxBody, incoming } = this.#options
    const { raw } = request
    if (!this.#holdsToken(raw)) {
      const message = 'the token is missing or another one; send Authorization: Bearer TOKEN'
      return refusal(401, 'token', message, { 'www-authenticate': 'Bearer realm="alerts"' })
    }
    // Without a token only the address protects it, and a web page may have its browser send here.
    if (!this.#token && raw.headers.origin !== undefined) {
      return refusal(403, 'origin', 'a browser sends this; set a token if that is meant')
    }
    const key = keyOf(raw)
    const refused = typeof key === 'object' ? key : (inbox.unready() ?? refusedUnread(raw, maxBody))
    if (refused) return refused
    const leave = inbox.enter(clientOf(raw))
    if (isAnswer(leave)) return leave
    if (raw.headers.expect !== undefined) reply.raw.writeContinue()
    const number = (this.#last += 1)
    const path = join(incoming, `${number}.part`)
    const body = await receiveBody(raw, path, maxBody, this.#stopping.signal)
    if (isAnswer(body)) {
      leave()
      return body
    }
    const file = new PushFile(body, clientOf(raw), typeof key === 'string' ? key : undefined)
    void file.outcome.then(leave)
    return this.#await(file, number)
  }

  /** What becomes of the file. One that is not durable in time may become so later, which does no
   * harm: when it is sent again its rows are known. */
  async #await(file: PushFile, number: number): Promise<Answer> {
    const { inbox, timeout } = this.#options
    try {
      await file.name(number)
    } catch {
      const failed = later('failed', 'the file cannot be kept')
      await file.end(failed)
      return failed
    }
    if (!inbox.put(file)) await file.end(later('stopping', 'Cefline takes no files at the moment'))
    const answer = await within(file.outcome, timeout)
    if (answer) return answer
    const late = later('full', 'the file was not taken in time')
    if (inbox.withdraw(file)) await file.end(late)
    return late
  }

  #send(request: FastifyRequest, reply: FastifyReply, answer: Answer): FastifyReply {
    const { notices, inbox } = this.#options
    if (notices.refused(answer, clientOf(request.raw))) inbox.ring()
    return reply
      .code(answer.status)
      .headers(answer.headers ?? {})
      .send(answer.body)
  }

  /** In a time that says nothing about the token. */
  #holdsToken({ headers }: IncomingMessage): boolean {
    if (!this.#token) return true
    const [, given = ''] = /^bearer +(\S+) *$/i.exec(headers.authorization ?? '') ?? []
    return timingSafeEqual(digest(given), this.#token)
  }
}

/** The Idempotency-Key, undefined when there is none, or what is wrong with it. */
function keyOf({ headers }: IncomingMessage): string | undefined | Answer {
  const key = headers['idempotency-key']
  if (key === undefined) return undefined
  if (typeof key === 'string' && /^[\x20-\x7e]{1,255}$/.test(key)) return key
  return refusal(400, 'key', 'the Idempotency-Key is empty, longer than 255 characters or no ASCII')
}

function noSuch({ url }: FastifyRequest): Answer {
  const path = url.replace(/\?.*$/, '')
  const allow = path === alerts ? 'PUT, POST' : path === ready ? 'GET, HEAD' : undefined
  return allow === undefined
    ? refusal(404, 'not-found', `there is no such path; alerts go to ${alerts}`)
    : refusal(405, 'method', `this path takes ${allow.replace(', ', ' and ')}`, { allow })
}

function clientOf({ socket }: IncomingMessage): string {
  return (socket.remoteAddress ?? 'unknown').replace(/^::ffff:/, '')
}

function digest(text: string): Buffer {
  return createHash('sha256').update(text).digest()
}

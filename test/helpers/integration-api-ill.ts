/**
 * A stand-in that is ill: a server in front of the stand-in Integration API that gives its answers, and
 * spoils them for as long as it is told to. It counts what it is asked.
 */
import { createServer as createHttpServer, request as ask } from 'node:http'
import type { IncomingMessage, OutgoingHttpHeaders, ServerResponse } from 'node:http'
import { createServer as createHttpsServer } from 'node:https'
import type { Server as HttpsServer } from 'node:https'
import type { AddressInfo } from 'node:net'
import { Readable } from 'node:stream'
import type { IntegrationApi } from './integration-api.ts'

/** The right answer. */
export interface Right {
  status: number
  headers: OutgoingHttpHeaders
  body: string
  /** The mark that was sent with the request. */
  mark: string | undefined
}

export type Illness = (right: Right, answer: ServerResponse, request: IncomingMessage) => void

const json = { 'content-type': 'application/json' }
const html = { 'content-type': 'text/html' }
const inTenMinutes = () => new Date(Date.now() + 600_000).toUTCString()

export const illnesses = {
  unauthorized: (_r, a) => end(a, 401, '', { 'www-authenticate': 'Basic realm="x"' }),
  'too-many': (_r, a) => end(a, 429, ''),
  'too-many-seconds': (_r, a) => end(a, 429, '', { 'retry-after': '120' }),
  'too-many-date': (_r, a) => end(a, 429, '', { 'retry-after': inTenMinutes() }),
  'error-empty': (_r, a) => end(a, 500, ''),
  html: (_r, a) => end(a, 200, '<!DOCTYPE html><title>Sign in</title>', html),
  'cut-json': page((right, a) => end(a, 200, right.body.slice(0, -20), json)),
  'cut-body': page((right, a) => {
    a.writeHead(200, { ...json, 'content-length': right.body.length })
    a.write(right.body.slice(0, -20), () => a.destroy())
  }),
  hangup: (_r, _a, { socket }) => socket.destroy(),
  /** The head of an answer, letter by letter, and never all of it. */
  'slow-head': (_r, a, { socket }) => {
    const letters = [...`HTTP/1.1 200 OK\r\nX-Slow: ${'x'.repeat(10_000)}`]
    drip(a, () => socket.write(letters.shift() ?? 'x'))
  },
  'slow-body': page((right, a) => {
    const letters = [...right.body]
    a.writeHead(200, json)
    drip(a, () => a.write(letters.shift() ?? ' '))
  }),
  silence: () => {},
  'repeated-mark': page(({ body, mark }, a) => {
    const { ActivityRecordList } = JSON.parse(body) as Record<string, unknown>
    end(a, 200, JSON.stringify({ ActivityRecordList, ContinuationMark: mark }), json)
  }),
  'empty-with-mark': page(({ mark }, a) => {
    end(a, 200, JSON.stringify({ ActivityRecordList: [], ContinuationMark: mark }), json)
  }),
  'empty-without-mark': page((_r, a) => end(a, 200, '{"ActivityRecordList":[]}', json)),
} satisfies Record<string, Illness>

/** Records as they are, but for a detail of so many bytes in each; nothing of it is held here. */
export function large(bytes: number): Illness {
  const some = Buffer.alloc(1024 * 1024, 'x')
  function* parts({ body, mark }: Right) {
    const { ActivityRecordList: list, ContinuationMark = mark } = JSON.parse(body) as Page
    yield '{"ActivityRecordList":['
    for (const [index, record] of list.entries()) {
      const start = JSON.stringify({ ...record, DetailList: undefined }).slice(0, -1)
      yield `${index > 0 ? ',' : ''}${start},"DetailList":[{"PropertyName":"Text","After":"`
      for (let left = bytes; left > 0; left -= some.length) yield some.subarray(0, left)
      yield '"}]}'
    }
    yield `],"ContinuationMark":${JSON.stringify(ContinuationMark)}}`
  }
  return page((right, answer) => {
    answer.writeHead(200, json)
    Readable.from(parts(right), { highWaterMark: 1 }).pipe(answer)
  })
}

interface Page {
  ActivityRecordList: Record<string, unknown>[]
  ContinuationMark?: string
}

export interface IllApi {
  readonly url: string
  /** How often it was asked while it was ill, and how often with a login. */
  readonly asked: { all: number; logins: number }
  /** How often it was asked at all. */
  readonly received: number
  /** Its answers with records, as they should be. */
  readonly pages: number
  /** From now on each answer goes wrong so, while `lasts` says so. It is asked before each answer. */
  fall(illness: Illness, lasts: () => boolean): void
  /** Another certificate for the next connections, in PEM. */
  certify(certificate: { cert: string; key: string }): void
  close(): Promise<void>
}

/** Starts one in front of `api`, which speaks plain HTTP; with a certificate (PEM) it speaks HTTPS. */
export async function startIllApi(
  api: IntegrationApi,
  certificate?: { cert: string; key: string },
): Promise<IllApi> {
  const asked = { all: 0, logins: 0 }
  let [received, pages] = [0, 0]
  let illness: Illness | undefined
  let lasts = () => false

  const listener = (request: IncomingMessage, answer: ServerResponse): void => {
    void whole(request).then(async (body) => {
      received += 1
      const isIll = illness !== undefined && lasts()
      if (isIll) asked.all += 1
      if (isIll && request.headers.authorization !== undefined) asked.logins += 1
      const right = await forward(api, request, body)
      if (isIll) illness?.(right, answer, request)
      else {
        if (right.status === 200 && !/List":\[\]/.test(right.body)) pages += 1
        end(answer, right.status, right.body, right.headers)
      }
    })
  }

  const server = certificate ? createHttpsServer(certificate, listener) : createHttpServer(listener)
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  return {
    url: `${certificate ? 'https' : 'http'}://127.0.0.1:${port}`,
    asked,
    get received() {
      return received
    },
    get pages() {
      return pages
    },
    fall(next, while_) {
      illness = next
      lasts = while_
    },
    certify(next) {
      ;(server as HttpsServer).setSecureContext(next)
    },
    async close() {
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}

/** For a request that is let in; any other answer stays as it is. */
function page(work: Illness): Illness {
  return (right, answer, request) => {
    if (right.status === 200) work(right, answer, request)
    else end(answer, right.status, right.body, right.headers)
  }
}

async function forward(
  api: IntegrationApi,
  request: IncomingMessage,
  body: string,
): Promise<Right> {
  const { method, url, headers } = request
  const asked = ask(`${api.url}${url}`, { method, headers, agent: false })
  asked.end(body)
  const answer = await new Promise<IncomingMessage>((resolve, reject) => {
    asked.once('response', resolve)
    asked.once('error', reject)
  })
  const { statusCode: status = 0 } = answer
  const { ContinuationMark: mark } = JSON.parse(body || '{}') as { ContinuationMark?: string }
  return { status, headers: answer.headers, body: await whole(answer), mark }
}

async function whole(message: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = []
  for await (const chunk of message) chunks.push(chunk as Buffer)
  return Buffer.concat(chunks).toString()
}

function end(
  answer: ServerResponse,
  status: number,
  body: string,
  headers: OutgoingHttpHeaders = {},
): void {
  // Each request over a connection of its own, so that it meets the certificate of the moment.
  const length = { 'content-length': Buffer.byteLength(body) }
  answer.writeHead(status, { ...headers, ...length, connection: 'close' })
  answer.end(body)
}

function drip(answer: ServerResponse, write: () => void): void {
  const timer = setInterval(write, 20)
  answer.once('close', () => clearInterval(timer))
}

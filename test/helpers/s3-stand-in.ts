/**
 * A stand-in for S3, ours and no judge of what S3 does (versitygw is nearer to it): it keeps the rules
 * that this project rests on (If-None-Match, digests of bodies, headers of SSE, multipart and its
 * abort) and falls ill on order, as a real service does now and then. It does not check signatures,
 * only that the body is the one whose digest was signed.
 */
import { createHash } from 'node:crypto'
import { createServer } from 'node:http'
import type { IncomingHttpHeaders, IncomingMessage, ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import { openS3 } from '../../src/s3/client.ts'
import { contentOf, s3Defaults, useTestKeys } from './versitygw.ts'

export type Illness =
  | 'slow-down'
  | 'forbidden'
  | 'kms'
  | 'conflict'
  | 'not-implemented'
  /** The connection is reset while the body comes. */
  | 'reset'
  | 'slow'
  /** No answer at all. */
  | 'silent'
  /** Done, but the answer does not arrive. */
  | 'answer-lost'
  /** Status 200, and an error in the body, as CompleteMultipartUpload may have it. */
  | 'error-in-200'

export interface Asked {
  method: string
  key: string
  query: URLSearchParams
  headers: IncomingHttpHeaders
}

interface Stored {
  body: Buffer
  headers: IncomingHttpHeaders
  etag: string
}

interface Testing {
  teardown(end: () => Promise<void>): void
}

const answers: Partial<Record<Illness, [status: number, code: string, message?: string]>> = {
  'slow-down': [503, 'SlowDown'],
  forbidden: [403, 'AccessDenied', 'User: arn:aws:iam::1:user/x is not authorized'],
  kms: [403, 'AccessDenied', 'not authorized to perform: kms:GenerateDataKey on resource'],
  conflict: [409, 'ConditionalRequestConflict'],
  'not-implemented': [501, 'NotImplemented'],
}

/** Starts it with an empty bucket; `ill` says how each request goes wrong, if it does. */
export async function startStandIn(t: Testing, ill: (asked: Asked) => Illness | undefined) {
  useTestKeys()
  const standIn = new StandIn(ill)
  const server = createServer((request, response) => void standIn.answer(request, response))
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const endpoint = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  const options = { ...s3Defaults, endpoint }
  const connection = await openS3(options, 'test')
  t.teardown(async () => {
    connection.close()
    server.closeAllConnections()
    await new Promise((resolve) => server.close(resolve))
  })
  return { endpoint, options, standIn, ...contentOf(connection) }
}

class StandIn {
  readonly objects = new Map<string, Stored>()
  readonly uploads = new Map<
    string,
    { key: string; headers: IncomingHttpHeaders; parts: Buffer[] }
  >()
  readonly asked: Asked[] = []
  readonly #ill: (asked: Asked) => Illness | undefined
  #next = 1

  constructor(ill: (asked: Asked) => Illness | undefined) {
    this.#ill = ill
  }

  async answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const url = new URL(request.url ?? '/', 'http://x')
    const key = decodeURIComponent(url.pathname).split('/').slice(2).join('/')
    const { method = '', headers } = request
    const asked = { method, key, query: url.searchParams, headers }
    this.asked.push(asked)
    const illness = this.#ill(asked)
    if (illness === 'reset') {
      request.once('data', () => request.socket.resetAndDestroy())
      if (method !== 'PUT') request.socket.resetAndDestroy()
      return
    }
    const chunks: Buffer[] = []
    try {
      for await (const chunk of request) chunks.push(chunk as Buffer)
    } catch {
      return
    }
    if (illness === 'silent') return
    if (illness === 'slow') await sleep(50)
    const given = illness && answers[illness]
    if (given) return send(response, ...given)
    if (illness === 'error-in-200') return send(response, 200, 'InternalError')
    const body = Buffer.concat(chunks)
    const signed = headers['x-amz-content-sha256']
    if (signed !== createHash('sha256').update(body).digest('hex')) {
      return send(response, 400, 'XAmzContentSHA256Mismatch')
    }
    const sending = illness === 'answer-lost' ? unheard(request, response) : response
    this.#do(asked, body, sending)
  }

  #do({ method, key, query, headers }: Asked, body: Buffer, response: ServerResponse): void {
    const upload = this.uploads.get(query.get('uploadId') ?? '')
    const refused = headers['if-none-match'] === '*' && this.objects.has(key)
    if (key === '') {
      if (query.has('uploads')) this.#list(query.get('prefix') ?? '', response)
      else if (method === 'GET') this.#listObjects(query.get('prefix') ?? '', response)
      else response.end()
    } else if (method === 'POST' && query.has('uploads')) {
      const id = String(this.#next++)
      this.uploads.set(id, { key, headers, parts: [] })
      response.end(
        `<InitiateMultipartUploadResult><UploadId>${id}</UploadId></InitiateMultipartUploadResult>`,
      )
    } else if (query.has('uploadId') && !upload) send(response, 404, 'NoSuchUpload')
    else if (upload && method === 'PUT') {
      upload.parts[Number(query.get('partNumber')) - 1] = body
      response.setHeader('etag', etagOf(body)).end()
    } else if (upload && method === 'DELETE') {
      this.uploads.delete(query.get('uploadId') ?? '')
      response.writeHead(204).end()
    } else if (refused) send(response, 412, 'PreconditionFailed')
    else if (upload) {
      this.uploads.delete(query.get('uploadId') ?? '')
      const whole = Buffer.concat(upload.parts)
      this.objects.set(key, { body: whole, headers: upload.headers, etag: etagOf(whole) })
      response.end('<CompleteMultipartUploadResult></CompleteMultipartUploadResult>')
    } else if (method === 'PUT') {
      this.objects.set(key, { body, headers, etag: etagOf(body) })
      response.setHeader('etag', etagOf(body)).end()
    } else this.#give(method, key, response)
  }

  #give(method: string, key: string, response: ServerResponse): void {
    const object = this.objects.get(key)
    if (!object) return send(response, 404, 'NoSuchKey')
    for (const [name, value = ''] of Object.entries(object.headers)) {
      if (/^(content-type|x-amz-meta-|x-amz-server-side)/.test(name))
        response.setHeader(name, value)
    }
    response.setHeader('etag', object.etag).setHeader('content-length', object.body.length)
    response.end(method === 'HEAD' ? undefined : object.body)
  }

  #list(prefix: string, response: ServerResponse): void {
    const found = [...this.uploads].filter(([, { key }]) => key.startsWith(prefix))
    const entries = found.map(([id, { key }]) => {
      return `<Upload><Key>${key}</Key><UploadId>${id}</UploadId></Upload>`
    })
    response.end(`<ListMultipartUploadsResult>${entries.join('')}</ListMultipartUploadsResult>`)
  }

  #listObjects(prefix: string, response: ServerResponse): void {
    const keys = [...this.objects.keys()].filter((key) => key.startsWith(prefix)).sort()
    const entries = keys.map((key) => `<Contents><Key>${key}</Key></Contents>`)
    response.end(`<ListBucketResult>${entries.join('')}</ListBucketResult>`)
  }
}

function send(response: ServerResponse, status: number, code: string, message = code): void {
  response.writeHead(status, { 'content-type': 'application/xml' })
  response.end(
    `<?xml version="1.0"?><Error><Code>${code}</Code><Message>${message}</Message></Error>`,
  )
}

/** An answer that is lost: the connection breaks instead. */
function unheard(request: IncomingMessage, response: ServerResponse): ServerResponse {
  response.end = () => {
    request.socket.resetAndDestroy()
    return response
  }
  return response
}

function etagOf(body: Buffer): string {
  return `"${createHash('md5').update(body).digest('hex')}"`
}

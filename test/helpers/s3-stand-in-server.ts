/**
 * The server of the stand-in for S3, ours and no judge of what S3 does (versitygw is nearer to it). It
 * keeps the rules that this project rests on: signatures (`sigv4.ts`), digests of bodies, If-None-Match,
 * multipart with its sizes, its ETags and its abort, lists in the order of keys. It takes the headers
 * of SSE and gives them back. Buckets are names alone, all in one map, made by PUT.
 */
import { createHash } from 'node:crypto'
import { createServer } from 'node:http'
import { createServer as createSecureServer } from 'node:https'
import type { IncomingHttpHeaders, IncomingMessage, ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import { signatureFault } from './sigv4.ts'
import type { Keys } from './sigv4.ts'

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
  modified: Date
}

interface Upload {
  key: string
  headers: IncomingHttpHeaders
  parts: Buffer[]
}

const answers: Partial<Record<Illness, [status: number, code: string, message?: string]>> = {
  'slow-down': [503, 'SlowDown'],
  forbidden: [403, 'AccessDenied', 'User: arn:aws:iam::1:user/x is not authorized'],
  kms: [403, 'AccessDenied', 'not authorized to perform: kms:GenerateDataKey on resource'],
  conflict: [409, 'ConditionalRequestConflict'],
  'not-implemented': [501, 'NotImplemented'],
}

/** Bytes of a part at least, but for the last one. */
const leastPart = 5 * 1024 * 1024

/** Listens on a free loopback port, with TLS where its PEM texts are given; `ill` says how each request
 * goes wrong, if it does. */
export async function listenStandIn(
  keys: Keys,
  ill: (asked: Asked) => Illness | undefined,
  tls?: { cert: string; key: string },
) {
  const standIn = new StandIn(keys, ill)
  const answer = (request: IncomingMessage, response: ServerResponse): void =>
    void standIn.answer(request, response)
  const server = tls ? createSecureServer(tls, answer) : createServer(answer)
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const endpoint = `http${tls ? 's' : ''}://127.0.0.1:${(server.address() as AddressInfo).port}`
  const close = async () => {
    server.closeAllConnections()
    await new Promise((resolve) => server.close(resolve))
  }
  return { endpoint, standIn, close }
}

class StandIn {
  readonly buckets = new Set<string>()
  readonly objects = new Map<string, Stored>()
  readonly uploads = new Map<string, Upload>()
  readonly asked: Asked[] = []
  readonly #keys: Keys
  readonly #ill: (asked: Asked) => Illness | undefined
  #next = 1

  constructor(keys: Keys, ill: (asked: Asked) => Illness | undefined) {
    this.#keys = keys
    this.#ill = ill
  }

  put(key: string, body: Buffer, headers: IncomingHttpHeaders = {}, etag = etagOf(body)): void {
    this.objects.set(key, { body, headers, etag, modified: new Date() })
  }

  async answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const url = new URL(request.url ?? '/', 'http://x')
    const [, bucket = '', ...names] = decodeURIComponent(url.pathname).split('/')
    const { method = '', headers } = request
    const asked = { method, key: names.join('/'), query: url.searchParams, headers }
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
    const fault = signatureFault(request, this.#keys)
    if (fault !== undefined) return send(response, 403, fault)
    const wrong = digestFault(headers, body)
    if (wrong !== undefined) return send(response, 400, wrong)
    if (asked.key === '' && method === 'PUT') this.buckets.add(bucket)
    if (!this.buckets.has(bucket)) return send(response, 404, 'NoSuchBucket')
    this.#do(asked, body, illness === 'answer-lost' ? unheard(request, response) : response)
  }

  #do({ method, key, query, headers }: Asked, body: Buffer, response: ServerResponse): void {
    const id = query.get('uploadId') ?? ''
    const upload = this.uploads.get(id)
    if (key === '') {
      if (query.has('uploads')) this.#list(query.get('prefix') ?? '', response)
      else if (method === 'GET') this.#listObjects(query, response)
      else response.end()
    } else if (method === 'POST' && query.has('uploads')) {
      const made = String(this.#next++)
      this.uploads.set(made, { key, headers, parts: [] })
      const answer = 'InitiateMultipartUploadResult'
      response.end(`<${answer}><UploadId>${made}</UploadId></${answer}>`)
    } else if (query.has('uploadId') && upload?.key !== key) send(response, 404, 'NoSuchUpload')
    else if (upload && method === 'PUT') {
      upload.parts[Number(query.get('partNumber')) - 1] = body
      response.setHeader('etag', etagOf(body)).end()
    } else if (upload && method === 'DELETE') {
      this.uploads.delete(id)
      response.writeHead(204).end()
    } else if (headers['if-none-match'] === '*' && this.objects.has(key)) {
      send(response, 412, 'PreconditionFailed')
    } else if (upload) this.#complete(id, upload, body.toString(), response)
    else if (method === 'PUT') {
      this.put(key, body, headers)
      response.setHeader('etag', etagOf(body)).end()
    } else if (method === 'DELETE') {
      this.objects.delete(key)
      response.writeHead(204).end()
    } else this.#give(method, key, response)
  }

  #complete(id: string, { key, headers, parts }: Upload, xml: string, response: ServerResponse) {
    const named = [...xml.matchAll(/<Part>.*?<\/Part>/gs)].map(([part]) => ({
      number: Number(/<PartNumber>(\d+)</.exec(part)?.[1]),
      etag: /<ETag>(.*?)</.exec(part)?.[1]?.replaceAll('&quot;', '"'),
    }))
    const isRight =
      named.length === parts.length &&
      named.every(({ number, etag }, index) => {
        const part = parts[index]
        return number === index + 1 && part !== undefined && etag === etagOf(part)
      })
    if (!isRight) return send(response, 400, 'InvalidPart')
    if (parts.slice(0, -1).some(({ length }) => length < leastPart)) {
      return send(response, 400, 'EntityTooSmall')
    }
    this.uploads.delete(id)
    const etag = etagOf(Buffer.concat(parts.map(md5))).replace(/"$/, `-${parts.length}"`)
    this.put(key, Buffer.concat(parts), headers, etag)
    response.end('<CompleteMultipartUploadResult></CompleteMultipartUploadResult>')
  }

  #give(method: string, key: string, response: ServerResponse): void {
    const object = this.objects.get(key)
    if (!object) return send(response, 404, 'NoSuchKey')
    for (const [name, value = ''] of Object.entries(object.headers)) {
      if (/^(content-type|x-amz-meta-|x-amz-server-side)/.test(name))
        response.setHeader(name, value)
    }
    response.setHeader('last-modified', object.modified.toUTCString())
    response.setHeader('etag', object.etag).setHeader('content-length', object.body.length)
    response.end(method === 'HEAD' ? undefined : object.body)
  }

  #list(prefix: string, response: ServerResponse): void {
    const found = [...this.uploads].filter(([, { key }]) => key.startsWith(prefix))
    const entries = found.map(([id, { key }]) => {
      return `<Upload><Key>${escaped(key)}</Key><UploadId>${id}</UploadId></Upload>`
    })
    response.end(`<ListMultipartUploadsResult>${entries.join('')}</ListMultipartUploadsResult>`)
  }

  #listObjects(query: URLSearchParams, response: ServerResponse): void {
    const [prefix, after] = [query.get('prefix') ?? '', query.get('start-after') ?? '']
    const isUrl = query.get('encoding-type') === 'url'
    const most = Number(query.get('max-keys') ?? 1_000)
    const found = [...this.objects].filter(([key]) => key.startsWith(prefix) && isAfter(key, after))
    found.sort(([a], [b]) => Buffer.compare(Buffer.from(a), Buffer.from(b)))
    const entries = found.slice(0, most).map(([key, { body, etag, modified }]) => {
      const named = isUrl ? encodeURIComponent(key).replaceAll('%2F', '/') : escaped(key)
      const times = `<LastModified>${modified.toISOString()}</LastModified>`
      const more = `<ETag>${escaped(etag)}</ETag><Size>${body.length}</Size>${times}`
      return `<Contents><Key>${named}</Key>${more}</Contents>`
    })
    const truncated = `<IsTruncated>${found.length > most}</IsTruncated>`
    const encoding = isUrl ? '<EncodingType>url</EncodingType>' : ''
    response.end(`<ListBucketResult>${entries.join('')}${truncated}${encoding}</ListBucketResult>`)
  }
}

/** S3's code when the body is not the one whose digests the headers have. */
function digestFault(headers: IncomingHttpHeaders, body: Buffer): string | undefined {
  const digest = createHash('sha256').update(body).digest()
  if (headers['x-amz-content-sha256'] !== digest.toString('hex')) return 'XAmzContentSHA256Mismatch'
  const sum = headers['x-amz-checksum-sha256']
  return sum === undefined || sum === digest.toString('base64') ? undefined : 'BadDigest'
}

function isAfter(key: string, after: string): boolean {
  return Buffer.compare(Buffer.from(key), Buffer.from(after)) > 0
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

function escaped(text: string): string {
  return text.replace(/[&<>"]/g, (sign) => `&#${sign.charCodeAt(0)};`)
}

function md5(body: Buffer): Buffer {
  return createHash('md5').update(body).digest()
}

function etagOf(body: Buffer): string {
  return `"${md5(body).toString('hex')}"`
}

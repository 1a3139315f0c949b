/**
 * A stand-in for the Integration API of Netwrix Auditor, because the product cannot be had for a
 * test: a real HTTPS (or HTTP) server on loopback with a self-signed certificate, Basic login and
 * records of its own. It was never compared with a live product.
 *
 * It follows the documentation of the API: the two endpoints and their parameters, `format=json`
 * (XML without it), marks and their bodies, filters, an empty list at the end of the data, statuses and error
 * lists, a 401 without a body, a 500 without a body for malformed JSON, `Server:
 * Microsoft-HTTPAPI/2.0`. A wrong mark is a 400 and an empty page repeats the mark of the request:
 * both are assumptions. It is strict where a client could be sloppy: a search without its filter or
 * with another one than its mark was made under is a 400.
 *
 * `misbehave` makes the next answers wrong in a given way.
 */
import { execFileSync } from 'node:child_process'
import { X509Certificate } from 'node:crypto'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { createServer as createHttpServer } from 'node:http'
import type { IncomingMessage, ServerResponse } from 'node:http'
import { createServer as createHttpsServer } from 'node:https'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { activityRecord, markAt, positionOf } from './activity-records.ts'
import type { ActivityRecordJson } from './activity-records.ts'
import { filterOfJson, filterOfXml, passes } from './api-filter.ts'
import type { ApiCondition } from './api-filter.ts'
import { errorsXml, pageXml, parseXml } from './api-xml.ts'

/** What `misbehave` can order, and what the answer is then. */
const misbehaviours = {
  unauthorized: (_q, a) => send(a, 401, '', { 'www-authenticate': 'Negotiate, NTLM' }),
  forbidden: (_q, a) => send(a, 403, ''),
  'not-found': (_q, a) => send(a, 404, ''),
  'bad-request': (_q, a) => send(a, 400, errors('XMLError', '0xC00CE56D End tag is missing')),
  busy: (_q, a) => send(a, 503, ''),
  'too-many': (_q, a) => send(a, 429, '', { 'retry-after': '2' }),
  'error-empty': (_q, a) => send(a, 500, ''),
  'error-sql': (_q, a) => {
    send(a, 500, errors('ServerError', '0x80040C0A SQL Server cannot be contacted'))
  },
  /** A proxy's error page that repeats what it was sent. */
  'error-echo': (q, a) => {
    const { authorization = '' } = q.request.headers
    const [, token = ''] = authorization.split(' ')
    const plain = Buffer.from(token, 'base64').toString()
    send(a, 502, `<html><h1>Bad gateway</h1>${authorization} ${plain}</html>`, html)
  },
  redirect: (_q, a) => send(a, 302, '', { location: 'https://portal.example.com/login' }),
  html: (_q, a) => send(a, 200, '<!DOCTYPE html><h1>Sign in</h1>', html),
  doctype: (_q, a) => send(a, 200, '<!DOCTYPE x [<!ENTITY e "">]><ActivityRecordList/>'),
  /** The right answer as JSON where XML was asked for, and the other way round. */
  'other-format': (q, a) => {
    send(a, 200, formats[q.format === 'json' ? 'xml' : 'json'].page(q.records, q.answerMark))
  },
  'other-json': (_q, a) => send(a, 200, '{"status":"ok"}'),
  'no-body': (_q, a) => send(a, 200, ''),
  'cut-json': (q, a) => send(a, 200, q.body.slice(0, -20)),
  'cut-body': (q, a) => {
    const body = Buffer.from(q.body)
    a.writeHead(200, { ...typeOf(q.body), 'content-length': body.length })
    a.write(body.subarray(0, -20), () => a.destroy())
  },
  hangup: (q) => {
    q.request.socket.destroy()
  },
  /** Never an answer. */
  silence: () => {},
  /** A byte now and then, so that no timer for silence ever ends. */
  drip: (q, a) => {
    a.writeHead(200, { ...typeOf(q.body), 'content-length': q.body.length })
    let sent = 0
    const timer = setInterval(() => a.write(q.body.slice(sent, ++sent)), 20)
    a.once('close', () => clearInterval(timer))
  },
  /** Records, with the mark that was posted. */
  'repeated-mark': (q, a) => send(a, 200, q.page(q.records, q.mark)),
  'no-mark': (q, a) => send(a, 200, q.page(q.records, undefined)),
  'empty-mark': (q, a) => send(a, 200, q.page(q.records, '')),
  'empty-page': (q, a) => send(a, 200, q.page([], undefined)),
  'empty-page-empty-mark': (q, a) => send(a, 200, q.page([], '')),
  'null-list': (q, a) => send(a, 200, q.page(null, q.mark)),
  /** Only for a page of one record: the record itself in place of the list. */
  'single-object': (q, a) => send(a, 200, q.page(q.records[0], q.next)),
  'other-name': (q, a) =>
    send(a, 200, q.body.replaceAll('ActivityRecordList', 'ActivityRecordsList')),
  bom: (q, a) => send(a, 200, `\ufeff${q.body}`),
} satisfies Record<string, (asked: Asked, answer: ServerResponse) => void>

export type Misbehaviour = keyof typeof misbehaviours

/** A request as it was understood. */
export interface ApiRequest {
  method: string
  mode: 'enum' | 'search'
  count: number
  mark: string | undefined
  format: Format
  /** The filter's `When.From`. */
  from: string | undefined
  filter: ApiCondition[] | undefined
  /** What was ordered for it, if anything. */
  misbehaviour: Misbehaviour | undefined
}

type Format = 'json' | 'xml'

interface Asked {
  request: IncomingMessage
  format: Format
  mark: string | undefined
  /** The right answer: its records, the mark behind them, the mark that it has, its body. */
  records: ActivityRecordJson[]
  next: string
  answerMark: string | undefined
  body: string
  page(list: unknown, mark: string | undefined): string
}

interface Understood {
  mark: string | undefined
  filter: ApiCondition[] | undefined
}

export interface IntegrationApiOptions {
  /** How many records it holds at first. */
  records: number
  /** ms since 1970 of the first one; default: so that the last is a minute old. */
  firstAt?: number
  /** ms from one record to the next (1000). */
  step?: number
  plainHttp?: boolean
  username?: string
  password?: string
  /** subjectAltName of the certificate; the product's is often not for the address in use. */
  names?: string
  /** Has a record changed as it is made, for records that are no good. */
  change?: (record: ActivityRecordJson, index: number) => unknown
}

export interface IntegrationApi {
  /** `https://127.0.0.1:port` */
  readonly url: string
  readonly username: string
  readonly password: string
  /** The certificate in PEM: to be trusted as `tls.ca`. */
  readonly ca: string
  /** Its SHA-256 with colons. */
  readonly fingerprint: string
  /** Every record it holds, oldest first. */
  readonly records: readonly ActivityRecordJson[]
  /** Every request that got as far as an endpoint, in order. */
  readonly requests: ApiRequest[]
  /** Requests for more records than this get no answer. */
  slowAbove: number
  /** Takes a mark under any filter: it is a place (an assumption, as the documentation is silent). */
  anyFilter: boolean
  /** Records more. */
  add(count: number): void
  /** The next `times` answers go wrong in this way; what was ordered before goes first. */
  misbehave(kind: Misbehaviour, times?: number): void
  close(): Promise<void>
}

/** Starts one on a free loopback port. */
export async function startIntegrationApi(options: IntegrationApiOptions): Promise<IntegrationApi> {
  const { username = 'ENTERPRISE\\siem', password = 'p4ss:wörd/+=', step = 1000 } = options
  const names = options.names ?? 'DNS:localhost,IP:127.0.0.1'
  const { key, cert } = options.plainHttp ? { key: '', cert: '' } : selfSigned(names)
  const firstAt = options.firstAt ?? Date.now() - 60_000 - options.records * step
  const login = `Basic ${Buffer.from(`${username}:${password}`).toString('base64')}`
  const orders: { kind: Misbehaviour; times: number }[] = []
  /** The filters that each mark was given under. */
  const filters = new Map<string, Set<string>>()
  const records: ActivityRecordJson[] = []
  const requests: ApiRequest[] = []

  const listener = (request: IncomingMessage, answer: ServerResponse): void => {
    const chunks: Buffer[] = []
    request.on('data', (chunk: Buffer) => chunks.push(chunk))
    request.on('end', () => respond(request, Buffer.concat(chunks).toString(), answer))
  }

  const respond = (request: IncomingMessage, posted: string, answer: ServerResponse): void => {
    const { pathname, searchParams } = new URL(request.url ?? '', 'http://stand-in')
    const [, mode] = /^\/netwrix\/api\/v1\/activity_records\/(enum|search)$/.exec(pathname) ?? []
    if (mode !== 'enum' && mode !== 'search') return send(answer, 404, '')
    const basic = { 'www-authenticate': 'Basic realm="x"' }
    // Asks what there is to log in with: no request yet, and nothing that was ordered is for it.
    if (request.headers.authorization === undefined) return send(answer, 401, '', basic)
    const { method = '' } = request
    const count = Number(searchParams.get('count') ?? 1000)
    const format = searchParams.get('format') === 'json' ? 'json' : 'xml'
    const { page, errors } = formats[format]
    const understood = understand(mode, request, posted, format)
    const { mark, filter } = typeof understood === 'number' ? {} : understood
    const from = fromOf(filter)
    const misbehaviour = takeOrder(orders)
    requests.push({ method, mode, count, mark, format, from, filter, misbehaviour })
    if (request.headers.authorization !== login) return send(answer, 401, '', basic)
    if (typeof understood === 'number') {
      const text = understood === 400 ? errors('InputError', 'Invalid post data') : ''
      return send(answer, understood, text)
    }
    if (!Number.isInteger(count) || count < 1) {
      return send(answer, 400, errors('InputError', 'Invalid count parameter specified.'))
    }
    const position = mark === undefined ? 0 : positionOf(mark)
    const under = JSON.stringify(filter) ?? ''
    const given = filters.get(mark ?? '')
    const otherFilter = !api.anyFilter && mode === 'search' && given?.has(under) === false
    if (position === undefined || position > records.length || otherFilter) {
      return send(answer, 400, errors('InputError', 'Invalid continuation mark'))
    }
    const { found, next } = select(records, position, count, filter)
    const answerMark = found.length > 0 ? markAt(next) : mark
    const right = page(found, answerMark)
    if (filter !== undefined) {
      filters.set(markAt(next), new Set(filters.get(markAt(next))).add(under))
    }
    const asked = {
      ...{ request, format, mark, records: found, next: markAt(next), answerMark, body: right },
      page,
    } satisfies Asked
    if (misbehaviour !== undefined) return misbehaviours[misbehaviour](asked, answer)
    if (count > api.slowAbove) return
    send(answer, 200, right)
  }

  const add = (count: number): void => {
    for (let added = 0; added < count; added += 1) {
      const index = records.length
      const record = activityRecord(index, firstAt + index * step)
      const changed = options.change ? options.change(record, index) : record
      records.push(changed as ActivityRecordJson)
    }
  }
  add(options.records)

  const server = options.plainHttp
    ? createHttpServer(listener)
    : createHttpsServer({ key, cert }, listener)
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  const api: IntegrationApi = {
    url: `${options.plainHttp ? 'http' : 'https'}://127.0.0.1:${port}`,
    username,
    password,
    ca: cert,
    fingerprint: cert === '' ? '' : new X509Certificate(cert).fingerprint256,
    records,
    requests,
    slowAbove: Infinity,
    anyFilter: false,
    add,
    misbehave(kind, times = 1) {
      orders.push({ kind, times })
    },
    async close() {
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
    },
  }
  return api
}

function takeOrder(orders: { kind: Misbehaviour; times: number }[]): Misbehaviour | undefined {
  const [order] = orders
  if (!order) return undefined
  order.times -= 1
  if (order.times <= 0) orders.shift()
  return order.kind
}

/** Mark and filter of what was posted, or the status that refuses it. */
function understand(
  mode: 'enum' | 'search',
  { method, headers }: IncomingMessage,
  posted: string,
  format: Format,
): Understood | number {
  if (method === 'GET') return mode === 'enum' ? { mark: undefined, filter: undefined } : 405
  if (method !== 'POST') return 405
  if (headers['content-type'] !== `application/${format}; charset=UTF-8`) return 400
  return format === 'json' ? understandJson(mode, posted) : understandXml(mode, posted)
}

function understandJson(mode: 'enum' | 'search', posted: string): Understood | number {
  let value: unknown
  try {
    value = JSON.parse(posted)
  } catch {
    return 500
  }
  if (mode === 'enum') return typeof value === 'string' ? { mark: value, filter: undefined } : 400
  const { ContinuationMark: mark, FilterList } = (value ?? {}) as Record<string, unknown>
  if (mark !== undefined && typeof mark !== 'string') return 400
  return searched(mark, filterOfJson(FilterList))
}

function understandXml(mode: 'enum' | 'search', posted: string): Understood | number {
  const root = parseXml(posted)
  if (mode === 'enum') {
    return root?.name === 'ContinuationMark' ? { mark: root.text, filter: undefined } : 400
  }
  if (root?.name !== 'ActivityRecordSearch') return 400
  const find = (name: string) => root.children.find((child) => child.name === name)
  return searched(find('ContinuationMark')?.text, filterOfXml(find('FilterList')))
}

function searched(
  mark: string | undefined,
  filter: ApiCondition[] | undefined,
): Understood | number {
  const from = fromOf(filter)
  const good = from === undefined || /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/.test(from)
  return filter === undefined || !good ? 400 : { mark, filter }
}

function fromOf(filter: ApiCondition[] | undefined): string | undefined {
  const { value } = filter?.find(({ name }) => name === 'When') ?? {}
  return typeof value === 'object' ? value['From'] : undefined
}

/** The next `count` records from a position on that pass the filter, and the position after them. */
function select(
  records: readonly ActivityRecordJson[],
  position: number,
  count: number,
  filter: ApiCondition[] | undefined,
): { found: ActivityRecordJson[]; next: number } {
  const found: ActivityRecordJson[] = []
  let next = position
  for (; next < records.length && found.length < count; next += 1) {
    const record = records[next] as ActivityRecordJson
    if (filter === undefined || passes(record, filter)) found.push(record)
  }
  return { found, next }
}

const formats = {
  json: {
    page: (list: unknown, mark: string | undefined): string =>
      JSON.stringify({ ActivityRecordList: list, ContinuationMark: mark }),
    errors,
  },
  xml: { page: pageXml, errors: errorsXml },
}

function typeOf(text: string): { 'content-type': string } {
  return { 'content-type': `application/${/^\ufeff?</.test(text) ? 'xml' : 'json'}` }
}

const html = { 'content-type': 'text/html; charset=us-ascii' }

function send(
  answer: ServerResponse,
  status: number,
  text: string,
  headers: Record<string, string> = {},
): void {
  const body = Buffer.from(text)
  answer.writeHead(status, {
    ...(body.length > 0 || status === 200 ? typeOf(text) : {}),
    server: 'Microsoft-HTTPAPI/2.0',
    'content-length': body.length,
    ...headers,
  })
  answer.end(body)
}

function errors(category: string, description: string): string {
  return JSON.stringify({ ErrorList: [{ Category: category, Description: description }] })
}

function selfSigned(names: string): { key: string; cert: string } {
  const folder = mkdtempSync(join(tmpdir(), 'cefline-api-'))
  const [keyFile, certFile] = [join(folder, 'key.pem'), join(folder, 'cert.pem')]
  try {
    const fixed = 'req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 365'
    const subject = ['-subj', '/CN=Netwrix Integration API', '-addext', `subjectAltName=${names}`]
    const files = ['-keyout', keyFile, '-out', certFile]
    execFileSync('openssl', [...fixed.split(' '), ...subject, ...files], { stdio: 'ignore' })
    return { key: readFileSync(keyFile, 'utf8'), cert: readFileSync(certFile, 'utf8') }
  } finally {
    rmSync(folder, { recursive: true })
  }
}

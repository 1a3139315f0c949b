/**
 * A stand-in for the REST API v3 of a Cado platform, because no real platform can be had for a test: an
 * HTTP server on loopback with projects, evidence, pipelines and timelines of its own. It was never
 * compared with a live one.
 *
 * It follows the vendor's OpenAPI document (version 2.324.0): bearer token, `status`/`data`/`pagination`,
 * page paging of listings, cursor paging of timelines, errors as `{status, message, code}`. It is strict
 * where a client could be sloppy: only GET, `project_id` with every timeline, one search text. Assumed:
 * an unknown cursor is a 400; a re-run of processing makes cursors unknown and gives events new ids.
 *
 * `misbehave` makes the next answers at an endpoint wrong in a given way.
 */
import { once } from 'node:events'
import { createServer } from 'node:http'
import type { IncomingMessage, ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'

export type Json = Record<string, unknown>

export type Status = 'complete' | 'failed' | 'cancelled' | 'in_progress' | 'queued'

export interface Pipeline {
  id: number
  evidence: number
  created: number
  status: Status
  subtasks: { name: string; state: string; finish_time: number; progress_text: string[] }[]
}

interface Evidence {
  id: number
  project: number
  name: string
  events: Json[]
  /** Cursors are of one generation. */
  generation: number
}

interface Asked {
  path: string
  query: URLSearchParams
  /** The right answer. */
  body: string
  response: ServerResponse
}

/** What `misbehave` can order, and what the answer is then. */
const misbehaviours = {
  /** The right answer: what comes after it is for a later one. */
  right: ({ response, body }) => send(response, 200, body),
  unauthorized: ({ response }) => fail(response, 401, 'Invalid token'),
  forbidden: ({ response }) => fail(response, 403, 'Missing role'),
  'not-found': ({ response }) => fail(response, 404, 'No such thing'),
  'bad-request': ({ response }) => fail(response, 400, 'Bad parameter'),
  'too-many': ({ response }) => fail(response, 429, 'Slow down', { 'retry-after': '7' }),
  error: ({ response }) => fail(response, 500, 'Something went wrong'),
  /** A proxy's error page that repeats what it was sent. */
  echo: ({ response }) => {
    const { authorization = '' } = response.req.headers
    send(response, 502, `<html><h1>Bad gateway</h1>${authorization}</html>`, 'text/html')
  },
  redirect: ({ response }) => {
    response.writeHead(302, { location: 'https://login.example.com/' }).end()
  },
  html: ({ response }) => send(response, 200, '<!DOCTYPE html><h1>Sign in</h1>', 'text/html'),
  'cut-json': ({ response, body }) => send(response, 200, body.slice(0, -30)),
  'no-data': ({ response }) => send(response, 200, '{"status":"success"}'),
  'error-200': ({ response }) => send(response, 200, '{"status":"error","message":"Not now"}'),
  hangup: ({ response }) => void response.socket?.destroy(),
  /** Never an answer. */
  silence: () => {},
  'no-pagination': ({ response, body }) =>
    edit(response, body, (answer) => delete answer['pagination']),
  'empty-page': ({ response, body }) => edit(response, body, (answer) => (answer['data'] = [])),
  /** The cursor that was sent is the next one again. */
  'repeated-cursor': ({ response, body, query }) =>
    paging(response, body, { next_token: query.get('cursor') ?? 'again' }),
  'no-total': ({ response, body }) => paging(response, body, { total_records: undefined }),
  'great-total': ({ response, body }) => paging(response, body, { total_records: 1_000_000 }),
  /** A row of another kind in the place of the first. */
  'odd-row': ({ response, body }) =>
    edit(response, body, (answer) => ((answer['data'] as unknown[])[0] = 'no event')),
} satisfies Record<string, (asked: Asked) => void>

export type Misbehaviour = keyof typeof misbehaviours

export interface CadoApiOptions {
  /** More than this is a 400. */
  mostPerPage?: number
  /** Fewer than asked for. */
  givesAtMost?: number
  /** Next tokens that never end: the timeline begins again behind its end. */
  endless?: boolean
  /** The last page has a next token too, and the page behind it is empty with that same token. */
  endsWith?: 'same-cursor'
}

export class CadoPlatform {
  readonly token = 'eyJhbGciOi.c3RhbmQtaW4.c2VjcmV0'
  readonly projects: { id: number; name: string }[] = []
  readonly evidence = new Map<number, Evidence>()
  readonly pipelines: Pipeline[] = []
  /** What was asked: `timeline?…`. */
  readonly requests: { path: string; query: URLSearchParams }[] = []
  options: CadoApiOptions
  /** What goes wrong at whatever time it is asked, by endpoint. */
  ill: (path: string, query: URLSearchParams) => Misbehaviour | undefined = () => undefined
  readonly #orders = new Map<string, Misbehaviour[]>()
  readonly #server = createServer((request, response) => this.#answer(request, response))
  #ids = 0
  #clock = 1_700_000_000_000

  constructor(options: CadoApiOptions) {
    this.options = options
  }

  get url(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`
  }

  async listen(): Promise<void> {
    this.#server.listen(0, '127.0.0.1')
    await once(this.#server, 'listening')
  }

  async close(): Promise<void> {
    this.#server.closeAllConnections()
    await new Promise((resolve) => this.#server.close(resolve))
  }

  /** Evidence with a number of events, three a second, whose processing has this status. */
  add(project: number, name: string, events: number, status: Status | 'none' = 'complete'): number {
    if (!this.projects.some(({ id }) => id === project)) {
      this.projects.push({ id: project, name: `Case ${project}` })
    }
    const id = this.evidence.size + 11
    this.evidence.set(id, { id, project, name, events: [], generation: 0 })
    this.addEvents(id, events)
    if (status !== 'none') this.process(id, status)
    return id
  }

  /** More events behind those that are there. */
  addEvents(evidence: number, count: number, more: Json = {}): void {
    const { events, name } = this.#of(evidence)
    for (let added = 0; added < count; added += 1) {
      const number = events.length
      events.push({
        id: this.#newId(),
        index_id: 1,
        evidence_id: evidence,
        evidence_name: name,
        timestamp: 1_595_194_940 + Math.floor(number / 3),
        source: 'FILE',
        sourcetype: 'File stat',
        type: 'Content Modification Time',
        filename: `/tmp/file-${number}`,
        inode: String(number),
        short: `/tmp/file-${number}`,
        macb: 'M...',
        is_folder: false,
        alarm_information: [],
        ...more,
      })
    }
  }

  /** A run of processing. */
  process(evidence: number, status: Status): Pipeline {
    this.#clock += 60_000
    const finish_time = this.#clock + 30_000
    const state = status === 'complete' ? 'SUCCESS' : 'FAILURE'
    const subtasks = [
      { name: 'Hashing files', state: 'SUCCESS', finish_time, progress_text: ['Done'] },
      {
        name: 'Building timeline',
        state,
        finish_time,
        progress_text: ['Begun', 'fast_timeline returned 1'],
      },
    ]
    const id = this.pipelines.length + 101
    const pipeline = { id, evidence, created: this.#clock, status, subtasks }
    this.pipelines.push(pipeline)
    return pipeline
  }

  /** Processing is run again: the same events with new ids, and so many more. */
  reprocess(evidence: number, more: number): void {
    const kept = this.#of(evidence)
    kept.generation += 1
    for (const event of kept.events) event['id'] = this.#newId()
    this.addEvents(evidence, more)
    this.process(evidence, 'complete')
  }

  /** A run is run again under its own number: the same events with new ids, and so many more. */
  rerun(evidence: number, more: number): void {
    this.reprocess(evidence, more)
    const again = this.pipelines.pop()
    const run = this.pipelines.findLast((one) => one.evidence === evidence)
    if (run && again) run.subtasks = again.subtasks
  }

  /** Cursors that were given are not known any more. */
  forget(evidence: number): void {
    this.#of(evidence).generation += 1
  }

  /** Evidence is deleted, with its runs. */
  remove(evidence: number): void {
    this.evidence.delete(evidence)
    const kept = this.pipelines.filter((one) => one.evidence !== evidence)
    this.pipelines.splice(0, this.pipelines.length, ...kept)
  }

  misbehave(path: string, ...orders: Misbehaviour[]): void {
    this.#orders.set(path, [...(this.#orders.get(path) ?? []), ...orders])
  }

  /** How often the endpoint was asked. */
  count(path: string): number {
    return this.requests.filter((request) => request.path === path).length
  }

  #of(evidence: number): Evidence {
    const found = this.evidence.get(evidence)
    if (!found) throw new Error(`no evidence ${evidence}`)
    return found
  }

  #newId(): string {
    this.#ids += 1
    return `Q5Fb${String(this.#ids).padStart(16, '0')}`
  }

  #answer(request: IncomingMessage, response: ServerResponse): void {
    const { pathname, searchParams: query } = new URL(request.url ?? '/', this.url)
    const path = pathname.replace('/api/v3/', '')
    this.requests.push({ path, query })
    if (request.method !== 'GET') return fail(response, 405, 'Only GET here')
    const key = path.replace(/\/\d+$/, '')
    const order = this.ill(key, query) ?? this.#orders.get(key)?.shift()
    if (!order && request.headers.authorization !== `Bearer ${this.token}`) {
      return fail(response, 401, 'Invalid token')
    }
    const answer = this.#right(path, query)
    if (order) {
      const body = JSON.stringify(typeof answer === 'string' ? {} : answer)
      return misbehaviours[order]({ path, query, body, response })
    }
    if (typeof answer === 'string') return fail(response, answer === 'none' ? 404 : 400, answer)
    send(response, 200, JSON.stringify(answer))
  }

  /** The answer, or why there is none. */
  #right(path: string, query: URLSearchParams): Json | string {
    if (path === 'projects') {
      const list = this.projects.map(({ id, name }) => ({ id, created: 1, details: { name } }))
      return listing(list, query)
    }
    if (path === 'evidences') {
      const project = Number(query.get('project_id'))
      const list = [...this.evidence.values()].filter((item) => item.project === project)
      return listing(
        list.map(({ id, name }) => ({ id, display_name: name })),
        query,
      )
    }
    if (path === 'pipelines') {
      const project = Number(query.get('project_id'))
      const list = this.pipelines.filter(({ evidence }) => this.#of(evidence).project === project)
      return listing(list.map((pipeline) => this.#shown(pipeline)).reverse(), query)
    }
    const one = this.pipelines.find(({ id }) => path === `pipelines/${id}`)
    if (one) return { status: 'success', data: this.#shown(one) }
    return path === 'timeline' ? this.#timeline(query) : 'none'
  }

  #shown({ id, evidence, created, status, subtasks }: Pipeline): Json {
    const { name, project } = this.#of(evidence)
    const pipeline = { id, type: 'processing' }
    const of = { evidence: { id: evidence, name }, project: { id: project } }
    return { pipeline, created, status, subtasks, ...of }
  }

  #timeline(query: URLSearchParams): Json | string {
    const { mostPerPage = 10_000, givesAtMost = 10_000, endless = false, endsWith } = this.options
    const id = Number(/^evidence_id: (\d+)$/.exec(query.get('search_text') ?? '')?.[1])
    const found = this.evidence.get(id)
    if (!found || Number(query.get('project_id')) !== found.project) return 'none'
    if (query.get('order_by') !== 'timestamp') return 'order_by'
    const wanted = Number(query.get('per_page') ?? 100)
    if (wanted > mostPerPage) return `per_page may be ${mostPerPage} at most`
    const cursor = query.get('cursor')
    const [generation, at] = cursor === null ? [found.generation, 0] : readCursor(cursor)
    if (generation !== found.generation || at === undefined) return 'The cursor has expired'
    const sorted = [...found.events].sort((a, b) => Number(a['timestamp']) - Number(b['timestamp']))
    const from = endless && sorted.length > 0 ? at % sorted.length : at
    const data = sorted.slice(from, from + Math.min(wanted, givesAtMost))
    const next = at + data.length
    const more = endless || endsWith !== undefined || next < sorted.length
    const pagination = {
      type: 'cursor',
      per_page: wanted,
      total_records: sorted.length,
      ...(more ? { next_token: writeCursor(found.generation, next) } : {}),
    }
    return { status: 'success', data, pagination }
  }
}

export async function startCadoApi(
  t: { teardown(end: () => unknown): void },
  options: CadoApiOptions = {},
): Promise<CadoPlatform> {
  const platform = new CadoPlatform(options)
  await platform.listen()
  t.teardown(() => platform.close())
  return platform
}

function listing(list: readonly Json[], query: URLSearchParams): Json {
  const page = Number(query.get('page') ?? 1)
  const size = Math.min(50, Number(query.get('per_page') ?? 10))
  const data = list.slice((page - 1) * size, page * size)
  const pagination = {
    type: 'page',
    current_page: page,
    per_page: size,
    total_pages: Math.ceil(list.length / size),
    total_records: list.length,
  }
  return { status: 'success', data, pagination }
}

function writeCursor(generation: number, at: number): string {
  return Buffer.from(JSON.stringify([generation, at])).toString('base64')
}

function readCursor(cursor: string): [number | undefined, number | undefined] {
  try {
    return JSON.parse(Buffer.from(cursor, 'base64').toString()) as [number, number]
  } catch {
    return [undefined, undefined]
  }
}

function edit(response: ServerResponse, body: string, change: (answer: Json) => unknown): void {
  const answer = JSON.parse(body) as Json
  change(answer)
  send(response, 200, JSON.stringify(answer))
}

function paging(response: ServerResponse, body: string, change: Json): void {
  edit(response, body, (answer) => {
    answer['pagination'] = { ...(answer['pagination'] as Json), ...change }
  })
}

function fail(response: ServerResponse, status: number, message: string, headers: Json = {}): void {
  for (const [name, value] of Object.entries(headers)) response.setHeader(name, String(value))
  send(response, status, JSON.stringify({ status: 'error', message, code: `E${status}` }))
}

function send(response: ServerResponse, status: number, body: string, type = 'application/json') {
  response.writeHead(status, { 'content-type': type }).end(body)
}

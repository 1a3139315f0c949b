/**
 * What the page reads, as JSON, and the one thing that it can do: send a test event.
 *
 * `/api/status` (the state as `cefline status --json` has it), `/api/history?range=hour|day`,
 * `/api/events` (the latest, the newest first), `/api/rejects` (without their records), `/api/stream`
 * and `POST /api/test`, whose answer is a line of JSON for each step.
 */
import { Readable } from 'node:stream'
import type { FastifyInstance, FastifyReply } from 'fastify'
import { asCefline, error } from '../error.ts'
import type { Range } from '../telemetry/history.ts'
import type { Asked, EventQuery, RejectsQuery } from './asked.ts'
import type { Guard } from './guard.ts'
import { shownEvents } from './shown-event.ts'
import type { Status } from './status.ts'
import { Stream } from './stream.ts'

export interface ApiOptions {
  status: () => Status
  /** undefined while the spool is not open. */
  asked?: () => Asked | undefined
}

/** What is given when no `limit` is, and at most. */
const rows = { usual: 100, most: 500 }
/** ms that the receipts of a test event are waited for: longer than `receiptEvery` is by itself. */
const testTimeout = 60_000

const text = { type: 'string', maxLength: 1000 }
const limit = { type: 'integer', minimum: 1, maximum: rows.most }
const count = { type: 'integer', minimum: 0 }

const queries = {
  history: query({ range: { enum: ['hour', 'day'] } }, ['range']),
  events: query({ source: text, destination: text, severity: count, text, limit }),
  rejects: query({ after: count, limit, source: text, code: text }),
  test: query({ destination: text }),
}

export function addApi(server: FastifyInstance, guard: Guard, options: ApiOptions): void {
  const { status } = options
  const asked = () => options.asked?.()
  const overview = async (): Promise<object> => {
    const waiting = { others: [], damaged: [], rejectsByCode: {} }
    return (await asked()?.verbs.status({})) ?? { ...status(), ...waiting }
  }
  const verbs = () => {
    const found = asked()?.verbs
    if (found) return found
    throw error('spool-failed', 'the spool is not open yet; /api/status says why')
  }
  const looked = { onRequest: guard.look }
  server.get('/api/status', looked, overview)
  server.get<{ Querystring: { range: Range } }>(
    '/api/history',
    { ...looked, schema: { querystring: queries.history } },
    ({ query }) => verbs().history(query),
  )
  server.get<{ Querystring: EventQuery & { limit?: number } }>(
    '/api/events',
    { ...looked, schema: { querystring: queries.events } },
    async ({ query: { limit: latest = rows.usual, ...chosen } }) => {
      const events = []
      for await (const seen of verbs().tap({ ...chosen, latest, follow: false })) {
        events.push(...seen.events)
      }
      return { events: shownEvents({ events }) }
    },
  )
  server.get<{ Querystring: RejectsQuery }>(
    '/api/rejects',
    { ...looked, schema: { querystring: queries.rejects } },
    ({ query }) => verbs().rejects({ limit: rows.usual, ...query }),
  )
  addStream(server, guard, new Stream({ status: overview, asked }))
  addTest(server, guard, verbs)
}

function addStream(server: FastifyInstance, guard: Guard, stream: Stream): void {
  server.addHook('preClose', async () => stream.close())
  // Of HEAD nobody would read what is opened, nor close it.
  const only = { onRequest: guard.look, exposeHeadRoute: false }
  server.get('/api/stream', only, (request, reply) => {
    const opened = stream.open(() => guard.lets(request))
    if (!opened) return reply.code(503).send({ message: 'Too many look at once; close a page.' })
    // A proxy between would keep it until there is much of it.
    reply.headers({ 'content-type': 'text/event-stream', 'x-accel-buffering': 'no' })
    return reply.send(opened)
  })
}

/** One at a time: each of them is an event in the SIEM. */
function addTest(server: FastifyInstance, guard: Guard, verbs: () => Asked['verbs']): void {
  let isTesting = false
  server.post<{ Body: { destination?: string } }>(
    '/api/test',
    { onRequest: [guard.look, guard.change], schema: { body: queries.test } },
    async (request, reply) => {
      if (isTesting) {
        reply.header('retry-after', '1')
        return reply.code(429).send({ message: 'A test event is on its way; wait for its end.' })
      }
      const who = guard.holder(request)
      const query = { ...request.body, timeout: testTimeout, ...(who !== undefined && { who }) }
      const steps = verbs().test(query)[Symbol.asyncIterator]()
      isTesting = true
      const over = () => (isTesting = false)
      try {
        const first = await steps.next()
        reply.type('application/x-ndjson')
        return reply.send(Readable.from(stepLines(first, steps, over)).once('close', over))
      } catch (thrown) {
        over()
        throw thrown
      }
    },
  )
}

/** What ends it before its end is its last step. */
async function* stepLines(
  first: IteratorResult<object>,
  steps: AsyncIterator<object>,
  over: () => void,
): AsyncGenerator<string> {
  try {
    for (let next = first; !next.done; next = await steps.next()) yield line(next.value)
  } catch (thrown) {
    yield line({ step: 'end', ok: false, detail: asCefline(thrown).message, milliseconds: 0 })
  } finally {
    over()
    // For the reader who went: what waits below ends.
    await steps.return?.()
  }
}

function line(step: object): string {
  return `${JSON.stringify(step)}\n`
}

/** Answers an error as JSON: `{ message }`. */
export function answerError(thrown: unknown, reply: FastifyReply): void {
  const { statusCode } = thrown as { statusCode?: number }
  const { code, message } = asCefline(thrown)
  const ours = code === 'not-found' ? 404 : code === 'internal' ? 500 : 503
  reply.code(statusCode ?? ours).send({ message })
}

function query(properties: object, required: string[] = []): object {
  return { type: 'object', additionalProperties: false, properties, required }
}

import t from 'tap'
import { error } from '../../src/error.ts'
import type { Asked, EventQuery } from '../../src/status/asked.ts'
import { createServer } from '../../src/status/server.ts'
import { Metrics } from '../../src/telemetry/metrics.ts'

const cef = String.raw`CEF:0|Net\|wrix|File|1.0|Modified|A file|7| msg=a\=b\nc suser=CORP\\jane`
const event = {
  ...{ at: 3, destination: 'siem', queue: 'alerts', sequence: 4, line: 0, time: 5, severity: 7 },
  ...{ cef, frame: 'eA==' },
}

function serve(verbs: Partial<Asked['verbs']> | undefined, token: string | null = null) {
  const asked = { verbs } as Asked
  const server = createServer({
    ...{ listen: '127.0.0.1:8514', token, metrics: new Metrics('1') },
    status: () => ({ version: '1' }) as never,
    asked: () => (verbs ? asked : undefined),
  })
  t.teardown(() => server.close())
  return server
}

t.test('events are laid out, the newest first', async (t) => {
  const queries: EventQuery[] = []
  const server = serve({
    tap: async function* (query) {
      queries.push(query)
      yield { events: [event, { ...event, line: 1, cef: 'no CEF' }], skipped: 0 }
    },
  })
  const { events } = (
    await server.inject('/api/events?source=alerts&text=jane&severity=5&limit=7&destination=')
  ).json()
  t.strictSame(queries, [{ source: 'alerts', text: 'jane', severity: 5, latest: 7, follow: false }])
  t.equal(events[0].line, 1)
  t.strictSame(events[0].fields, [], 'what is no CEF is shown as it is')
  t.strictSame(events[1], {
    ...event,
    header: {
      ...{ format: 'CEF:0', vendor: 'Net|wrix', product: 'File', version: '1.0' },
      ...{ classId: 'Modified', name: 'A file', severity: '7' },
    },
    fields: [
      ['msg', 'a=b\nc'],
      ['suser', 'CORP\\jane'],
    ],
  })
})

t.test('what is asked for wrongly is refused', async (t) => {
  const server = serve({})
  for (const url of [
    '/api/history',
    '/api/history?range=week',
    '/api/events?limit=0',
    '/api/events?limit=501',
    '/api/events?severity=high',
    '/api/events?sources=alerts',
    '/api/rejects?after=-1',
    '/api/rejects?after=0&destination=siem',
  ]) {
    const answer = await server.inject(url)
    t.equal(answer.statusCode, 400, url)
    t.match(answer.json(), { message: /^querystring/ })
  }
})

t.test('rejects and plots are handed on', async (t) => {
  const server = serve({
    rejects: async (query) => [{ query }],
    history: async ({ range }) => ({
      from: 1,
      step: 2,
      sources: { [range]: { read: [] } },
      destinations: {},
    }),
  })
  const rejects = await server.inject('/api/rejects?after=3&code=date&source=')
  t.strictSame(rejects.json(), [{ query: { limit: 100, after: 3, code: 'date' } }])
  t.match((await server.inject('/api/history?range=day')).json(), { sources: { day: {} } })
})

t.test('before the spool is open the status says why, the rest waits', async (t) => {
  const server = serve(undefined)
  t.strictSame((await server.inject('/api/status')).json(), {
    version: '1',
    others: [],
    damaged: [],
    rejectsByCode: {},
  })
  for (const url of ['/api/history?range=day', '/api/events', '/api/rejects']) {
    const answer = await server.inject(url)
    t.equal(answer.statusCode, 503)
    t.match(answer.json(), { message: /is not open yet/ })
  }
})

const headers = { authorization: 'Bearer one', 'content-type': 'application/json' }
const test = { method: 'POST', url: '/api/test', headers } as const

t.test('a test event: its steps as they come, one at a time', async (t) => {
  let [begin, finish] = [() => {}, () => {}]
  const begun = new Promise<void>((resolve) => (begin = resolve))
  const finished = new Promise<void>((resolve) => (finish = resolve))
  const server = serve(
    {
      test: async function* ({ destination, timeout, who }) {
        yield {
          step: 'made',
          ok: true,
          detail: `${destination} ${who} ${timeout}`,
          milliseconds: 0,
        }
        begin()
        await finished
        yield { step: 'end', ok: true, detail: 'received', milliseconds: 9 }
      },
    },
    'one',
  )
  // An injection begins when it is awaited.
  const first = Promise.resolve(server.inject({ ...test, payload: { destination: 'siem' } }))
  await begun
  const second = await server.inject({ ...test, payload: {} })
  t.equal(second.statusCode, 429)
  t.ok(second.headers['retry-after'])
  t.match(second.json(), { message: /on its way/ })
  finish()
  const answer = await first
  t.match(answer.headers['content-type'], 'application/x-ndjson')
  const steps = answer.payload
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line))
  t.match(steps, [
    { step: 'made', detail: 'siem token 60000' },
    { step: 'end', ok: true },
  ])
  t.equal((await server.inject({ ...test, payload: {} })).statusCode, 200, 'then the next')
})

t.test('a test event that cannot be sent, or ends before its end', async (t) => {
  const server = serve(
    {
      test: async function* ({ destination }) {
        if (destination !== undefined) throw error('not-found', 'there is no such destination')
        yield { step: 'made', ok: true, detail: '', milliseconds: 0 }
        throw error('lost', 'the appliance stops')
      },
    },
    'one',
  )
  const wrong = await server.inject({ ...test, payload: { destination: 'x' } })
  t.equal(wrong.statusCode, 404)
  t.match(wrong.json(), { message: 'there is no such destination' })
  t.equal((await server.inject({ ...test, payload: { who: 'root' } })).statusCode, 400)
  const lines = (await server.inject({ ...test, payload: {} })).payload.trim().split('\n')
  t.match(JSON.parse(lines[1] ?? ''), { step: 'end', ok: false, detail: 'the appliance stops' })
})

t.test('who goes before the end of a test event ends what was waited for', async (t) => {
  let end = () => {}
  const ended = new Promise<void>((resolve) => (end = resolve))
  const server = serve(
    {
      test: async function* () {
        try {
          for (;;) yield { step: 'made', ok: true, detail: 'x'.repeat(65_536), milliseconds: 0 }
        } finally {
          end()
        }
      },
    },
    'one',
  )
  const url = await server.listen({ host: '127.0.0.1', port: 0 })
  const gone = new AbortController()
  const options = { method: 'POST', headers, body: '{}', signal: gone.signal } as const
  const answer = await fetch(`${url}/api/test`, options)
  await answer.body?.getReader().read()
  gone.abort()
  await ended
  t.pass('its end was run')
})

t.test('HEAD of the stream opens none', async (t) => {
  const server = serve({})
  const head = await server.inject({ method: 'HEAD', url: '/api/stream' })
  t.equal(head.statusCode, 404)
  t.equal((await server.inject({ method: 'HEAD', url: '/healthz' })).statusCode, 200)
})

import { once } from 'node:events'
import { request } from 'node:http'
import type { IncomingMessage } from 'node:http'
import t from 'tap'
import { createServer } from '../../src/status/server.ts'
import type { StatusServerOptions } from '../../src/status/server.ts'
import type { Asked } from '../../src/status/asked.ts'
import { Metrics } from '../../src/telemetry/metrics.ts'

/** Verbs of which only the test event answers: by whose it is. */
const asked = {
  verbs: {
    status: async () => ({}),
    test: async function* ({ who }: { who?: string }) {
      yield { step: 'end', ok: true, detail: String(who), milliseconds: 1 }
    },
  },
} as unknown as Asked

function serve(options: Partial<StatusServerOptions>) {
  const server = createServer({
    ...{ listen: '127.0.0.1:8514', token: null, metrics: new Metrics('1') },
    status: () => ({}) as never,
    asked: () => asked,
    ...options,
  })
  t.teardown(() => server.close())
  const test = (headers: Record<string, string>) =>
    server.inject({ method: 'POST', url: '/api/test', headers, payload: '{}' })
  return { server, test }
}

const json = { 'content-type': 'application/json' }
const bearer = (token: string) => ({ authorization: `Bearer ${token}` })

t.test('each token opens, and its name is who', async (t) => {
  const { server, test } = serve({ token: 'one', tokens: { jane: 'two', 'o.k': 'three' } })
  for (const [token, who] of [
    ['one', 'token'],
    ['two', 'jane'],
    ['three', 'o.k'],
  ] as const) {
    const answer = await test({ ...json, ...bearer(token) })
    t.equal(answer.statusCode, 200)
    t.match(JSON.parse(answer.payload), { detail: who })
    const basic = Buffer.from(`any:${token}`).toString('base64')
    const url = '/api/status'
    const headers = { authorization: `Basic ${basic}` }
    t.equal((await server.inject({ url, headers })).statusCode, 200)
  }
  const wrong = [{}, bearer(''), bearer('jane'), bearer('four'), { authorization: 'one' }]
  const answers = wrong.flatMap((headers) => [
    test({ ...json, ...headers }),
    server.inject({ url: '/api/status', headers }),
  ])
  for (const { statusCode } of await Promise.all(answers)) t.equal(statusCode, 401)
})

t.test('tokens alone are enough, and may become others', async (t) => {
  const tokens = { jane: 'two' }
  const { server } = serve({ listen: '0.0.0.0:1', tokens })
  const url = '/api/status'
  t.equal((await server.inject({ url, headers: bearer('two') })).statusCode, 200)
  tokens.jane = 'other'
  t.equal((await server.inject({ url, headers: bearer('two') })).statusCode, 401)
  t.equal((await server.inject({ url, headers: bearer('other') })).statusCode, 200)
})

t.test('a token that is taken away ends what is open by it', async (t) => {
  const tokens: Record<string, string> = { jane: 'two', joe: 'three' }
  const { server } = serve({ tokens })
  const url = await server.listen({ host: '127.0.0.1', port: 0 })
  const [jane, joe] = await Promise.all(
    ['two', 'three'].map(async (token) => {
      const answer = await fetch(`${url}/api/stream`, { headers: bearer(token) })
      return answer.body!.getReader()
    }),
  )
  delete tokens['jane']
  await t.rejects(async () => {
    while (!(await jane!.read()).done);
  })
  t.notOk((await joe!.read()).done, 'that of others goes on')
})

t.test('when the last token is gone, who came under another name is out', async (t) => {
  const tokens: Record<string, string> = { jane: 'two' }
  const { server } = serve({ tokens })
  const url = await server.listen({ host: '127.0.0.1', port: 0 })
  const sent = request(`${url}/api/stream`, { headers: { ...bearer('two'), host: 'page.example' } })
  sent.end()
  const [answer] = (await once(sent, 'response')) as [IncomingMessage]
  t.equal(answer.statusCode, 200)
  delete tokens['jane']
  await t.rejects(once(answer.resume(), 'end'), { code: 'ECONNRESET' })
})

t.test('without a token nothing can be done, on loopback neither', async (t) => {
  const { test } = serve({ tokens: {} })
  const answer = await test({ ...json, host: 'localhost:8514' })
  t.equal(answer.statusCode, 403)
  t.match(answer.payload, /status\.token/)
})

t.test('another site’s page can do nothing with the password that the browser adds', async (t) => {
  const { test } = serve({ token: 'one' })
  const own = { ...bearer('one'), host: 'cefline:8514' }
  const codeOf = async (headers: Record<string, string>) =>
    (await test({ ...own, ...headers })).statusCode
  t.equal(await codeOf({ ...json, 'sec-fetch-site': 'same-origin' }), 200)
  t.equal(await codeOf({ ...json, 'sec-fetch-site': 'none' }), 200)
  t.equal(await codeOf({ ...json, 'sec-fetch-site': 'cross-site' }), 403)
  t.equal(await codeOf({ ...json, 'sec-fetch-site': 'same-site' }), 403)
  t.equal(await codeOf({ ...json, origin: 'http://cefline:8514' }), 200)
  t.equal(await codeOf({ ...json, origin: 'http://cefline:8515' }), 403)
  t.equal(await codeOf({ ...json, origin: 'null' }), 403)
  t.equal(await codeOf(json), 200, 'no browser: it sends neither')
  t.equal(await codeOf({ 'content-type': 'text/plain' }), 415)
  t.equal(await codeOf({ 'content-type': 'application/jsonp' }), 415)
})

t.test('an empty token is none: it opens to nobody', async (t) => {
  const { server } = serve({ listen: '0.0.0.0:8514', token: '', tokens: { jane: '' } })
  for (const headers of [{}, bearer('')]) {
    t.equal((await server.inject({ url: '/api/status', headers })).statusCode, 403)
  }
})

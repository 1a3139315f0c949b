/** Who is refused is counted and said; who guesses is slowed, and shuts out nobody. */
import { mock } from 'node:test'
import t from 'tap'
import { createServer } from '../../src/status/server.ts'
import { Refusals } from '../../src/status/refusals.ts'
import { Metrics } from '../../src/telemetry/metrics.ts'

const url = '/api/status'
const bearer = (token: string) => ({ authorization: `Bearer ${token}` })

function serve(token: string | null, listen = '127.0.0.1:8514') {
  const metrics = new Metrics('1')
  const warnings: string[] = []
  const server = createServer({
    ...{ listen, token, metrics, status: () => ({}) as never },
    warned: (message) => warnings.push(message),
  })
  t.teardown(() => server.close())
  const counts = async () => {
    const { values } = await metrics.statusRefused.get()
    const some = values.filter(({ value }) => value > 0)
    return Object.fromEntries(some.map(({ labels, value }) => [labels.reason, value]))
  }
  return { server, warnings, counts }
}

t.test('each kind is counted, and the suspicious ones are said', async (t) => {
  const { server, warnings, counts } = serve('one')
  await server.inject(url)
  t.strictSame(await counts(), { 'token-missing': 1 })
  t.strictSame(warnings, [], 'a browser’s first request is no guess')
  const headers = bearer('two-is-secret')
  const answers = [1, 2, 3].map(() => server.inject({ url, headers, remoteAddress: '192.0.2.7' }))
  for (const { statusCode } of await Promise.all(answers)) t.equal(statusCode, 401)
  await server.inject({
    method: 'POST',
    url: '/api/test',
    headers: { ...bearer('one'), 'sec-fetch-site': 'cross-site' },
  })
  t.strictSame(await counts(), { 'token-missing': 1, 'token-wrong': 3, 'other-site': 1 })
  t.strictSame(warnings, ['the status page refused requests: 1 of 192.0.2.7 with a wrong token'])
  await server.close()
  t.equal(
    warnings[1],
    'the status page refused requests: 2 of 192.0.2.7 with a wrong token, 1 of 127.0.0.1 from another site’s page',
    'the end loses none',
  )

  const open = serve(null)
  await open.server.inject({ url, headers: { host: 'evil.example' } })
  t.strictSame(await open.counts(), { 'host-name': 1 })
  t.match(open.warnings[0], /127\.0\.0\.1 under a name that is not of loopback$/)
  const beyond = serve(null, '0.0.0.0:8514')
  await beyond.server.inject(url)
  t.strictSame(await beyond.counts(), { 'token-not-set': 1 })
  t.strictSame(beyond.warnings, [])
})

t.test('guesses wait, as many as there is room for; the right token does not', async (t) => {
  const refusals = new Refusals(new Metrics('1').statusRefused, () => {})
  const waits = Array.from({ length: 33 }, () => refusals.slow())
  t.equal(await waits.pop(), false, 'one beyond the bound')
  t.ok((await Promise.all(waits)).every((waited) => waited))
  t.equal(await refusals.slow(), true, 'there is room again')

  const { server } = serve('one')
  const guesses = Array.from({ length: 40 }, () => server.inject({ url, headers: bearer('two') }))
  t.equal((await server.inject({ url, headers: bearer('one') })).statusCode, 200)
  const answers = await Promise.all(guesses)
  t.ok(answers.every(({ statusCode }) => statusCode === 401))
  t.ok(answers.some(({ headers }) => headers.connection === 'close'))
})

t.test('a line a minute, with a few addresses however many there are', async (t) => {
  mock.timers.enable({ apis: ['setTimeout'] })
  t.teardown(() => mock.timers.reset())
  const warnings: string[] = []
  const refusals = new Refusals(new Metrics('1').statusRefused, (said) => warnings.push(said))
  for (let last = 1; last <= 200; last += 1) refusals.add('token-wrong', `192.0.2.${last}`)
  refusals.add('token-wrong', '192.0.2.3')
  t.equal(warnings.length, 1)
  mock.timers.tick(60_000)
  t.equal(warnings.length, 2)
  t.match(warnings[1], /2 of 192\.0\.2\.3 with a wrong token, .*, 194 of other addresses$/)
  mock.timers.tick(60_000)
  refusals.add('token-wrong', '192.0.2.9')
  t.equal(warnings.length, 3, 'after a quiet minute at once')
  refusals.close()
  refusals.close()
  t.equal(warnings.length, 3)
})

import t from 'tap'
import type { Test } from 'tap'
import { createServer, startStatusServer } from '../../src/status/server.ts'
import type { Status } from '../../src/status/status.ts'
import { Metrics } from '../../src/telemetry/metrics.ts'

const status: Status = {
  version: '1.2.3',
  configuration: 'cefline.yaml',
  startedAt: '2026-11-22T00:00:00.000Z',
  now: Date.UTC(2026, 10, 22),
  writable: false,
  spool: { folder: './data', bytes: 1, maxBytes: 10, full: false, rejects: 0 },
  sources: [
    {
      name: 'alerts',
      type: 'netwrix-alerts',
      where: '<img src=x onerror=alert(1)>',
      state: 'failed',
      problem: 'it & that',
      lastRecordAt: undefined,
      remembered: 0,
      rate: 0,
      certificates: [],
      ledger: { read: 5, spooled: 1, alreadyGiven: 2, rejected: 1, ignored: 1 },
    },
    {
      name: 'activity',
      type: 'netwrix-api',
      where: 'https://auditor:9699',
      state: 'reading',
      problem: undefined,
      lastRecordAt: Date.UTC(2026, 10, 20),
      silentSince: Date.UTC(2026, 10, 20),
      remembered: 0,
      rate: 0,
      certificates: [],
      ledger: { read: 0, spooled: 0, alreadyGiven: 0, rejected: 0, ignored: 0 },
    },
  ],
  destinations: [],
}

/** What the build makes, as far as it matters here. */
const files = {
  'index.html': '<!doctype html><title>Cefline</title>',
  'main.js': 'export {}',
  'notes.txt': 'not served',
}

async function start(t: Test, options: { token?: string; full?: boolean }) {
  const shown = { ...status, spool: { ...status.spool, full: options.full ?? false } }
  const server = await startStatusServer({
    listen: '127.0.0.1:0',
    token: options.token ?? null,
    metrics: new Metrics('1.2.3'),
    status: () => shown,
    page: t.testdir(files),
  })
  t.teardown(() => server.close())
  const port = new URL(server.url).port
  return (path: string, headers: Record<string, string> = {}) =>
    fetch(`http://127.0.0.1:${port}${path}`, { headers })
}

t.test('on loopback everything is open, and safe to look at', async (t) => {
  const get = await start(t, {})
  t.equal(await (await get('/healthz')).text(), 'ok\n')
  t.equal((await get('/readyz')).status, 200)
  t.match(await (await get('/metrics')).text(), /cefline_build_info\{version="1.2.3"\} 1/)
  const overview = { spool: { maxBytes: 10 }, others: [], damaged: [] }
  t.match(await (await get('/api/status')).json(), overview, 'also before the spool is open')
  t.equal((await get('/nowhere')).status, 404)
})

t.test('a full spool is not ready, yet alive', async (t) => {
  const get = await start(t, { full: true })
  t.equal((await get('/readyz')).status, 503)
  t.equal((await get('/healthz')).status, 200)
})

t.test('with a token, page and status want it', async (t) => {
  const get = await start(t, { token: 'correct horse' })
  for (const path of ['/', '/api/status']) {
    t.equal((await get(path)).status, 401)
    t.equal((await get(path, { authorization: 'Bearer wrong' })).status, 401)
    t.equal(
      (await get(path, { authorization: 'Bearer correct horse'.replace(' horse', '') })).status,
      401,
    )
    const basic = Buffer.from('any:correct horse').toString('base64')
    t.equal((await get(path, { authorization: `Basic ${basic}` })).status, 200)
  }
  t.equal((await get('/metrics')).status, 200)
})

t.test('beyond loopback without a token, page and status are refused', async (t) => {
  const server = createServer({
    listen: '0.0.0.0:8514',
    token: null,
    metrics: new Metrics('1'),
    status: () => status,
  })
  t.teardown(() => server.close())
  t.equal((await server.inject('/')).statusCode, 403)
  t.match((await server.inject('/api/status')).payload, /set status\.token/)
  t.equal((await server.inject('/healthz')).statusCode, 200)
})

t.test('a name that was pointed at loopback by somebody else is refused', async (t) => {
  const { request } = await import('node:http')
  const server = await startStatusServer({
    listen: '127.0.0.1:0',
    token: null,
    metrics: new Metrics('1'),
    status: () => status,
  })
  t.teardown(() => server.close())
  const code = await new Promise((resolve) => {
    request(server.url, { headers: { host: 'evil.example' } }, (answer) => {
      answer.resume()
      resolve(answer.statusCode)
    }).end()
  })
  t.equal(code, 403)
})

t.test('an address that is taken is a configuration error', async (t) => {
  const first = await startStatusServer({
    listen: '127.0.0.1:0',
    token: null,
    metrics: new Metrics('1'),
    status: () => status,
  })
  t.teardown(() => first.close())
  const listen = new URL(first.url).host
  await t.rejects(
    startStatusServer({ listen, token: null, metrics: new Metrics('1'), status: () => status }),
    {
      code: 'config',
      message: `status.listen: "${listen}" is in use by another process; set another address, by STATUS_LISTEN where no file has one`,
    },
  )
})

t.test('a spool that another process has is not ready', async (t) => {
  const server = createServer({
    listen: '127.0.0.1:8514',
    token: null,
    metrics: new Metrics('1'),
    status: () => ({ ...status, spool: { ...status.spool, problem: 'taken over' } }),
  })
  t.teardown(() => server.close())
  t.equal((await server.inject('/readyz')).statusCode, 503)
})

t.test('every answer has what keeps a page safe', async (t) => {
  const get = await start(t, { token: 'correct horse' })
  const authorization = 'Bearer correct horse'
  for (const path of [
    '/',
    '/assets/main.js',
    '/api/status',
    '/healthz',
    '/metrics',
    '/nowhere',
    '/%zz',
  ]) {
    for (const headers of [{ authorization: '' }, { authorization }]) {
      const answer = await get(path, headers)
      const policy = answer.headers.get('content-security-policy') ?? ''
      t.match(policy, /^default-src 'none'; script-src 'self';/, path)
      t.match(policy, /base-uri 'none'; form-action 'none'; frame-ancestors 'none'$/)
      t.notMatch(policy, /unsafe|https?:/)
      t.equal(answer.headers.get('x-content-type-options'), 'nosniff')
      t.equal(answer.headers.get('cross-origin-opener-policy'), 'same-origin')
      t.equal(answer.headers.get('cross-origin-resource-policy'), 'same-origin')
      t.ok(answer.headers.has('permissions-policy'))
    }
  }
})

t.test(
  'the page is a fixed list of files, kept by the browser while they are the same',
  async (t) => {
    const get = await start(t, { token: 'correct horse' })
    const authorization = 'Bearer correct horse'
    t.equal((await get('/assets/main.js')).status, 401)
    const page = await get('/', { authorization })
    t.equal(await page.text(), files['index.html'])
    t.match(page.headers.get('content-type'), 'text/html; charset=utf-8')
    const script = await get('/assets/main.js', { authorization })
    t.match(script.headers.get('content-type'), 'text/javascript; charset=utf-8')
    t.equal(script.headers.get('cache-control'), 'no-cache')
    const etag = script.headers.get('etag') ?? ''
    t.equal((await get('/assets/main.js', { authorization, 'if-none-match': etag })).status, 304)
    t.equal((await get('/assets/main.js', { authorization, 'if-none-match': '"x"' })).status, 200)
    for (const path of ['/assets/notes.txt', '/assets/../index.html', '/assets/%2e%2e/main.js']) {
      t.equal((await get(path, { authorization })).status, 404, path)
    }
  },
)

t.test('a page that was not built says so, and the rest works', async (t) => {
  const server = createServer({
    listen: '127.0.0.1:8514',
    token: null,
    metrics: new Metrics('1'),
    status: () => status,
    page: t.testdir({}),
  })
  t.teardown(() => server.close())
  const page = await server.inject('/')
  t.equal(page.statusCode, 503)
  t.match(page.payload, /npm run build/)
  t.equal((await server.inject('/api/status')).statusCode, 200)
})

t.test('connections do not take all descriptors, nor wait for ever', async (t) => {
  const server = createServer({
    ...{ listen: '127.0.0.1:0', token: null, metrics: new Metrics('1.2.3'), status: () => status },
  })
  t.teardown(() => server.close())
  await server.ready()
  t.ok(server.server.maxConnections > 0)
  t.ok(server.server.requestTimeout > 0)
  t.ok(server.server.timeout > 0)
})

/**
 * The pod of `helm test`: its program ends with 0 only when the last step is a good `end` and there is a receipt. It is
 * run here as the pod runs it, against the appliance itself and a stand-in of its API.
 */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { createServer } from 'node:http'
import type { RequestListener } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import t from 'tap'
import { startCefline } from '../helpers/cefline.ts'
import { needsGo, render } from '../helpers/helm.ts'
import type { Part } from '../helpers/helm.ts'

const options = needsGo('helm')

interface Testing {
  teardown(end: () => unknown): void
  testdir(files: Record<string, string>): string
}

const token = 'a-token-of-the-test'
const spooled = { step: 'spooled', ok: true, detail: 'in the spool', milliseconds: 3 }
const received = { step: 'received', destination: 'siem', ok: true, detail: 'half-close' }
const end = { step: 'end', ok: true }

/** Runs the pod's command against an API that answers so. */
async function helmTest(t: Testing, answer: RequestListener) {
  const server = createServer(answer)
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  t.teardown(() => server.close())
  const { port } = server.address() as AddressInfo
  return runPod(t.testdir({ token: `${token}\n` }), `http://127.0.0.1:${port}`)
}

/** With the token in that folder. */
async function runPod(folder: string, url: string) {
  const [container] = render('push').one('Pod').spec.containers
  const [program, ...args] = container.command as string[]
  const child = spawn(program === 'node' ? process.execPath : '', args, {
    env: {
      ...Object.fromEntries((container.env as Part[]).map(({ name, value }) => [name, value])),
      CEFLINE_URL: url,
      CEFLINE_TOKEN_FILE: join(folder, 'token'),
    },
  })
  let text = ''
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk) => (text += chunk))
  const [code] = (await once(child, 'close')) as [number]
  return { code, text }
}

const lines =
  (...steps: object[]): RequestListener =>
  (_request, response) =>
    response.end(steps.map((step) => `${JSON.stringify(step)}\n`).join(''))

t.test('the appliance itself', options, async (t) => {
  const configuration = {
    status: { listen: '127.0.0.1:0', token: '${file:token}' },
    spool: { folder: './data' },
    own: { events: true },
    sources: { alerts: { type: 'netwrix-alerts', folder: './drop' } },
    destinations: { archive: { type: 'file', path: './archive.cef' } },
  }
  const cwd = t.testdir({ token, drop: {}, 'cefline.json': JSON.stringify(configuration) })
  const appliance = startCefline(t, { cwd, args: ['--config', 'cefline.json'] })
  await appliance.said(/status page http\S+/)
  await appliance.said('archive')
  const [, url = ''] = /status page (http:[^\s"]+)/.exec(appliance.stderr()) ?? []
  const { code, text } = await runPod(cwd, url)
  t.equal(code, 0, text)
  t.match(text, /ok {5}received archive: /)
  t.match(text, 'The test event has 1 receipt(s).')
  t.match(readFileSync(join(cwd, 'archive.cef'), 'utf8'), '|Cefline|')
  await appliance.stop()
})

t.test('a receipt and a good end', options, async (t) => {
  const { code, text } = await helmTest(t, (request, response) => {
    t.equal(`${request.method} ${request.url}`, 'POST /api/test')
    t.equal(request.headers.authorization, `Bearer ${token}`)
    t.equal(request.headers['content-type'], 'application/json')
    // As they happen, and not by lines.
    response.write(`${JSON.stringify(spooled)}\n{"step":"rec`)
    setImmediate(() => {
      response.end(`${JSON.stringify(received).slice(12)}\n${JSON.stringify(end)}`)
    })
  })
  t.equal(code, 0, text)
  t.match(text, 'ok     spooled in the spool (3 ms)')
  t.match(text, 'ok     received siem: half-close')
  t.match(text, 'The test event has 1 receipt(s).')
})

const failures: [string, RequestListener, string][] = [
  ['a bad end', lines(spooled, { ...received, ok: false }, { ...end, ok: false }), 'FAILED end'],
  ['an answer that is cut off', lines(spooled, received), 'ended before the test did'],
  ['nothing', lines(), 'ended before the test did'],
  ['no receipt', lines(spooled, end), 'No destination has a receipt'],
  ['what is no JSON', (_request, response) => response.end('<html>\n'), 'could not be made'],
  ['a refusal', (_request, response) => response.writeHead(401).end('token'), '401: token'],
  ['a connection that ends', (request) => request.destroy(), 'could not be made'],
]

for (const [name, answer, says] of failures) {
  t.test(name, options, async (t) => {
    const { code, text } = await helmTest(t, answer)
    t.equal(code, 1)
    t.match(text, says)
    t.notMatch(text, token, 'the token is not shown')
  })
}

t.test('it is there when there is a token, or when it is asked for', options, async (t) => {
  const pods = (values: object) => render('minimal', values).of('Pod').length
  const status = { existingSecret: 'cefline-token' }
  t.equal(pods({}), 0)
  t.equal(pods({ status }), 1)
  t.equal(pods({ status, tests: { enabled: false } }), 0)
  const [pod] = render('push').of('Pod')
  t.equal(pod.metadata.annotations['helm.sh/hook'], 'test')
  const { containers } = render('push').one('StatefulSet').spec.template.spec
  t.equal(pod.spec.containers[0].image, containers[0].image, 'Cefline’s own image')
  t.equal(pod.spec.restartPolicy, 'Never')
})

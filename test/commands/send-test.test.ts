import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import type { AddressInfo, ServerOpts, Socket } from 'node:net'
import { join } from 'node:path'
import t from 'tap'
import type { Test } from 'tap'
import { testDirectly } from '../../src/commands/direct-test.ts'
import { readConfiguration } from '../../src/commands/configuration.ts'
import type { TestQuery, TestStep } from '../../src/control/verbs.ts'
import { cefline } from '../helpers/cefline.ts'
import { makeAuthority, pem } from '../helpers/certificates.ts'
import { needs } from '../helpers/peers.ts'
import { startRelpServer } from '../helpers/relp-server.ts'
import { startStandIn } from '../helpers/s3-stand-in.ts'
import { startSink } from '../helpers/sink.ts'
import { liveFolder, serveLive } from './live.ts'

t.test('the running appliance sends it, and each step is shown', async (t) => {
  const folder = await liveFolder(t)
  const asked: TestQuery[] = []
  await serveLive(t, folder, {
    test: async function* (query): AsyncGenerator<TestStep> {
      asked.push(query)
      yield { step: 'made', ok: true, detail: 'CEF:0|…', milliseconds: 1 }
      yield {
        step: 'received',
        destination: 'siem',
        ok: true,
        detail: 'half-close',
        milliseconds: 9,
      }
      const ok = query.destination === undefined
      yield { step: 'end', ok, detail: 'received by 1 of 1 destination', milliseconds: 10 }
    },
  })
  const run = (...args: string[]) =>
    cefline(['send-test', '--folder', folder, ...args], { cwd: folder })
  const done = await run()
  t.equal(done.code, 0, done.stderr)
  t.match(
    done.stdout,
    /^✔ made: CEF:0\|… 1 ms\n✔ siem received: half-close 9 ms\n✔ done: .* 10 ms\n.*look in the SIEM.*\n$/,
  )
  t.match(asked.pop(), { timeout: 60_000, who: /./ })
  const json = await run('--json', '--destination', 'siem', '--timeout', '2s')
  t.equal(json.code, 1, 'a receipt is missing')
  const steps = json.stdout.split('\n').filter(Boolean)
  t.match(JSON.parse(steps.at(-1) ?? ''), { step: 'end', ok: false })
  t.match(asked.pop(), { destination: 'siem', timeout: 2000 })
  t.equal((await run('--timeout', 'soon')).code, 64)
})

t.test('where none runs it goes straight to the destinations', async (t) => {
  const folder = await liveFolder(t)
  let received = ''
  const port = await listening(t, {}, (socket) => {
    socket.setEncoding('utf8').on('data', (text: string) => (received += text))
  })
  const config = join(folder, 'cefline.json')
  const archive = join(folder, 'archive.cef')
  writeFileSync(
    config,
    JSON.stringify({
      spool: { folder: join(folder, 'data') },
      sources: { alerts: { type: 'netwrix-alerts', folder: join(folder, 'drop') } },
      destinations: {
        siem: { type: 'syslog', url: `tcp://127.0.0.1:${port}`, hostname: 'here' },
        archive: { type: 'file', path: archive },
        gone: { type: 'syslog', url: 'tcp://127.0.0.1:1', hostname: 'here' },
      },
    }),
  )
  const run = (...args: string[]) =>
    cefline(['--config', config, 'send-test', ...args], { cwd: folder })
  const done = await run('--timeout', '30s')
  t.equal(done.code, 1, done.stderr)
  t.match(done.stdout, /^no appliance runs: .*\n✔ made: CEF:0\|Cefline\|Cefline\|.*\|test\|/)
  t.match(done.stdout, /✔ siem received: the receiver proves that it has read every byte/)
  t.match(done.stdout, /✔ archive received: written and synced/)
  t.match(done.stdout, /✘ gone handed out: .*refused the connection/)
  t.match(done.stdout, /✘ done: received by 2 of 3 destinations \d+ ms\n$/)
  t.match(received, /^<\d+>.* CEF:0\|Cefline\|Cefline\|[^|]*\|test\|[^\n]*\n$/, 'once')
  t.match(readFileSync(archive, 'utf8'), /^CEF:0\|Cefline\|[^\n]*\n$/)
  const one = await run('--destination', 'archive', '--json')
  t.equal(one.code, 0, one.stderr)
  const nowhere = await run('--destination', 'nowhere')
  t.equal(nowhere.code, 1)
  t.match(nowhere.stderr, /no destination "nowhere"; there is "siem", "archive", "gone"/)
  const elsewhere = await run('--folder', folder)
  t.match(elsewhere.stderr, /no appliance runs on the spool/, 'whose configuration is not known')
})

t.test('straight to S3, RELP and TLS', needs('openssl'), async (t) => {
  const folder = await liveFolder(t)
  const authority = await makeAuthority(folder)
  const { cert, key } = await authority.sign('sensor')
  const tls = { cert: await pem(cert), key: await pem(key) }
  const s3 = await startStandIn(t, () => undefined)
  const relp = await startRelpServer(t)
  const sink = await startSink(t, { tls })
  const config = join(folder, 'cefline.json')
  const { bucket, endpoint } = s3.options
  const syslog = { type: 'syslog', hostname: 'here' }
  writeFileSync(
    config,
    JSON.stringify({
      spool: { folder: join(folder, 'data') },
      sources: { alerts: { type: 'netwrix-alerts', folder: join(folder, 'drop') } },
      destinations: {
        archive: { type: 's3', from: ['alerts'], bucket, folder: 'siem', endpoint },
        relp: { ...syslog, url: `relp://127.0.0.1:${relp.port}` },
        tls: { ...syslog, url: `tls://127.0.0.1:${sink.port}`, tls: { ca: authority.cert } },
        stranger: { ...syslog, url: `tls://127.0.0.1:${sink.port}` },
      },
    }),
  )
  const done = await cefline(['--config', config, 'send-test'], { cwd: folder })
  t.equal(done.code, 1, done.stderr)
  t.match(done.stdout, /✔ archive received: the service confirms each object/)
  t.match(done.stdout, /✔ relp received: the receiver confirms each message/)
  t.match(done.stdout, /✔ tls handed out: tls:.*TLSv1/)
  t.match(done.stdout, /✔ tls received: the receiver proves that it has read every byte/)
  t.match(done.stdout, /✘ stranger handed out: .*certificate/)
  t.match(done.stdout, /✘ done: received by 3 of 4 destinations/)
  const event = /CEF:0\|Cefline\|Cefline\|[^|]*\|test\|[^\n]*$/
  t.match(relp.messages, [event], 'one')
  // Over TLS each is counted (RFC 5425), with no line feed after it.
  t.match(sink.received(), /^\d+ <\d+>[^\n]*\|test\|[^\n]*$/)
  t.equal(sink.received().split('CEF:0').length, 2, 'one')
  const [first = '', ...more] = await s3.keys()
  t.strictSame(more, [])
  t.match(await s3.lines(first), [event])
  t.notOk(existsSync(join(folder, 'data')), 'nothing of it is in a spool')
})

t.test('a receipt that does not come in time is said to be missing', async (t) => {
  const folder = await liveFolder(t)
  // It reads everything and never answers a half-close.
  const port = await listening(t, { allowHalfOpen: true }, (socket) => socket.resume())
  const config = join(folder, 'cefline.json')
  const siem = { type: 'syslog', url: `tcp://127.0.0.1:${port}`, hostname: 'here' }
  const alerts = { type: 'netwrix-alerts', folder: join(folder, 'drop') }
  writeFileSync(config, JSON.stringify({ sources: { alerts }, destinations: { siem } }))
  const steps: TestStep[] = []
  const { signal } = new AbortController()
  for await (const step of testDirectly({ timeout: 300 }, readConfiguration(config), signal)) {
    steps.push(step)
  }
  t.match(steps, [
    { step: 'made', ok: true },
    { step: 'handed-out', destination: 'siem', ok: true },
    { step: 'received', destination: 'siem', ok: false },
    { step: 'end', ok: false, detail: 'received by 0 of 1 destination' },
  ])
})

t.test(
  'no folder for what is in flight is a step that failed, and so is an interruption',
  async (t) => {
    const folder = await liveFolder(t)
    const config = join(folder, 'cefline.json')
    const archive = { type: 'file', path: join(folder, 'archive.cef') }
    const alerts = { type: 'netwrix-alerts', folder: join(folder, 'drop') }
    writeFileSync(config, JSON.stringify({ sources: { alerts }, destinations: { archive } }))
    const stepsOf = async (signal: AbortSignal) => {
      const steps: TestStep[] = []
      const all = testDirectly({ timeout: 30_000 }, readConfiguration(config), signal)
      for await (const step of all) steps.push(step)
      return steps.slice(1)
    }
    const before = process.env['TMPDIR']
    process.env['TMPDIR'] = join(folder, 'missing')
    const none = await stepsOf(new AbortController().signal)
    if (before === undefined) delete process.env['TMPDIR']
    else process.env['TMPDIR'] = before
    t.match(none, [
      { step: 'handed-out', destination: 'archive', ok: false, detail: /ENOENT/ },
      { step: 'end', ok: false },
    ])
    t.match((await stepsOf(AbortSignal.abort())).at(-2), { ok: false, detail: /^interrupted/ })
  },
)

/** The port of a TCP server that ends with the test, and its connections with it. */
async function listening(
  t: Test,
  options: ServerOpts,
  connected: (socket: Socket) => void,
): Promise<number> {
  const sockets = new Set<Socket>()
  const server = createServer(options, (socket) => {
    sockets.add(socket.on('error', () => {}))
    connected(socket)
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  t.teardown(() => {
    for (const socket of sockets) socket.destroy()
    server.close()
  })
  return (server.address() as AddressInfo).port
}

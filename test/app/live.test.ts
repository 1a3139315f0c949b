/**
 * What a running appliance shows of itself, over its status page and its control socket.
 */
import { once } from 'node:events'
import { readFileSync, writeFileSync } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { request } from 'node:http'
import type { IncomingMessage } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import t from 'tap'
import type { Test } from 'tap'
import { connectControl } from '../../src/control/client.ts'
import type { Tapped } from '../../src/control/verbs.ts'
import type { Status } from '../../src/status/status.ts'
import { activity, simple, startAppliance, syslog } from '../helpers/appliance.ts'
import type { Appliance } from '../helpers/appliance.ts'
import { fingerprintOf, makeAuthority } from '../helpers/certificates.ts'
import { eventually } from '../helpers/daemon.ts'
import { startIntegrationApi } from '../helpers/integration-api.ts'
import { startSink } from '../helpers/sink.ts'

/** A record's CEF severity is of no matter here. */
const aFew = { events: [{ destination: 'file', queue: 'activity', header: { vendor: 'Netwrix' } }] }

async function stream(t: Test, appliance: Appliance, headers: Record<string, string> = {}) {
  const url = /http:\/\/\S+\//.exec(appliance.app.statusPage)?.[0] ?? ''
  const asked = request(new URL('api/stream', url), { headers }).end()
  const [answer] = (await once(asked, 'response')) as [IncomingMessage]
  t.teardown(() => answer.destroy())
  let read = ''
  answer.on('data', (chunk: Buffer) => (read += chunk.toString()))
  answer.on('error', () => {})
  return {
    answer,
    until: (pattern: RegExp) => {
      return eventually(async () => (pattern.test(read) ? read : undefined), `no ${pattern}`)
    },
  }
}

t.test('rates, the latest events and the stream of a running appliance', async (t) => {
  const { configuration, api, received } = await simple(t)
  const appliance = startAppliance(t, configuration)
  await appliance.started
  await received(5)
  const events = async (query = '') => {
    const answer = await appliance.get(`/api/events${query}`)
    return (await answer.json()) as { events: { cef: string; frame: string }[] }
  }
  t.match(await events('?limit=1'), aFew)
  const { events: all } = await events()
  t.equal(all.length, 5)
  const [newest] = all
  t.equal(Buffer.from(newest?.frame ?? '', 'base64').toString(), `${newest?.cef}\n`)
  t.strictSame((await events('?source=none')).events, [])
  t.equal((await events('?text=EXTERNALID%3D')).events.length, 5)
  const { sources, destinations, writable } = await appliance.status()
  t.ok((sources[0]?.rate ?? 0) > 0)
  t.ok((destinations[0]?.rate ?? 0) > 0)
  t.equal(writable, false)
  const { answer, until } = await stream(t, appliance)
  t.match(answer.headers['content-type'], 'text/event-stream')
  t.match(answer.headers['content-security-policy'], /default-src 'none'/)
  await until(/event: status\ndata: \{"version"/)
  api.add(1)
  t.match(await until(/event: events\ndata: /), /"skipped":0/)
  answer.destroy()
  await eventually(async () => appliance.app.events.passing.watchers === 0 || undefined, 'a leak')
})

t.test('tap: the latest, then what passes; who goes leaves nothing behind', async (t) => {
  const { configuration, api, received } = await simple(t)
  // A socket's name has room for 107 bytes: more than tap's folders leave.
  const short = await mkdtemp(join(tmpdir(), 'cefline-'))
  const appliance = startAppliance(t, configuration, { folder: short })
  t.teardown(() => rm(short, { recursive: true }))
  await appliance.started
  await received(5)
  const { passing } = appliance.app.events
  const folder = join(appliance.folder, 'data')
  const control = await connectControl(folder)
  if (!control) throw new Error('nobody answers')
  const once: Tapped[] = []
  for await (const tapped of control.tap({ latest: 2, follow: false })) once.push(tapped)
  t.equal(once.flatMap(({ events }) => events).length, 2)
  const following = control.tap({ latest: 1, follow: true, source: 'activity' })
  const reading = following[Symbol.asyncIterator]()
  t.equal(((await reading.next()).value as Tapped).events.length, 1)
  t.equal(passing.watchers, 1)
  api.add(1)
  const { events } = (await reading.next()).value as Tapped
  t.match(events, [{ queue: 'activity', destination: 'file', frame: /./ }])
  // As Ctrl-C does: nothing has to pass for it.
  await control.close()
  await eventually(async () => passing.watchers === 0 || undefined, 'the watcher stays')
})

t.test('a connection’s certificates, the peer’s and our own', async (t) => {
  const folder = t.testdir()
  const authority = await makeAuthority(folder)
  const [server, client] = [await authority.sign('sensor'), await authority.sign('cefline')]
  const sink = await startSink(t, {
    tls: { cert: readFileSync(server.cert), key: readFileSync(server.key) },
  })
  const api = await startIntegrationApi({ records: 3 })
  t.teardown(() => api.close())
  const tls = { ca: authority.cert, cert: client.cert, key: client.key }
  const appliance = startAppliance(
    t,
    {
      sources: { activity: activity(api) },
      destinations: { siem: syslog(0, { url: `tls://127.0.0.1:${sink.port}`, tls }) },
    },
    { folder },
  )
  await appliance.started
  await sink.until(/CEF:0/)
  const [siem] = (await appliance.status()).destinations
  t.match(siem?.certificates, [
    {
      whose: 'peer',
      subject: 'CN=sensor',
      issuer: 'CN=Test CA',
      fingerprint: fingerprintOf(server),
    },
    {
      whose: 'own',
      subject: 'CN=cefline',
      issuer: 'CN=Test CA',
      fingerprint: fingerprintOf(client),
    },
  ])
  t.ok((siem?.certificates[0]?.validTo ?? 0) > Date.now())
})

t.test('a test event from the page says who sent it, and plots are kept', async (t) => {
  const { configuration, received } = await simple(t)
  const appliance = startAppliance(t, {
    ...configuration,
    status: { listen: '127.0.0.1:0', tokens: { jane: 's3cret' } },
    own: { events: true, heartbeat: 0 },
  })
  await appliance.started
  const authorization = 'Bearer s3cret'
  const url = /http:\/\/\S+\//.exec(appliance.app.statusPage)?.[0] ?? ''
  const answer = await fetch(new URL('api/test', url), {
    method: 'POST',
    headers: { authorization, 'content-type': 'application/json' },
    body: JSON.stringify({ destination: 'file' }),
  })
  const steps = (await answer.text())
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line))
  t.match(steps[0], { step: 'made', ok: true, detail: /jane/ })
  t.match(steps.at(-1), { step: 'end', ok: true })
  await received(7)
  const answered = await appliance.get('/api/status', { authorization })
  const status = (await answered.json()) as Status
  t.equal(status.writable, true)
  const history = await appliance.get('/api/history?range=hour', { authorization })
  t.match(await history.json(), { step: 10_000, sources: {}, destinations: {} })
  await appliance.app.stop()
  const kept = readFileSync(join(appliance.folder, 'data', 'history.json'), 'utf8')
  t.match(JSON.parse(kept), { version: 1, hour: [], day: [] })
})

t.test('no secret is in any answer', async (t) => {
  const folder = t.testdir()
  const { key, cert } = await (await makeAuthority(folder)).sign('cefline')
  const secret = (name: string) => `S3CRET-${name}`
  const inFile = (name: string) => {
    writeFileSync(join(folder, name), secret(name))
    return `\${file:${name}}`
  }
  const port = (await startSink(t)).port
  const appliance = startAppliance(
    t,
    {
      status: {
        listen: '127.0.0.1:0',
        token: secret('one'),
        tokens: { jane: inFile('jane'), ci: '${env:CI_TOKEN}' },
      },
      own: { events: true },
      sources: {
        activity: {
          ...{ type: 'netwrix-api', url: 'https://127.0.0.1:1', username: 'siem' },
          password: inFile('netwrix'),
          tls: { cert, key: readFileSync(key, 'utf8') },
        },
        cado: { type: 'cado-api', url: 'https://127.0.0.1:1', token: secret('cado') },
        bucket: {
          ...{ type: 's3', bucket: 'bucket', endpoint: 'https://127.0.0.1:1', region: 'us-east-1' },
          proxy: `http://user:${secret('proxy')}@127.0.0.1:1`,
        },
      },
      destinations: {
        siem: { ...syslog(port), from: ['activity', 'cado', 'bucket', 'cefline'] },
      },
    },
    { folder, env: { CI_TOKEN: secret('ci') } },
  )
  await appliance.started
  const headers = { authorization: `Bearer ${secret('jane')}` }
  const lookedFor = /S3CRET|PRIVATE KEY/
  // Errors have had their time to quote what they were given.
  await eventually(async () => {
    const text = await (await appliance.get('/api/status', headers)).text()
    return (text.match(/"state":"(failed|parked)"/g)?.length ?? 0) >= 3 || undefined
  }, 'no source has failed')
  for (const path of [
    ...['/', '/healthz', '/readyz', '/metrics', '/api/status', '/api/events', '/api/rejects'],
    ...['/api/history?range=hour', '/api/history?range=day', '/nowhere', '/api/events?limit=x'],
    '/assets/main.js',
  ]) {
    for (const one of [headers, {}]) {
      const answer = await appliance.get(path, one)
      t.notMatch((await answer.text()) + JSON.stringify([...answer.headers]), lookedFor, path)
    }
  }
  const { answer, until } = await stream(t, appliance, headers)
  t.notMatch(await until(/event: status\ndata: .*\n\n/), lookedFor)
  answer.destroy()
  t.notMatch(appliance.log().join('\n'), lookedFor, 'nor in the log')
})

/**
 * Cefline's own events on their way through an appliance, to a file that stands for the SIEM.
 */
import { existsSync } from 'node:fs'
import { createServer } from 'node:net'
import type { Socket } from 'node:net'
import { join } from 'node:path'
import t from 'tap'
import { decode } from '../../src/cef/decode.ts'
import { connectControl } from '../../src/control/client.ts'
import { activity, linesOf, simple, startAppliance, syslog } from '../helpers/appliance.ts'
import { eventually, freePort, makeFolder } from '../helpers/daemon.ts'
import { startIntegrationApi } from '../helpers/integration-api.ts'
import { startSink } from '../helpers/sink.ts'
import { batchOf, openAt, reached } from '../spool/helpers.ts'

const quiet = { own: { events: true, heartbeat: 0 } }

interface Told {
  kind: string
  fields: Record<string, string>
}

/** Cefline's own events in a file, in their order. */
function toldIn(path: string): Told[] {
  return (existsSync(path) ? linesOf(path) : []).flatMap((line) => {
    const read = decode(line.slice(line.indexOf('CEF:')))
    if (read?.vendor !== 'Cefline') return []
    return [{ kind: read.classId, fields: Object.fromEntries(read.extension) }]
  })
}

const kindsIn = (path: string) => toldIn(path).map(({ kind }) => kind)

/** The first of a kind, as soon as it is there. */
const told = (path: string, kind: string) =>
  eventually(async () => toldIn(path).find((one) => one.kind === kind), `no ${kind}`)

t.test('start, a change, one that is refused, stop: in this order', async (t) => {
  const { file, folder, configuration, received } = await simple(t)
  const appliance = startAppliance(t, { ...configuration, ...quiet }, { folder, watched: false })
  await appliance.started
  await received(6)
  appliance.write({ ...configuration, ...quiet, log: { level: 'debug' } })
  await appliance.reload()
  appliance.write({ ...configuration, ...quiet, log: { level: 'hunter2' } })
  await appliance.reload()
  await told(file, 'configuration-refused')
  appliance.write({ ...configuration, ...quiet, log: { level: 'debug' } })
  await appliance.reload()
  await appliance.reload()
  await appliance.app.stop('SIGTERM')
  const [, change, refusal] = ['', 'configuration-changed', 'configuration-refused']
  t.same(kindsIn(file), ['start', change, refusal, change, 'stop'])
  const [start, changed, refused, taken, stop] = toldIn(file).map(({ fields }) => fields)
  t.match(start?.['msg'], /^Cefline \S+ runs; .* sources: activity, cefline; destinations: file$/)
  t.equal(changed?.['msg'], 'log changed')
  t.match(refused, { msg: /log\.level: "…" is not one of/, cs2: 'config', cs2Label: 'Code' })
  t.notMatch(JSON.stringify(toldIn(file)), /hunter2/, 'what is written there is not repeated')
  t.match(
    taken?.['msg'],
    /^what was refused is taken back/,
    'once, as nothing is new the next time',
  )
  t.equal(stop?.['msg'], 'Cefline stops: SIGTERM')
  const ids = toldIn(file).map(({ fields }) => fields['externalId'])
  t.equal(new Set(ids).size, 5)
})

t.test('it is a source as any other in the status and in the metrics', async (t) => {
  const { folder, configuration, received } = await simple(t)
  const appliance = startAppliance(t, { ...configuration, ...quiet }, { folder })
  await appliance.started
  await received(6)
  await appliance.delivered()
  const { sources, destinations } = await appliance.status()
  t.match(sources[1], { name: 'cefline', where: 'Cefline itself', ledger: { read: 1, spooled: 1 } })
  t.match(destinations[0]?.ledger, [{ queue: 'cefline', received: 1 }, { queue: 'activity' }])
  const read = 'cefline_source_records_total{source="cefline",result="spooled"}'
  t.equal(await appliance.metric(read), '1')
  t.equal(await appliance.metric('cefline_own_events_left_out_total'), '0')
  t.equal(await appliance.metric('cefline_own_events_total{kind="start"}'), '1')
  t.equal(await appliance.metric('cefline_own_events_total{kind="stop"}'), '0')
})

t.test('turned off by a reload, the last one says so', async (t) => {
  const { file, folder, configuration, received } = await simple(t)
  const appliance = startAppliance(t, { ...configuration, ...quiet }, { folder, watched: false })
  await appliance.started
  await received(6)
  appliance.write({ ...configuration, own: { events: false } })
  await appliance.reload()
  await appliance.app.stop('SIGTERM')
  t.same(kindsIn(file), ['start', 'configuration-changed'])
  t.match(toldIn(file)[1]?.fields['msg'], /no destination gets Cefline's own events any more/)
})

t.test('a destination that is lost and comes back; the other one hears it at once', async (t) => {
  const { file, folder, configuration, received } = await simple(t)
  const port = await freePort()
  const destinations = { ...configuration.destinations, siem: syslog(port) }
  const appliance = startAppliance(t, { ...configuration, ...quiet, destinations }, { folder })
  await appliance.started
  await received(5)
  const lost = await told(file, 'destination-lost')
  t.match(lost.fields, { cs1: 'siem', cs1Label: 'Component', msg: /refused the connection/ })
  const sockets = new Set<Socket>()
  const sink = createServer((socket) => sockets.add(socket.resume())).listen(port, '127.0.0.1')
  t.teardown(() => {
    for (const socket of sockets) socket.destroy()
    sink.close()
  })
  const back = await told(file, 'destination-back')
  t.match(back.fields, { cs1: 'siem', msg: /^connected to tcp/ })
})

t.test('a source that fails and reads again', async (t) => {
  const { api, file, folder, configuration } = await simple(t)
  const own = { ...configuration, ...quiet }
  const wrong = { sources: { activity: activity(api, { url: 'https://127.0.0.1:1' }) } }
  const appliance = startAppliance(t, { ...own, ...wrong }, { folder, watched: false })
  await appliance.started
  t.match((await told(file, 'source-failed')).fields, { cs1: 'activity', cs2: 'network' })
  appliance.write(own)
  await appliance.reload()
  t.match((await told(file, 'source-back')).fields, { cs1: 'activity', msg: /^reads again, after/ })
})

t.test('a spool that fills up says so when there is room again', async (t) => {
  const api = await startIntegrationApi({ records: 5000 })
  t.teardown(() => api.close())
  const folder = t.testdir()
  const file = join(folder, 'out.log')
  const own = { own: { events: true, heartbeat: '1s' } }
  const base = { ...own, sources: { activity: activity(api, { pageSize: 500 }) } }
  const destinations = { file: { type: 'file', path: file }, dead: syslog(1) }
  const spool = { maxBytes: '1MB' }
  const full = { ...base, spool, destinations }
  const appliance = startAppliance(t, full, { folder, watched: false })
  await appliance.started
  await eventually(async () => {
    const { spool, sources } = await appliance.status()
    return (spool.full && sources.some(({ state }) => state === 'full')) || undefined
  }, 'not full')
  const start = await told(file, 'start')
  t.ok(start)
  // Two looks at the spool.
  await eventually(async () => {
    const heartbeats = appliance.app.events.own.rest().filter(({ kind }) => kind === 'heartbeat')
    return heartbeats.length >= 2 || undefined
  }, 'no heartbeat')
  appliance.write({ ...base, destinations: { file: destinations.file } })
  await appliance.reload()
  const room = await told(file, 'spool-room')
  t.match(room.fields, { cs1: 'spool' })
  const said = kindsIn(file)
  t.ok(said.includes('spool-full'))
  t.equal(said.filter((kind) => kind === 'spool-full').length, 1)
  t.ok(said.indexOf('spool-full') < said.indexOf('spool-room'))
  await appliance.delivered()
  const lines = linesOf(file).length - kindsIn(file).length
  t.ok(lines >= 5000, 'and nothing was dropped')
})

t.test('who did it', async (t) => {
  const { file, configuration, received } = await simple(t)
  // A socket's path has a limit.
  const folder = await makeFolder(t, 'who')
  const before = await openAt(join(folder, 'data'), {
    queues: ['activity'],
    destinations: new Map([['gone', ['activity']]]),
  })
  await before.append('activity', batchOf(['one', 'two']))
  await before.receipts('gone', new Map([['activity', reached(1, 2)]]), [])
  await before.close()
  const appliance = startAppliance(t, { ...configuration, ...quiet }, { folder })
  await appliance.started
  await received(6)
  const control = await connectControl(join(folder, 'data'))
  t.teardown(() => control?.close())
  const checkpoint = '{"mode":"search","from":"2026-11-01T00:00:00Z"}'
  await control?.setCheckpoint({ source: 'activity', checkpoint, replace: true, who: 'alice' })
  const { fields } = await told(file, 'mark-set')
  t.match(fields, { suser: 'alice', cs1: 'activity', cat: 'audit' })
  t.equal(await control?.forget({ destination: 'gone', who: 'bob' }), 1)
  const forgotten = await told(file, 'destination-forgotten')
  t.match(forgotten.fields, { suser: 'bob', cs1: 'gone', cat: 'audit', msg: /in activity: it had/ })
})

t.test('the stop is received too, and proven, before the process ends', async (t) => {
  const api = await startIntegrationApi({ records: 5 })
  t.teardown(() => api.close())
  const sink = await startSink(t)
  const folder = t.testdir()
  const configuration = {
    ...quiet,
    sources: { activity: activity(api) },
    destinations: { siem: syslog(sink.port, { receiptEvery: '1h' }) },
  }
  const appliance = startAppliance(t, configuration, { folder })
  await appliance.started
  await sink.until(6)
  await appliance.app.stop('SIGTERM')
  t.match(sink.lines().at(-1), /\|stop\|Cefline stops\|/)
  t.equal(sink.lines().length, 7, 'each once')
  const queues = ['activity', 'cefline', 'retry:siem']
  const destinations = new Map([['siem', queues]])
  const spool = await openAt(join(folder, 'data'), { queues, destinations })
  t.teardown(() => spool.close())
  t.match(spool.waiting('siem'), { lines: 0 }, 'by its half-close')
})

t.test('stopped while the spool is full: the log says what the SIEM is not told of', async (t) => {
  const api = await startIntegrationApi({ records: 5000 })
  t.teardown(() => api.close())
  const folder = t.testdir()
  const full = {
    ...quiet,
    sources: { activity: activity(api, { pageSize: 500 }) },
    spool: { maxBytes: '1MB' },
    destinations: { dead: syslog(1) },
  }
  const appliance = startAppliance(t, full, { folder })
  await appliance.started
  await eventually(async () => {
    const { spool, sources } = await appliance.status()
    return (spool.full && sources.some(({ state }) => state === 'full')) || undefined
  }, 'not full')
  await appliance.app.stop('SIGTERM')
  t.match(await appliance.said(/not told of/), /is not told of .*\bstop\b.* of Cefline's own/)
})

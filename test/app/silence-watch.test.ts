/** What is said and shown of a silent source, and what outlives a restart. */
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { PassThrough } from 'node:stream'
import { setImmediate as turn } from 'node:timers/promises'
import t from 'tap'
import { SilenceWatch } from '../../src/app/silence-watch.ts'
import { error } from '../../src/error.ts'
import { Events } from '../../src/telemetry/events.ts'
import { createLog } from '../../src/telemetry/log.ts'
import { Metrics } from '../../src/telemetry/metrics.ts'
import { status as statusCommand } from '../../src/commands/status.ts'
import { printed } from '../commands/helpers.ts'
import { activity, startAppliance, syslog } from '../helpers/appliance.ts'
import { startIntegrationApi } from '../helpers/integration-api.ts'
import { batchOf } from '../helpers/pipeline.ts'
import { startSink } from '../helpers/sink.ts'

const hour = 3_600_000
const begun = Date.UTC(2026, 0, 5)

/** A process: its events with a clock of the test's own, and its watch. */
async function start(folder: string, now: () => number, silentAfter: number | 'auto' = 'auto') {
  const output = new PassThrough()
  let log = ''
  output.on('data', (chunk: Buffer) => (log += chunk.toString()))
  const metrics = new Metrics('0.0.0')
  const events = new Events(createLog({ level: 'info', format: 'json' }, output), metrics, now)
  const sources = () => [{ name: 'activity', silentAfter }]
  const watch = new SilenceWatch({ events, folder, sources, interval: 24 * hour })
  await watch.start()
  const source = events.source('activity')
  return {
    events,
    watch,
    source,
    gives: () => {
      source.collected(batchOf(0, 1), { spooled: 1, alreadyGiven: 0, rejected: 0 })
    },
    said: () =>
      log
        .split('\n')
        .filter(Boolean)
        .map((line) => {
          const { level, code, msg } = JSON.parse(line) as Record<string, unknown>
          return { level, code, msg }
        }),
    /** A scrape comes with the next turn at the earliest. */
    silent: async () => {
      await turn()
      const text = await metrics.registry.getSingleMetricAsString('cefline_source_silent')
      return /\{source="activity"\} (\d)/.exec(text)?.[1]
    },
  }
}

t.test('silence is said once, and its end', async (t) => {
  let now = begun
  const one = await start(t.testdir(), () => now)
  one.gives()
  one.watch.look()
  t.equal(await one.silent(), '0')
  now += 25 * hour
  one.watch.look()
  one.watch.look()
  t.equal(await one.silent(), '1')
  t.equal(one.source.state.silentSince, begun)
  now += hour
  one.gives()
  t.equal(await one.silent(), '0')
  t.match(one.said(), [
    { level: 40, code: 'silent', msg: /^is silent: no record since 2026-01-05T00:00:00Z \(25 h\)/ },
    { level: 30, code: 'silent', msg: 'gives records again, after 26 h' },
  ])
  t.equal(one.said().length, 2)
  one.events.sourceRemoved('activity')
  t.equal(await one.silent(), undefined)
  await one.watch.stop()
})

t.test('polls that bring nothing are no records; a source that fails is not silent', async (t) => {
  let now = begun
  const one = await start(t.testdir(), () => now, hour)
  one.gives()
  now += 2 * hour
  one.source.sourceFailed(error('network', 'the server is away'), 1000)
  one.watch.look()
  t.equal(await one.silent(), '0', 'what is wrong was said')
  one.source.collected(batchOf(0, 0), { spooled: 0, alreadyGiven: 0, rejected: 0 })
  one.watch.look()
  t.equal(await one.silent(), '1')
  await one.watch.stop()
})

t.test('what is kept outlives a restart', async (t) => {
  let now = begun
  const folder = t.testdir()
  const first = await start(folder, () => now)
  first.gives()
  now += 25 * hour
  first.watch.look()
  await first.watch.stop()
  await first.watch.stop()
  const second = await start(folder, () => now)
  t.match(second.source.state, { lastRecordAt: begun, silentSince: begun })
  t.equal(await second.silent(), '1')
  second.watch.look()
  t.same(second.said(), [], 'it was said before')
  second.gives()
  t.match(second.said(), [{ msg: 'gives records again, after 25 h' }])
  await second.watch.stop()
})

t.test('a file that is damaged, or not ours, means learning anew', async (t) => {
  const good = { since: 1, lastRecordAt: 2, gaps: [[1, 2]], silent: false }
  for (const text of [
    '',
    '{"version":1,"sou',
    'null',
    '{"version":2,"sources":{}}',
    '{"version":1}',
    ...[{ since: 'x' }, { lastRecordAt: null }, { gaps: [[1]] }, { silent: 1 }].map((wrong) =>
      JSON.stringify({ version: 1, sources: { activity: { ...good, ...wrong } } }),
    ),
  ]) {
    const folder = t.testdir({ 'silence.json': text })
    const one = await start(folder, () => begun)
    t.equal(one.source.state.lastRecordAt, undefined, text)
    await one.watch.stop()
    t.match(JSON.parse(readFileSync(join(folder, 'silence.json'), 'utf8')), { version: 1 })
  }
  const folder = t.testdir({
    'silence.json': JSON.stringify({ version: 1, sources: { activity: good } }),
  })
  const one = await start(folder, () => begun)
  t.equal(one.source.state.lastRecordAt, 2)
  await one.watch.stop()
})

t.test('the hours for which nobody read are not learnt', async (t) => {
  const memory = { since: begun, lastRecordAt: begun, gaps: [], silent: false }
  for (const [away, gaps] of [
    [0.5, 1],
    [2, 0],
  ] as const) {
    const keptAt = Date.now() - away * hour
    const sources = { activity: memory }
    const folder = t.testdir({ 'silence.json': JSON.stringify({ version: 1, keptAt, sources }) })
    const one = await start(folder, () => begun + 3 * hour)
    one.gives()
    t.equal(one.source.silence.memory.gaps.length, gaps)
    await one.watch.stop()
  }
})

t.test('a folder that cannot be written to is said once, and holds nothing up', async (t) => {
  const folder = join(t.testdir(), 'gone')
  const one = await start(folder, () => begun)
  await one.watch.keep()
  await one.watch.keep()
  t.match(one.said(), [
    { level: 40, msg: /^how often sources give records cannot be kept in .*silence\.json: / },
  ])
  t.equal(one.said().length, 1)
  mkdirSync(folder)
  await one.watch.stop()
  t.match(JSON.parse(readFileSync(join(folder, 'silence.json'), 'utf8')), { version: 1 })
})

t.test('an appliance shows it', async (t) => {
  const api = await startIntegrationApi({ records: 1 })
  t.teardown(() => api.close())
  const sink = await startSink(t)
  const folder = t.testdir()
  const since = Date.now() - 50 * hour
  const memory = { since, lastRecordAt: since, gaps: [], silent: true }
  mkdirSync(join(folder, 'spool'), { recursive: true })
  writeFileSync(
    join(folder, 'spool', 'silence.json'),
    JSON.stringify({ version: 1, sources: { quiet: memory, activity: memory } }),
  )
  const quiet = { type: 'netwrix-alerts', folder: join(folder, 'drop'), silentAfter: '36h' }
  mkdirSync(join(folder, 'drop'))
  const appliance = startAppliance(
    t,
    {
      spool: { folder: join(folder, 'spool') },
      sources: { quiet, activity: activity(api) },
      destinations: { siem: syslog(sink.port) },
    },
    { folder },
  )
  await appliance.started
  await sink.until(1)
  t.match(await appliance.said(/gives records again/), /^gives records again, after 50 h$/)
  t.equal(await appliance.metric('cefline_source_silent{source="quiet"}'), '1')
  t.equal(await appliance.metric('cefline_source_silent{source="activity"}'), '0')
  const { text } = await printed(t, () =>
    statusCommand({ config: undefined, folder: join(folder, 'spool') }),
  )
  t.match(text, /✔ +quiet .* silent for 2d 2h$/m)
  t.match(text, /✔ +activity .* reading$/m)
  const status = await appliance.status()
  t.equal(status.sources.find(({ name }) => name === 'quiet')?.silentSince, since)
})

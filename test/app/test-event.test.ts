/**
 * The test event, with receivers that prove what they read, do not, or are not there.
 */
import { join } from 'node:path'
import t from 'tap'
import { sendTest } from '../../src/app/test-event.ts'
import type { TestEventOptions } from '../../src/app/test-event.ts'
import { decode } from '../../src/cef/decode.ts'
import { connectControl } from '../../src/control/client.ts'
import type { TestQuery, TestStep } from '../../src/control/verbs.ts'
import { activity, startAppliance, syslog } from '../helpers/appliance.ts'
import { eventually, makeFolder } from '../helpers/daemon.ts'
import { startIntegrationApi } from '../helpers/integration-api.ts'
import { recordedEvents } from '../helpers/pipeline.ts'
import { startSink, startUdpSink } from '../helpers/sink.ts'

type Test = Parameters<typeof startAppliance>[0] & Parameters<typeof makeFolder>[0]

async function run(t: Test, destinations: object, own: object = { events: true, heartbeat: 0 }) {
  const api = await startIntegrationApi({ records: 3 })
  t.teardown(() => api.close())
  const configuration = { sources: { activity: activity(api) }, destinations, own }
  // A socket's path has a limit.
  const folder = await makeFolder(t, 'test')
  const appliance = startAppliance(t, configuration, { folder })
  await appliance.started
  const control = await connectControl(join(folder, 'data'))
  t.teardown(() => control?.close())
  const test = async (query: Partial<TestQuery> = {}) => {
    const steps: TestStep[] = []
    for await (const step of control?.test({ timeout: 15_000, ...query }) ?? []) steps.push(step)
    return steps
  }
  return { ...appliance, test }
}

const short = (steps: TestStep[]) =>
  steps.map(({ step, destination, ok }) =>
    [step, destination, ok || 'failed'].filter((word) => word && word !== true).join(' '),
  )

t.test('each step, up to the receipt of a program that has read every byte', async (t) => {
  const sink = await startSink(t, {})
  const siem = syslog(sink.port, { receiptEvery: '300ms' })
  const { test } = await run(t, { siem })
  const steps = await test({ who: 'alice' })
  t.same(short(steps), ['made', 'spooled', 'handed-out siem', 'received siem', 'end'])
  const [made, spooled, out, received, end] = steps.map(({ detail }) => detail)
  t.match(decode(made ?? ''), { vendor: 'Cefline', classId: 'test' })
  t.match(spooled, /^block \d+ of the queue cefline/)
  t.match(out, /127\.0\.0\.1.*; its receipt may take \d+ s: .* \(receiptEvery\)$/)
  t.match(received, /half-close/)
  t.equal(end, 'received by 1 of 1 destination')
  t.ok(sink.received().includes(made ?? 'nothing'), 'the very line')
  t.ok(sink.received().includes('suser=alice'))
  const times = steps.map(({ milliseconds }) => milliseconds)
  t.same(
    times,
    [...times].sort((a, b) => a - b),
    'in the order of time',
  )
})

t.test('UDP proves no more than it can', async (t) => {
  const sink = await startUdpSink(t)
  const { test } = await run(t, { siem: { ...syslog(0), url: `udp://127.0.0.1:${sink.port}` } })
  const steps = await test()
  t.same(short(steps), ['made', 'spooled', 'handed-out siem', 'received siem', 'end'])
  t.match(steps[3]?.detail, /nothing tells whether it arrives/)
})

t.test('a destination that is down: what it waits for', async (t) => {
  // Its receipts take no time, so the end of the wait is the dead one's alone.
  const sink = await startUdpSink(t)
  const siem = { ...syslog(0), url: `udp://127.0.0.1:${sink.port}` }
  const { test, status } = await run(t, { siem, dead: syslog(1) })
  const one = await test({ destination: 'siem' })
  t.match(one.at(-1), { ok: true, detail: 'received by 1 of 1 destination' })
  await eventually(async () => {
    const { destinations } = await status()
    return destinations.find(({ name }) => name === 'dead')?.state === 'lost' || undefined
  }, 'it is never lost')
  const steps = await test({ timeout: 3000 })
  t.same(short(steps), [
    'made',
    'spooled',
    'handed-out siem',
    'received siem',
    'handed-out dead failed',
    'end failed',
  ])
  t.match(steps[1]?.detail, /synced; dead is lost \(.*refused.*\), and waited for up to /)
  t.match(steps[4]?.detail, /refused the connection.*; the event is in the spool and goes out when/)
  t.equal(steps[5]?.detail, 'received by 1 of 2 destinations')
})

t.test('a receipt that takes longer than is waited', async (t) => {
  const sink = await startSink(t, {})
  const { test } = await run(t, { siem: syslog(sink.port, { receiptEvery: '60s' }) })
  const steps = await test({ timeout: 1000 })
  t.same(short(steps).slice(2), ['handed-out siem', 'received siem failed', 'end failed'])
  t.match(steps[3]?.detail, /every 60 s \(receiptEvery\)/)
})

t.test('a destination that does not get it, and one that there is not', async (t) => {
  const sink = await startSink(t, {})
  const siem = syslog(sink.port, { from: ['activity'] })
  const { test } = await run(t, { siem, other: { type: 'file', path: join(t.testdir(), 'o') } })
  const steps = await test({ destination: 'siem' })
  t.same(short(steps), ['handed-out siem failed', 'end failed'])
  t.match(steps[0]?.detail, /siem does not get .*; add cefline to destinations\.siem\.from/)
  await t.rejects(test({ destination: 'x' }), { code: 'not-found', message: /"siem", "other"/ })
})

t.test('turned off', async (t) => {
  const sink = await startSink(t, {})
  const { test } = await run(t, { siem: syslog(sink.port) }, { events: false })
  const steps = await test()
  t.match(steps[0], { ok: false, detail: /set own\.events: true/ })
})

t.test('who goes is not waited for', async (t) => {
  let looks = 0
  const spool = {
    wasGiven: () => true,
    queues: () => [{ queue: 'cefline', newest: 1 }],
    ledger: () => [],
    position: () => ((looks += 1), 0),
  }
  const options = {
    events: recordedEvents().events,
    spool,
    running: { handedOut: () => 0 },
    configuration: {
      own: { events: true },
      destinations: [{ name: 'siem', type: 'syslog', common: { from: null }, from: null }],
    },
    signal: new AbortController().signal,
  } as unknown as TestEventOptions
  const steps = sendTest({ timeout: 3_600_000 }, options)[Symbol.asyncIterator]()
  await steps.next()
  t.match(await steps.next(), { value: { step: 'spooled' } })
  const never = t.rejects(steps.next(), { code: 'lost' })
  await steps.return?.()
  await never
  t.ok(looks > 0)
})

/**
 * What Prometheus reads: every term, ages, what is gone when a component is gone, and that a spool
 * that does not answer costs its own numbers alone.
 */
import { setImmediate as turn } from 'node:timers/promises'
import t from 'tap'
import type { Certificate, Reject, Spool } from '../../src/core.ts'
import { error } from '../../src/error.ts'
import type { Metrics } from '../../src/telemetry/metrics.ts'
import { batchOf, recordedEvents, spoolFor } from '../helpers/pipeline.ts'

const reject = (code: Reject['code'], row: number): Reject => {
  return { code, reason: 'bad', origin: 'a.csv', row, record: 'x' }
}

const expiring = (whose: Certificate['whose'], validTo: number): Certificate => {
  return { whose, subject: 'CN=a', issuer: 'CN=b', validTo, fingerprint: '00' }
}

/** The series of a scrape, without help and types; it comes with the next turn at the earliest. */
async function scrape(metrics: Metrics): Promise<Map<string, number>> {
  await turn()
  const text = await metrics.registry.metrics()
  const lines = text.split('\n').filter((line) => line !== '' && !line.startsWith('#'))
  return new Map(
    lines.map((line) => {
      const space = line.lastIndexOf(' ')
      return [line.slice(0, space), Number(line.slice(space + 1))]
    }),
  )
}

const about = (series: ReadonlyMap<string, number>, name: string) =>
  [...series.keys()].filter((key) => key.includes(`"${name}"`))

t.test('a source: records, rejects by code, retries, whether it is up, poll lag', async (t) => {
  const { events } = recordedEvents()
  const source = events.source('alerts')
  let seen = await scrape(events.metrics)
  t.equal(seen.get('cefline_source_records_total{source="alerts",result="rejected"}'), 0)
  t.equal(seen.get('cefline_source_retries_total{source="alerts"}'), 0)
  t.notOk(seen.has('cefline_source_poll_lag_seconds{source="alerts"}'), 'it has not read yet')
  const lastSuccess = 'cefline_source_last_success_timestamp_seconds{source="alerts"}'
  t.ok(seen.has(lastSuccess), 'one that hangs at its first look is seen to')

  const rejects = [reject('date', 2), reject('row', 3), reject('row', 4)]
  source.collected(batchOf(0, 0, { read: 3, rejects }), {
    spooled: 0,
    alreadyGiven: 1,
    rejected: 2,
  })
  seen = await scrape(events.metrics)
  t.equal(seen.get('cefline_source_rejects_total{source="alerts",code="row"}'), 2)
  t.notOk(seen.has('cefline_source_rejects_total{source="alerts",code="date"}'), 'given before')
  t.notOk(seen.has('cefline_source_poll_lag_seconds{source="alerts"}'), 'there may be more')

  source.collected(batchOf(0, 0), { spooled: 0, alreadyGiven: 0, rejected: 0 })
  source.sourceFailed(error('network', 'no route'), 1000)
  source.sourceFailed(error('unauthorized', 'no such user'), Infinity)
  seen = await scrape(events.metrics)
  t.ok((seen.get('cefline_source_poll_lag_seconds{source="alerts"}') ?? -1) >= 0)
  t.equal(seen.get('cefline_source_up{source="alerts"}'), 0)
  t.equal(seen.get('cefline_source_retries_total{source="alerts"}'), 1, 'a parked one is not tried')

  source.collected(batchOf(0, 1), { spooled: 1, alreadyGiven: 0, rejected: 0 })
  t.equal((await scrape(events.metrics)).get('cefline_source_up{source="alerts"}'), 1)
  source.flush()
})

t.test('a destination: receipts by proof, bytes, latency, retries, certificates', async (t) => {
  const { events } = recordedEvents()
  const siem = events.destination('siem')
  const soon = Date.UTC(2030, 0, 1)
  siem.connected('tls', [
    expiring('peer', soon + 1000),
    expiring('peer', soon),
    expiring('own', soon),
  ])
  siem.proof('half-close')
  siem.receipt([{ at: Date.now() - 90_000 }, { at: undefined }])
  siem.receivedBytes(700)
  siem.destinationFailed(error('lost', 'the peer is gone'), 500)
  let seen = await scrape(events.metrics)
  const receipts = 'cefline_destination_receipts_total{destination="siem",proof="half-close"}'
  t.equal(seen.get(receipts), 1)
  t.equal(seen.get('cefline_destination_received_bytes_total{destination="siem"}'), 700)
  t.equal(seen.get('cefline_destination_latency_seconds_count{destination="siem"}'), 1)
  t.equal(seen.get('cefline_destination_latency_seconds_bucket{le="60",destination="siem"}'), 0)
  t.equal(seen.get('cefline_destination_latency_seconds_bucket{le="300",destination="siem"}'), 1)
  t.equal(seen.get('cefline_destination_retries_total{destination="siem"}'), 1)
  for (const code of ['cut', 'too-large', 'record', 'when-full']) {
    const rejects = `cefline_destination_rejects_total{destination="siem",code="${code}"}`
    t.equal(seen.get(rejects), 0, 'there before the first one')
  }
  const ends = (whose: string) =>
    `cefline_certificate_expiry_timestamp_seconds{component="siem",whose="${whose}"}`
  t.equal(seen.get(ends('peer')), soon / 1000, 'the one that ends first')
  t.equal(seen.get(ends('own')), soon / 1000)

  const inFile = (whose: 'own' | 'authority', validTo: number) =>
    events.metrics.certificates.inFiles([{ component: 'siem', whose, validTo }])
  inFile('own', soon - 1000)
  seen = await scrape(events.metrics)
  t.equal(seen.get(ends('own')), soon / 1000 - 1, 'in a file, and the first to end')
  inFile('authority', soon)
  seen = await scrape(events.metrics)
  t.equal(seen.get(ends('own')), soon / 1000)
  t.equal(seen.get(ends('authority')), soon / 1000)

  siem.connected('plain')
  seen = await scrape(events.metrics)
  t.notOk(seen.has(ends('peer')), 'a connection without certificates rests on none')
})

t.test('what is gone from the configuration has no series', async (t) => {
  const { events } = recordedEvents()
  for (const name of ['alerts', 'activity']) {
    const source = events.source(name)
    source.collected(batchOf(0, 0), { spooled: 0, alreadyGiven: 0, rejected: 0 })
    source.sourceFailed(error('network', 'no route'), 1000)
    const destination = events.destination(`to-${name}`)
    destination.connected('tls', [expiring('peer', 1e12)])
    destination.proof('relp')
    destination.receipt([{ at: 0 }])
    destination.destinationFailed(error('lost', 'gone'), 1)
  }
  events.sourceRemoved('alerts')
  events.destinationRemoved('to-alerts')
  const seen = await scrape(events.metrics)
  t.same(about(seen, 'alerts'), [])
  t.same(about(seen, 'to-alerts'), [])
  t.ok(about(seen, 'activity').length > 8)
  t.ok(about(seen, 'to-activity').length > 20, 'the others have theirs')

  events.source('alerts')
  const again = await scrape(events.metrics)
  t.equal(again.get('cefline_source_retries_total{source="alerts"}'), 0, 'it begins anew')
})

t.test('one of a name as source and destination keeps its errors while one is there', async (t) => {
  const { events } = recordedEvents()
  events.source('one').sourceFailed(error('network', 'no route'), 1)
  events.destination('one').destinationFailed(error('lost', 'gone'), 1)
  events.sourceRemoved('one')
  const errors = 'cefline_errors_total{component="one",code="lost"}'
  t.equal((await scrape(events.metrics)).get(errors), 1)
  events.destinationRemoved('one')
  t.same(about(await scrape(events.metrics), 'one'), [])
})

t.test('the spool: usage, ages, and every term of the books at once', async (t) => {
  const { events } = recordedEvents()
  const { metrics } = events
  let seen = await scrape(metrics)
  t.equal(seen.get('cefline_spool_open'), 0)
  t.notOk(seen.has('cefline_spool_bytes'), 'nothing is said of a spool that is not open')

  const spool = await spoolFor(t)
  for (const name of ['alerts', 'activity']) events.source(name)
  const names = ['siem']
  metrics.watch(spool, names)
  await spool.append(
    'alerts',
    batchOf(0, 10, { read: 12, ignored: 1, rejects: [reject('row', 1)] }),
  )
  await spool.append('gone', batchOf(20, 22))
  seen = await scrape(metrics)
  t.equal(seen.get('cefline_spool_open'), 1)
  t.ok((seen.get('cefline_spool_bytes') ?? 0) > 0)
  t.equal(seen.get('cefline_rejects'), 1)
  const terms = { read: 12, spooled: 10, already_given: 0, rejected: 1, ignored: 1 }
  for (const [term, value] of Object.entries(terms)) {
    const name = `cefline_source_ledger_records{source="alerts",term="${term}"}`
    t.equal(seen.get(name), value, term)
  }
  for (const [term, value] of Object.entries({
    waiting: 10,
    received: 0,
    refused: 0,
    damaged: 0,
  })) {
    const labels = `destination="siem",source="alerts",term="${term}"`
    t.equal(seen.get(`cefline_destination_ledger_lines{${labels}}`), value, term)
  }
  t.equal(seen.get('cefline_ledger_difference{component="alerts",queue="alerts"}'), 0)
  t.equal(seen.get('cefline_ledger_difference{component="siem",queue="alerts"}'), 0)
  t.ok((seen.get('cefline_destination_oldest_waiting_age_seconds{destination="siem"}') ?? -1) >= 0)
  t.equal(seen.get('cefline_destination_waiting_lines{destination="siem"}'), 10)
  t.ok((seen.get('cefline_source_spooled_bytes{source="alerts"}') ?? 0) > 0)
  t.same(about(seen, 'gone'), [], 'a queue that is not configured')

  names.splice(0)
  t.same(about(await scrape(metrics), 'siem'), [], 'a destination that is gone')
})

t.test(
  'a difference in the books is in the same scrape that finds it, and ages are seconds',
  async (t) => {
    const { events } = recordedEvents()
    const { metrics } = events
    const ledger = { read: 5, spooled: 3, alreadyGiven: 0, rejected: 0, ignored: 0 }
    const queue = { queue: 'alerts', ledger, remembered: 0, bytes: 0 }
    const books = { queue: 'alerts', spooled: 3, received: 4, waiting: 0, refused: 0, damaged: 0 }
    const spool = {
      usage: () => ({ bytes: 1, maxBytes: 2, full: true }),
      queues: () => [queue],
      ledger: () => [books],
      waiting: () => ({ lines: 3, oldest: Date.now() - 60_000 }),
      rejects: () => ({ count: 3, byCode: () => ({ date: 2, row: 1 }) }),
    }
    metrics.watch(spool as unknown as Spool, ['siem'])
    const seen = await scrape(metrics)
    t.equal(seen.get('cefline_ledger_difference{component="alerts",queue="alerts"}'), 2)
    t.equal(seen.get('cefline_ledger_difference{component="siem",queue="alerts"}'), -1)
    const age = seen.get('cefline_destination_oldest_waiting_age_seconds{destination="siem"}') ?? 0
    t.ok(age >= 60 && age < 6000, 'seconds')
    t.ok((seen.get('cefline_spool_oldest_block_age_seconds') ?? 0) >= 60)
    t.equal(seen.get('cefline_spool_full'), 1)
    t.equal(seen.get('cefline_rejects'), 3)
    t.equal(seen.get('cefline_rejects_kept{code="date"}'), 2)
  },
)

t.test('damage: a spool that does not answer costs its own numbers alone', async (t) => {
  const { events } = recordedEvents()
  events.source('alerts')
  const spool = await spoolFor(t)
  events.metrics.watch(spool, ['siem'])
  t.equal((await scrape(events.metrics)).get('cefline_spool_open'), 1)
  await spool.close()
  const seen = await scrape(events.metrics)
  t.equal(seen.get('cefline_spool_open'), 0)
  t.notOk(seen.has('cefline_destination_waiting_lines{destination="siem"}'), 'and no old ones')
  t.ok(seen.has('cefline_source_up{source="alerts"}'))
})

t.test('whether the configuration on disk is the one that runs', async (t) => {
  const { events } = recordedEvents()
  const value = async () =>
    (await scrape(events.metrics)).get('cefline_config_last_reload_successful')
  t.equal(await value(), 1)
  events.reloadRefused(error('config', 'url: "x" is none'))
  t.equal(await value(), 0)
  events.configured()
  t.equal(await value(), 0, 'the one before it begins meanwhile, when the spool opens')
  events.unchanged()
  t.equal(await value(), 1, 'what was refused was taken back')
  events.reloadRefused(error('config', 'url: "x" is none'))
  events.reloaded(['log changed'])
  t.equal(await value(), 1)
})

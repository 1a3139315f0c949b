/** `payload: snare` on every transport: receipts, framing, limits and rejects are those of CEF. */
import { createRequire } from 'node:module'
import t from 'tap'
import type { Test } from 'tap'
import { LinePacker } from '../../../src/io/lines.ts'
import { forward } from '../../../src/pipeline/forward.ts'
import { eventually } from '../../helpers/daemon.ts'
import { netwrixLine, recordTime as time } from '../../helpers/netwrix-lines.ts'
import { batchOf, idOf, recordedEvents, spoolFor } from '../../helpers/pipeline.ts'
import { startRelpServer } from '../../helpers/relp-server.ts'
import { blockOf, Feed, recorder, startSink, startUdpSink } from '../../helpers/sink.ts'
import { syslogTo } from '../../helpers/syslog-options.ts'
import type { Some } from '../../helpers/syslog-options.ts'

const cado = 'CEF:0|Cado|Response|1.0|timeline|File created|3| fname=a'
const live = () => new AbortController().signal
const head = '<163>Jan  8 11:07:53 auditor MSWinEventLog\t1\tNetwrix_Auditor_Integration\t'
const numberIn = (line: string) => Number(line.split('\t')[3])

async function deliver(url: string, sent: string[][], options: Some = {}) {
  const delivery = recorder()
  const blocks = sent.map((lines, index) => blockOf(index + 1, lines, { time, severity: 7 }))
  const feed = new Feed(...blocks)
  feed.end()
  await syslogTo(url, { payload: 'snare', ...options }).deliver(feed, delivery, live())
  return delivery
}

const lines = [1, 2, 3].map((number) => netwrixLine({ detailsText: `number ${number}\tä` }))

function same(t: Test, seen: string[], first = 1) {
  t.equal(seen.length, 3)
  for (const [index, line] of seen.entries()) {
    t.ok(line.startsWith(head), line)
    t.equal(numberIn(line), first + index)
    t.match(line, new RegExp(`Details : number ${index + 1} ä\\t$`))
  }
}

t.test('TCP, with the half-close as the receipt', async (t) => {
  const sink = await startSink(t)
  const options = { receiptEvery: 10_000 }
  const delivery = await deliver(
    `tcp://127.0.0.1:${sink.port}`,
    [lines.slice(0, 2), lines.slice(2)],
    options,
  )
  await sink.until(3)
  same(t, sink.lines())
  t.same(delivery.proofs, ['half-close'])
  t.equal(delivery.receipts.at(-1), 2)
  t.same(delivery.rejects, [])
})

t.test('UDP and RELP', async (t) => {
  const udp = await startUdpSink(t)
  t.same((await deliver(`udp://127.0.0.1:${udp.port}`, [lines])).receipts, [1])
  await udp.until(3)
  same(t, udp.lines())
  const relp = await startRelpServer(t)
  t.same((await deliver(`relp://127.0.0.1:${relp.port}`, [lines])).receipts, [1])
  same(t, relp.messages)
})

t.test('the counter is the destination’s: it goes on over connections and urls', async (t) => {
  const [dead, sink] = [await startSink(t), await startSink(t)]
  await dead.stop()
  const urls = [dead, sink].map(({ port }) => `tcp://127.0.0.1:${port}`)
  const destination = syslogTo(urls, { payload: 'snare' })
  const send = async () => {
    const feed = new Feed(blockOf(1, lines, { time, severity: 7 }))
    feed.end()
    await destination.deliver(feed, recorder(), live())
  }
  await t.rejects(send(), { message: /going on with/ })
  await send()
  await send()
  await sink.until(6)
  same(t, sink.lines().slice(0, 3))
  same(t, sink.lines().slice(3), 4)
})

t.test('what is not Netwrix’s goes to the rejects, and the others go on', async (t) => {
  const sink = await startSink(t)
  const delivery = await deliver(`tcp://127.0.0.1:${sink.port}`, [
    [lines[0] ?? '', cado, lines[1] ?? '', lines[2] ?? ''],
  ])
  await sink.until(3)
  same(t, sink.lines())
  t.same(delivery.receipts, [1])
  t.match(delivery.rejects, [{ sequence: 1, line: 1, code: 'record' }])
  t.match(
    delivery.rejects[0]?.reason,
    /^destinations\.siem: the line is an event of “Cado”, .* payload cef, .* option from$/,
  )
})

t.test('one that is too long is sent cut, and the uncut one is kept', async (t) => {
  const sink = await startSink(t)
  const long = netwrixLine({ detailsText: 'é'.repeat(3000) })
  const delivery = await deliver(`tcp://127.0.0.1:${sink.port}`, [[long]], { maxBytes: 2048 })
  await sink.until(1)
  t.ok(Buffer.byteLength(sink.lines()[0] ?? '') <= 2048)
  t.match(sink.lines()[0], /Details : é+\[cut\]\t$/)
  t.match(delivery.rejects, [
    {
      line: 0,
      code: 'cut',
      reason: /^the text cut .* 2048 bytes \(destinations\.siem\.maxBytes\)$/,
    },
  ])
})

t.test('the books add up, and the rejects hold the lines as they are in the spool', async (t) => {
  const sink = await startSink(t)
  const spool = await spoolFor(t)
  const long = netwrixLine({ detailsText: 'é'.repeat(3000) })
  const packer = new LinePacker()
  const all = [...lines, cado, long]
  for (const [index, line] of all.entries()) packer.add(line, time, 7, idOf(index))
  await spool.append('alerts', batchOf(0, 0, { read: all.length, lines: packer.take() }))
  const ending = new AbortController()
  const { events, log } = recordedEvents()
  const sending = forward({
    name: 'siem',
    destination: syslogTo(`tcp://127.0.0.1:${sink.port}`, { payload: 'snare', maxBytes: 2048 }),
    queues: [['alerts']],
    spool,
    events: events.destination('siem'),
    signal: ending.signal,
  })
  await eventually(async () => spool.position('siem', 'alerts') === 1 || undefined, 'no receipt')
  ending.abort()
  await sending
  t.equal(sink.lines().length, 4)
  t.match(spool.ledger('siem'), [
    { queue: 'alerts', spooled: 5, received: 4, waiting: 0, refused: 1, damaged: 0 },
  ])
  const kept = spool.rejects().list(10)
  t.same(
    new Set(kept.map(({ code, record }) => [code, record].join(' '))),
    new Set([`record ${cado}`, `cut ${long}`]),
  )
  t.notOk(
    log().some(({ msg }) => msg.includes('éé')),
    'the log has no values',
  )
})

t.test('the header is RFC 3164’s where neither the user nor a preset says', async (t) => {
  const frame = (url: string, options: Some = {}) =>
    syslogTo(url, { payload: 'snare', ...options })
      .frame(netwrixLine(), time, 7)
      .toString()
  const old = `${head}1\tThu Jan  8 11:07:53 2026\t`
  const current =
    '<163>1 2026-01-08T11:07:53.042Z auditor.example.com cefline - - - MSWinEventLog\t1\t'
  t.ok(frame('tcp://siem').startsWith(old))
  t.match(frame('tls://siem'), new RegExp(`^\\d+ ${old}`))
  t.ok(frame('udp://siem').endsWith('Details : User Account Disabled\t'))
  t.ok(frame('tcp://siem', { format: 'rfc5424' }).startsWith(current))
  t.match(frame('tcp://siem', { receiver: 'rsyslog' }), new RegExp(`^\\d+ ${current}`))
})

t.test('a frame for preview counts nothing, and is empty for a line that has none', async (t) => {
  const destination = syslogTo('udp://siem', { payload: 'snare' })
  for (let times = 0; times < 2; times += 1) {
    t.equal(numberIn(destination.frame(netwrixLine(), time, 7).toString()), 1)
  }
  t.equal(destination.frame(cado, time, 7).length, 0)
})

t.test('check says what such a destination cannot take', async (t) => {
  for await (const step of syslogTo('tcp://siem', { payload: 'snare' }).check(live(), false)) {
    if (step.name === 'config') t.match(step, { ok: true, detail: /Snare.*rejects.*from/ })
  }
})

t.test('nsyslog-parser reads the header', async (t) => {
  // It has no declarations.
  const parse = createRequire(import.meta.url)('nsyslog-parser') as (line: string) => {
    type: string
    host: string
    facility: string
    level: string
    message: string
  }
  const frame = syslogTo('udp://siem', { payload: 'snare' }).frame(netwrixLine(), time, 7)
  const { type, host, facility, level } = parse(frame.toString())
  t.same(
    { type, host, facility, level },
    { type: 'BSD', host: 'auditor', facility: 'local4', level: 'error' },
  )
})

import { networkInterfaces } from 'node:os'
import t from 'tap'
import type { CheckStep } from '../../../src/core.ts'
import { freePort } from '../../helpers/daemon.ts'
import { blockOf, cefLine, Feed, recorder, startUdpSink } from '../../helpers/sink.ts'
import { syslogTo } from '../../helpers/syslog-options.ts'

const live = () => new AbortController().signal
const hasIpv6 = Object.values(networkInterfaces())
  .flat()
  .some((network) => network?.address === '::1')

t.test('one message a datagram, without a line feed, and a receipt for each block', async (t) => {
  const sink = await startUdpSink(t)
  const delivery = recorder()
  const lines = [1, 2, 3].map((number) => cefLine(number, 'ä'))
  const feed = new Feed(blockOf(1, lines), blockOf(2, [cefLine(4)]))
  feed.end()
  await syslogTo(`udp://127.0.0.1:${sink.port}`).deliver(feed, delivery, live())
  await sink.until(4)
  t.same(
    sink.lines(),
    [...lines, cefLine(4)].map((line) => `<164>Jan  8 11:07:53 auditor ${line}`),
  )
  t.same(delivery.receipts, [1, 2])
  t.equal(sink.connections, 1, 'all from one socket')
})

t.test('RFC 5424, a name, and IPv6', { skip: hasIpv6 ? false : 'no IPv6 loopback' }, async (t) => {
  const sink = await startUdpSink(t, 6)
  const feed = new Feed(blockOf(1, [cefLine(1)]))
  feed.end()
  const destination = syslogTo(`udp://[::1]:${sink.port}`, { format: 'rfc5424' })
  await destination.deliver(feed, recorder(), live())
  await sink.until(1)
  t.match(sink.lines(), [
    /^<164>1 2026-01-08T11:07:53\.042Z auditor\.example\.com cefline - - - CEF:0/,
  ])
})

t.test('a name is looked up', async (t) => {
  const sink = await startUdpSink(t)
  const delivery = recorder()
  const feed = new Feed()
  feed.end()
  await syslogTo(`udp://localhost:${sink.port}`).deliver(feed, delivery, live())
  t.match(delivery.connections, [/^udp:\/\/localhost:\d+ \((127\.0\.0\.1|::1)\)$/])
  await t.rejects(syslogTo('udp://no-such-host.invalid').deliver(feed, recorder(), live()), {
    code: 'dns',
  })
})

t.test('nothing listens: noticed with a count, and what can be sent again is', async (t) => {
  const port = await freePort()
  const delivery = recorder()
  const feed = new Feed(...[1, 2, 3, 4, 5].map((number) => blockOf(number, [cefLine(number)])))
  feed.end()
  await syslogTo(`udp://127.0.0.1:${port}`).deliver(feed, delivery, live())
  t.same(delivery.receipts, [1, 2, 3, 4, 5])
  t.match(delivery.notices[0], {
    level: 'warn',
    code: 'refused',
    message: new RegExp(`^udp://127.0.0.1:${port} refused \\d+ datagrams? or more, which are lost`),
  })
})

t.test('a line that fits no datagram is cut, one that cannot be cut is reported', async (t) => {
  const sink = await startUdpSink(t)
  const delivery = recorder()
  const feed = new Feed(blockOf(1, [cefLine(1, 'x'.repeat(70_000)), 'y'.repeat(70_000)]))
  feed.end()
  const destination = syslogTo(`udp://127.0.0.1:${sink.port}`, { maxBytes: 65_507 })
  await destination.deliver(feed, delivery, live())
  await sink.until(1)
  t.ok((sink.lines()[0]?.length ?? 0) > 60_000)
  t.match(delivery.rejects, [
    { line: 0, code: 'cut' },
    { line: 1, code: 'too-large' },
  ])
  t.same(delivery.receipts, [1])
})

t.test('an address that cannot be sent to is said as that', async (t) => {
  // The kernel lets no ordinary socket be connected to it, nor to one without a route.
  const destination = syslogTo('udp://255.255.255.255:514')
  const delivery = recorder()
  const done = destination.deliver(new Feed(blockOf(1, [cefLine(1)])), delivery, live())
  await t.rejects(done, { code: 'network', message: /^udp:.* (may not|cannot) be reached/ })
  t.same([delivery.connections, delivery.receipts], [[], []])
  const steps: CheckStep[] = []
  for await (const step of destination.check(live(), true)) steps.push(step)
  t.match(steps.at(-1), { name: 'udp', ok: false, detail: /be reached/ })
})

t.test('abort returns while it waits for a block', async (t) => {
  const sink = await startUdpSink(t)
  const abort = new AbortController()
  const delivery = recorder()
  const feed = new Feed(blockOf(1, [cefLine(1)]))
  const done = syslogTo(`udp://127.0.0.1:${sink.port}`).deliver(feed, delivery, abort.signal)
  await delivery.received(1)
  abort.abort()
  await done
  t.same(delivery.receipts, [1])
})

t.test('check', async (t) => {
  const sink = await startUdpSink(t)
  const names: string[] = []
  for await (const step of syslogTo(`udp://127.0.0.1:${sink.port}`).check(live(), true)) {
    t.ok(step.ok, step.detail)
    names.push(step.name)
  }
  t.same(names, ['config', 'hostname', 'dns', 'udp'])
  t.equal(sink.received(), '')
})

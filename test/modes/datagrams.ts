/**
 * Sends datagrams of three sizes over loopback and prints how long the messages were that arrived,
 * with what the destination said: for a test that runs it behind a link of its own.
 */
import { blockOf, cefLine, Feed, recorder, startUdpSink } from '../helpers/sink.ts'
import { syslogTo } from '../helpers/syslog-options.ts'

const lengths = [60_000, 9_000, 1_600]
const sink = await startUdpSink({ teardown() {} })
const delivery = recorder()
const feed = new Feed(
  blockOf(
    1,
    lengths.map((size) => cefLine(size, 'x'.repeat(size))),
  ),
)
feed.end()
const destination = syslogTo(`udp://127.0.0.1:${sink.port}`, { maxBytes: 65_507 })
await destination.deliver(feed, delivery, new AbortController().signal)
await sink.until(lengths.length)
const sizes = sink.lines().map((line) => line.length - line.indexOf('msg=') - 4)
console.log(JSON.stringify({ sizes, rejects: delivery.rejects, notices: delivery.notices }))
process.exit()

/** Each transport, framing and header, to real rsyslog and syslog-ng: what they store is compared. */
import t from 'tap'
import type { Test } from 'tap'
import type { Destination } from '../../src/core.ts'
import type { Format } from '../../src/syslog/message.ts'
import { makeAuthority } from '../helpers/certificates.ts'
import { needs } from '../helpers/peers.ts'
import { startRsyslog } from '../helpers/rsyslog.ts'
import { blockOf, cefLine, Feed, recorder } from '../helpers/sink.ts'
import { syslogTo } from '../helpers/syslog-options.ts'
import { startSyslogNg } from '../helpers/syslog-ng.ts'

const time = Date.UTC(2026, 0, 8, 11, 7, 53, 42)
const lines = [
  cefLine(1, 'plain'),
  cefLine(2, 'äöü 漢 😀 C:\\\\Temp\\\\new \\= "quoted" a|b 100%'),
  cefLine(3, 'long '.repeat(1000)),
]
/** Without the third for UDP, which a datagram of 2,048 bytes does not hold. */
const short = lines.slice(0, 2)

async function deliver(t: Test, destination: Destination, sent: string[]): Promise<void> {
  const delivery = recorder()
  const feed = new Feed(blockOf(1, sent, { time, severity: 7 }))
  feed.end()
  await destination.deliver(feed, delivery, new AbortController().signal)
  t.same(delivery.receipts, [1])
  t.same(delivery.rejects, [])
}

const formats: Format[] = ['rfc3164', 'rfc5424']
const transports = ['udp', 'tcp', 'tls'] as const

t.test('rsyslog', needs('rsyslogd', 'openssl'), async (t) => {
  const authority = await makeAuthority(t.testdir())
  const tls = { server: await authority.sign('localhost'), ca: authority.cert }
  for (const transport of transports) {
    for (const framing of transport === 'udp'
      ? (['lf'] as const)
      : (['lf', 'octet-counting', 'nul'] as const)) {
      for (const format of formats) {
        await t.test(`${transport} ${framing} ${format}`, async (t) => {
          const peer = await startRsyslog(t, {
            transport,
            nul: framing === 'nul',
            ...(transport === 'tls' ? { tls } : {}),
          })
          const sent = transport === 'udp' ? short : lines
          const url = `${transport}://127.0.0.1:${peer.port}`
          await deliver(t, syslogTo(url, { format, framing, tls: { ca: authority.cert } }), sent)
          const stored = await peer.messages(sent.length)
          t.equal(stored.length, sent.length)
          for (const [index, cef] of sent.entries()) {
            const seen = stored[index]
            t.equal(seen?.pri, '163')
            if (format === 'rfc3164') {
              t.equal(seen?.host, 'auditor')
              t.equal(seen?.tag, 'CEF:')
              t.equal(seen?.msg, cef.slice('CEF:'.length))
              t.match(seen?.time, /-01-08T11:07:53/)
            } else {
              t.equal(seen?.version, '1')
              t.equal(seen?.host, 'auditor.example.com')
              t.equal(seen?.program, 'cefline')
              t.equal(seen?.msg, cef)
              t.equal(Date.parse(seen?.time ?? ''), time)
            }
          }
        })
      }
    }
  }
})

t.test('syslog-ng', needs('syslog-ng', 'openssl'), async (t) => {
  const authority = await makeAuthority(t.testdir())
  const server = await authority.sign('localhost')
  for (const transport of transports) {
    for (const framing of transport === 'udp'
      ? (['lf'] as const)
      : (['lf', 'octet-counting'] as const)) {
      for (const format of formats) {
        await t.test(`${transport} ${framing} ${format}`, async (t) => {
          const peer = await startSyslogNg(t, {
            transport,
            framing,
            rfc5424: format === 'rfc5424',
            ...(transport === 'tls' ? { tls: { server } } : {}),
          })
          const sent = transport === 'udp' ? short : lines
          const url = `${transport}://127.0.0.1:${peer.port}`
          await deliver(t, syslogTo(url, { format, framing, tls: { ca: authority.cert } }), sent)
          const stored = await peer.messages(sent.length)
          t.equal(stored.length, sent.length)
          for (const [index, cef] of sent.entries()) {
            const seen = stored[index]
            t.equal(seen?.PRI, '163')
            if (format === 'rfc3164') {
              t.equal(seen?.HOST, 'auditor')
              t.equal(seen?.PROGRAM, 'CEF')
              t.equal(seen?.MSGHDR, 'CEF:')
              t.equal(seen?.MSG, cef.slice('CEF:'.length))
              t.match(seen?.ISODATE, /-01-08T11:07:53/)
            } else {
              t.equal(seen?.HOST, 'auditor.example.com')
              t.equal(seen?.PROGRAM, 'cefline')
              t.equal(seen?.MSG, cef)
              t.equal(Math.floor(Date.parse(seen?.ISODATE ?? '') / 1000), Math.floor(time / 1000))
            }
          }
        })
      }
    }
  }
})

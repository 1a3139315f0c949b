/** Snare's form, to a real rsyslog: every field arrives, and the receipt is the half-close's. */
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import t from 'tap'
import { makeAuthority } from '../helpers/certificates.ts'
import { freePort, jsonLines, makeFolder, startDaemon } from '../helpers/daemon.ts'
import { netwrixLine, recordTime as time } from '../helpers/netwrix-lines.ts'
import { findProgram, needs, rsyslogModules } from '../helpers/peers.ts'
import { startRsyslog } from '../helpers/rsyslog.ts'
import type { RsyslogMessage } from '../helpers/rsyslog.ts'
import { blockOf, Feed, recorder } from '../helpers/sink.ts'
import { syslogTo } from '../helpers/syslog-options.ts'

const lines = [1, 2, 3].map((number) =>
  netwrixLine({
    detailsText: `number ${number}: äöü 漢 😀 "quoted" a|b 100%`,
    what: 'C:\\Temp\\new',
  }),
)

t.test('rsyslog', needs('rsyslogd', 'openssl'), async (t) => {
  const authority = await makeAuthority(t.testdir())
  const tls = { server: await authority.sign('localhost'), ca: authority.cert }
  for (const transport of ['udp', 'tcp', 'tls'] as const) {
    for (const format of ['rfc3164', 'rfc5424'] as const) {
      await t.test(`${transport} ${format}`, async (t) => {
        const peer = await startRsyslog(t, { transport, ...(transport === 'tls' ? { tls } : {}) })
        const delivery = recorder()
        const feed = new Feed(blockOf(1, lines, { time, severity: 7 }))
        feed.end()
        await syslogTo(`${transport}://127.0.0.1:${peer.port}`, {
          payload: 'snare',
          format,
          receiptEvery: 10_000,
          tls: { ca: authority.cert },
        }).deliver(feed, delivery, new AbortController().signal)
        t.same(delivery.receipts, [1])
        t.same(delivery.rejects, [])
        t.same(delivery.proofs, [transport === 'udp' ? 'kernel' : 'half-close'])
        const stored = await peer.messages(lines.length)
        t.equal(stored.length, lines.length)
        for (const [index, { host, pri, tag, msg, time: seenTime }] of stored.entries()) {
          // rsyslog writes a tab that it receives as #011, unless it is told not to.
          const text = (format === 'rfc3164' ? tag + msg : msg).replaceAll('#011', '\t')
          const fields = text.split('\t')
          t.equal(pri, '163')
          t.equal(host, format === 'rfc3164' ? 'auditor' : 'auditor.example.com')
          t.match(seenTime, /-01-08T11:07:53/)
          t.equal(fields.length, 15, text)
          t.same(fields.slice(0, 5), [
            'MSWinEventLog',
            '1',
            'Netwrix_Auditor_Integration',
            String(index + 1),
            'Thu Jan  8 11:07:53 2026',
          ])
          const details = `number ${index + 1}: äöü 漢 😀 "quoted" a|b 100%`
          t.ok(fields[13]?.includes(`  What : C:\\Temp\\new  When : 2026-01-08T11:07:53Z`))
          t.ok(fields[13]?.endsWith(`  Details : ${details}`), fields[13] ?? text)
        }
      })
    }
  }
})

t.test('rsyslog with its own parser for Snare', needs('rsyslogd', 'pmsnare'), async (t) => {
  const folder = await makeFolder(t, 'snare')
  const port = await freePort()
  const output = join(folder, 'messages.json')
  await writeFile(
    join(folder, 'rsyslog.conf'),
    `global(workDirectory="${folder}")
module(load="imtcp")
module(load="pmsnare")
template(name="json" type="list") {
  constant(value="{")
  property(outname="host" name="hostname" format="jsonf")
  constant(value=",")
  property(outname="tag" name="syslogtag" format="jsonf")
  constant(value=",")
  property(outname="msg" name="msg" format="jsonf")
  constant(value="}\\n")
}
ruleset(name="snare" parser=["rsyslog.snare", "rsyslog.rfc5424", "rsyslog.rfc3164"]) {
  action(type="omfile" file="${output}" template="json")
}
input(type="imtcp" port="${port}" address="127.0.0.1" ruleset="snare")
`,
  )
  await startDaemon(t, {
    program: findProgram('rsyslogd') ?? 'rsyslogd',
    args: [
      ...['-n', '-f', join(folder, 'rsyslog.conf')],
      ...['-i', join(folder, 'pid'), '-M', rsyslogModules],
    ],
    port,
    udp: false,
  })
  const delivery = recorder()
  const feed = new Feed(blockOf(1, lines, { time, severity: 7 }))
  feed.end()
  await syslogTo(`tcp://127.0.0.1:${port}`, { payload: 'snare', receiptEvery: 10_000 }).deliver(
    feed,
    delivery,
    new AbortController().signal,
  )
  t.same(delivery.receipts, [1])
  const stored = await jsonLines<RsyslogMessage>(output, lines.length)
  t.equal(stored.length, lines.length)
  for (const { host, tag, msg } of stored) {
    t.equal(host, 'auditor')
    t.equal(tag, 'MSWinEventLog')
    t.match(msg, /^ 1#011Netwrix_Auditor_Integration#011\d#011Thu Jan {2}8 11:07:53 2026#011/)
  }
})

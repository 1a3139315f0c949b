/** The pack for syslog-ng: its files in the real daemon, its configurations in Cefline, and what arrives. */
import { join } from 'node:path'
import t from 'tap'
import type { Test } from 'tap'
import { freePort, makeFolder } from '../helpers/daemon.ts'
import { certificatesOf } from '../helpers/pack-certificates.ts'
import { linesOf, replaced, syslogNgWith } from '../helpers/pack-daemon.ts'
import { deliverLines } from '../helpers/pack-lines.ts'
import { blocksOf, configurationOf, describe, destinationAt, packFile } from '../helpers/packs.ts'
import { needs } from '../helpers/peers.ts'
import { startSink } from '../helpers/sink.ts'

const page = packFile('syslog-ng', 'README.md')
const listening = (port: number) => `port(${port}) ip("127.0.0.1")`

/** The page's destination for a port. */
function destinationOf(t: Test, port: number) {
  const found = blocksOf(page, 'yaml')
    .map((block) => describe(configurationOf(t, block)))
    .find((described) => described.port === port)
  if (!found) throw new Error(`the page has no port ${port}`)
  return found
}

t.test('TCP, each port in its form, into a file', needs('syslog-ng'), async (t) => {
  const folder = await makeFolder(t, 'pack')
  const output = join(folder, 'events.log')
  const counted = await freePort()
  const lines = await freePort()
  const configuration = replaced(packFile('syslog-ng', 'cefline.conf'), {
    'port(601)': listening(counted),
    'port(514)': listening(lines),
    '/var/log/cefline/events.log': output,
  })
  await syslogNgWith(t, folder, counted, configuration)
  const first = await deliverLines(destinationAt(destinationOf(t, 601), counted))
  t.match(first[0], /^<\d+>1 2026-/, 'RFC 5424')
  const second = await deliverLines(destinationAt(destinationOf(t, 514), lines))
  t.match(second[0], /^<\d+>Jan {2}8 /, 'RFC 3164')
  const sent = [...first, ...second]
  t.strictSame(await linesOf(output, sent.length), sent)
})

t.test('TLS, with certificates made by the page', needs('syslog-ng', 'openssl'), async (t) => {
  const described = destinationOf(t, 6514)
  const { tls, there } = await certificatesOf(page, await makeFolder(t, 'tls'), {
    ...{ system: '/etc/syslog-ng/tls', name: 'syslog-ng.example.com' },
    options: described.options,
  })
  const folder = await makeFolder(t, 'pack')
  const output = join(folder, 'events.log')
  const port = await freePort()
  const configuration = replaced(packFile('syslog-ng', 'cefline-tls.conf'), {
    'port(6514)': listening(port),
    '/var/log/cefline/events.log': output,
    '/etc/syslog-ng/tls': there,
  })
  await syslogNgWith(t, folder, port, configuration)
  const sent = await deliverLines(destinationAt(described, port, tls))
  t.strictSame(await linesOf(output, sent.length), sent)
  await t.rejects(
    deliverLines(destinationAt(described, port, { ...tls, cert: null, key: null })),
    { code: 'tls' },
    'a client without one is refused',
  )
})

t.test('a relay passes messages on as they came', needs('syslog-ng'), async (t) => {
  const siem = await startSink(t)
  const folder = await makeFolder(t, 'pack')
  const port = await freePort()
  const configuration = replaced(packFile('syslog-ng', 'relay.conf'), {
    'port(601)': listening(port),
    '"siem.example.com" transport("tcp") port(514)': `"127.0.0.1" transport("tcp") port(${siem.port})`,
    'dir("/var/lib/syslog-ng")': `dir("${join(folder, 'buffer')}")`,
    // What is written there beforehand is as large as this.
    'disk-buf-size(10737418240)': 'disk-buf-size(1048576)',
  })
  await syslogNgWith(t, folder, port, configuration)
  const sent = await deliverLines(destinationAt(destinationOf(t, 601), port))
  await siem.until(sent.length)
  t.strictSame(siem.lines(), sent)
})

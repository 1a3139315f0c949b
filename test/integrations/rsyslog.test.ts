/** The pack for rsyslog: its files in the real rsyslogd, its configurations in Cefline, and what arrives. */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import type { Test } from 'tap'
import type { TlsOptions } from '../../src/io/tls.ts'
import { freePort, makeFolder } from '../helpers/daemon.ts'
import { certificatesOf } from '../helpers/pack-certificates.ts'
import { linesOf, replaced, rsyslogWith } from '../helpers/pack-daemon.ts'
import type { Replacements } from '../helpers/pack-daemon.ts'
import { deliverLines } from '../helpers/pack-lines.ts'
import { blocksOf, configurationOf, describe, destinationAt, packFile } from '../helpers/packs.ts'
import { needs } from '../helpers/peers.ts'
import { blockOf, cefLine, Feed, recorder, startSink } from '../helpers/sink.ts'

const page = packFile('rsyslog', 'README.md')
const withoutPri = (message: string) => message.replace(/^<\d+>/, '')

/** The page's destination for a transport. */
function destinationOf(t: Test, transport: string) {
  const found = blocksOf(page, 'yaml')
    .map((block) => describe(configurationOf(t, block)))
    .find((described) => described.transport === transport)
  if (!found) throw new Error(`the page has no ${transport}`)
  return found
}

interface More {
  files?: Replacements
  tls?: Partial<TlsOptions>
}

/** Starts rsyslogd with the file, and gives the page's destination to it. */
async function start(t: Test, file: string, transport: string, more: More = {}) {
  const described = destinationOf(t, transport)
  const folder = await makeFolder(t, 'pack')
  const port = await freePort()
  const output = join(folder, 'events.log')
  const configuration = replaced(packFile('rsyslog', file), {
    [`port="${described.port}"`]: `port="${port}" address="127.0.0.1"`,
    '/var/log/cefline/events.log': output,
    ...more.files,
  })
  await rsyslogWith(t, folder, port, configuration)
  return { destination: destinationAt(described, port, more.tls), output, folder }
}

/** Sends over the page's destination, and compares. */
async function storesAll(...given: Parameters<typeof start>): Promise<void> {
  const { destination, output } = await start(...given)
  const sent = await deliverLines(destination)
  given[0].strictSame(await linesOf(output, sent.length), sent.map(withoutPri))
}

t.test('TCP, into a file', needs('rsyslogd'), async (t) => {
  await storesAll(t, 'cefline.conf', 'tcp')
})

const forTls = needs('rsyslogd', 'openssl', 'lmnsd_ossl')

t.test('TLS, with certificates made by the page', forTls, async (t) => {
  const system = '/etc/rsyslog.d/tls'
  const { tls, there } = await certificatesOf(page, await makeFolder(t, 'tls'), {
    ...{ system, name: 'rsyslog.example.com' },
    options: destinationOf(t, 'tls').options,
  })
  const more = { files: { [system]: there } }
  await storesAll(t, 'cefline-tls.conf', 'tls', { ...more, tls })
  const { destination } = await start(t, 'cefline-tls.conf', 'tls', {
    ...more,
    tls: { ...tls, cert: null, key: null },
  })
  await t.rejects(deliverLines(destination), { code: 'tls' }, 'a client without one is refused')
})

t.test('RELP', needs('rsyslogd', 'imrelp'), async (t) => {
  await storesAll(t, 'cefline-relp.conf', 'relp')
})

for (const [file, transport] of [
  ['cefline.conf', 'tcp'],
  ['cefline-relp.conf', 'relp'],
] as const) {
  t.test(`${file}: killed with the receipt, it has stored all`, needs('rsyslogd'), async (t) => {
    const { destination, output, folder } = await start(t, file, transport)
    const count = 5000
    const cefs = Array.from({ length: count }, (_, index) => cefLine(index))
    const delivery = recorder()
    const feed = new Feed(blockOf(1, cefs))
    feed.end()
    const pid = Number(readFileSync(join(folder, 'pid'), 'utf8'))
    const receipt = delivery.received(1).then(() => process.kill(pid, 'SIGKILL'))
    await destination.deliver(feed, delivery, new AbortController().signal)
    await receipt
    t.equal((await linesOf(output, 0)).length, count)
  })
}

t.test('a relay passes messages on as they came', needs('rsyslogd'), async (t) => {
  const siem = await startSink(t)
  const folder = await makeFolder(t, 'pack')
  const port = await freePort()
  const configuration = replaced(packFile('rsyslog', 'relay.conf'), {
    'input(type="imtcp" port="601"': `input(type="imtcp" port="${port}" address="127.0.0.1"`,
    'target="siem.example.com" port="601"': `target="127.0.0.1" port="${siem.port}"`,
  })
  await rsyslogWith(t, folder, port, configuration)
  const sent = await deliverLines(destinationAt(destinationOf(t, 'tcp'), port))
  const wanted = sent.map((message) => `${Buffer.byteLength(message)} ${message}`).join('')
  await siem.until(new RegExp(`.{${wanted.length}}`, 's'))
  t.equal(siem.received(), wanted)
})

t.test('the file for USM Appliance', needs('rsyslogd'), async (t) => {
  const folder = await makeFolder(t, 'pack')
  const port = await freePort()
  const output = join(folder, 'cefline.log')
  const listener = `module(load="imtcp")\ninput(type="imtcp" port="${port}" address="127.0.0.1")\n`
  const own = replaced(packFile('usm-appliance', 'rsyslog.conf'), {
    '/var/log/cefline.log': output,
  })
  const rest = `action(type="omfile" file="${join(folder, 'rest.log')}")\n`
  await rsyslogWith(t, folder, port, listener + own + rest)
  const [block = ''] = blocksOf(packFile('usm-appliance', 'README.md'), 'yaml')
  const sent = await deliverLines(destinationAt(describe(configurationOf(t, block)), port))
  t.strictSame(await linesOf(output, sent.length), sent)
  t.strictSame(
    (await linesOf(join(folder, 'rest.log'), 0)).filter((line) => line.includes('CEF')),
    [],
    'and nothing of it goes on to the other files',
  )
})

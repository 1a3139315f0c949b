/**
 * What `syslog-stream-network.test.ts` runs in a network of its own, where packets can be delayed and
 * dropped without harm to others: `node stream-network.ts SCENARIO` prints its outcome as JSON.
 */
import { execFile } from 'node:child_process'
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { promisify } from 'node:util'
import { openConnection } from '../../../src/destinations/syslog/open-connection.ts'
import { closeAndWait } from '../../../src/destinations/syslog/half-close.ts'
import { readAddress } from '../../../src/destinations/syslog/target.ts'
import { makeAuthority } from '../../helpers/certificates.ts'
import { blockOf, cefLine, Feed, recorder, startSink } from '../../helpers/sink.ts'
import { plainTls } from '../../helpers/plain-tls.ts'
import { syslogOptions, syslogTo } from '../../helpers/syslog-options.ts'
import type { Some } from '../../helpers/syslog-options.ts'

const run = promisify(execFile)
const ends: (() => Promise<unknown>)[] = []
const stoppable = { teardown: (end: () => Promise<unknown>) => void ends.unshift(end) }

/** Every packet is late, by its size: enough for those of both ends to cross. */
async function slow(): Promise<void> {
  await run('ip', ['link', 'set', 'lo', 'mtu', '1500'])
  const rate = ['rate', '64kbit', 'burst', '1600', 'latency', '10s']
  await run('tc', ['qdisc', 'replace', 'dev', 'lo', 'root', 'tbf', ...rate])
}

async function drop(): Promise<void> {
  await run('iptables', ['-w', '-A', 'INPUT', '-p', 'tcp', '-j', 'DROP'])
}

/** The packets of a connection that carried something are dropped; how is that noticed? */
async function blackHole(options: Some): Promise<unknown> {
  const sink = await startSink(stoppable)
  const delivery = recorder()
  const feed = new Feed(blockOf(1, [cefLine(1)]))
  const destination = syslogTo(`tcp://127.0.0.1:${sink.port}`, { timeout: 1500, ...options })
  const done = destination.deliver(feed, delivery, new AbortController().signal).then(
    () => 'no error',
    (thrown: Error) => thrown.message,
  )
  await sink.until(1)
  await drop()
  feed.add(blockOf(2, [cefLine(2)]))
  return { message: await done, receipts: delivery.receipts, lines: sink.lines().length }
}

/** Both ends close at once, their FINs cross, and a line that nobody reads is under way. */
async function crossing(secure: boolean): Promise<unknown> {
  const folder = await mkdtemp(join(tmpdir(), 'cefline-crossing-'))
  ends.push(() => rm(folder, { recursive: true, force: true }))
  const authority = secure ? await makeAuthority(folder) : undefined
  const server = await authority?.sign('localhost')
  const tls = server && { cert: await readFile(server.cert), key: await readFile(server.key) }
  const ca = authority && (await readFile(authority.cert, 'utf8'))
  await slow()
  const answers: string[] = []
  for (let turn = 0; turn < 6; turn += 1) {
    const sink = await startSink(stoppable, tls ? { tls } : {})
    const url = `${secure ? 'tls' : 'tcp'}://127.0.0.1:${sink.port}`
    const target = {
      ...{ ...syslogOptions(url), ...readAddress(url, 'url'), place: 'destinations.siem' },
      ...{ tls: plainTls, files: async () => (ca === undefined ? {} : { ca }) },
    }
    const connection = await openConnection(target, new AbortController().signal)
    while (sink.sockets.size === 0) await pause(5)
    await connection.write(Buffer.from('a line\n'))
    for (const peer of sink.sockets) peer.destroy()
    const answer = await closeAndWait(connection, 1000, true).catch(() => 'broken')
    answers.push(sink.received() === '' ? answer : 'the line came in time')
    connection.destroy()
  }
  return answers
}

const scenarios: Record<string, () => Promise<unknown>> = {
  trial,
  'black-hole': () => blackHole({ receiptEvery: 60_000 }),
  'black-hole-half-close': () => blackHole({ receiptEvery: 1 }),
  crossing: () => crossing(false),
  'crossing-tls': () => crossing(true),
}

/** Whether all this can be had here. */
async function trial(): Promise<unknown> {
  await slow()
  await drop()
  return 'good'
}

async function main(): Promise<void> {
  await run('ip', ['link', 'set', 'lo', 'up'])
  const outcome = await scenarios[process.argv[2] ?? '']?.()
  process.stdout.write(JSON.stringify(outcome))
  for (const end of ends) await end()
}

void main()

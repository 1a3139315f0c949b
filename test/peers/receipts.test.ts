/**
 * Receipts by half-close from real receivers: given when everything was read, and only then. rsyslog
 * keeps what it has read in memory for a moment, so it is asked for its messages until they are there.
 */
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { setTimeout as pause } from 'node:timers/promises'
import tls from 'node:tls'
import t from 'tap'
import type { Test } from 'tap'
import { makeAuthority } from '../helpers/certificates.ts'
import type { Authority, Certificate } from '../helpers/certificates.ts'
import { needs } from '../helpers/peers.ts'
import { startRsyslog } from '../helpers/rsyslog.ts'
import { blockOf, cefLine, Feed, recorder } from '../helpers/sink.ts'
import { syslogTo } from '../helpers/syslog-options.ts'
import type { Some } from '../helpers/syslog-options.ts'
import { startSyslogNg } from '../helpers/syslog-ng.ts'

const live = () => new AbortController().signal
const children = `/proc/self/task/${process.pid}/children`
const lines = 20
const numbersOf = (from: number, to: number) =>
  Array.from({ length: (to - from + 1) * lines }, (_, index) => from * lines + index)
const block = (sequence: number) =>
  blockOf(
    sequence,
    numbersOf(sequence, sequence).map((number) => cefLine(number)),
  )

interface Peer {
  port: number
  /** Numbers of the messages stored, sorted, as soon as there are so many. */
  numbers(count: number): Promise<number[]>
  /** Resolves, of SIGSTOP, when every thread stands: until then it may read what is sent. */
  signal(name: NodeJS.Signals): Promise<void>
}

type Start = (
  t: Test,
  secure: { server: Certificate; authority: Authority } | undefined,
) => Promise<Peer>

const peers: Record<string, Start> = {
  rsyslogd: async (t, secure) => {
    const before = pids()
    const transport = secure ? 'tls' : 'tcp'
    const daemon = await startRsyslog(t, {
      transport,
      ...(secure ? { tls: { server: secure.server, ca: secure.authority.cert } } : {}),
    })
    const read = async (count: number) => (await daemon.messages(count)).map(({ msg }) => msg)
    return peerOf(daemon.port, read, before)
  },
  'syslog-ng': async (t, secure) => {
    const before = pids()
    const daemon = await startSyslogNg(t, {
      transport: secure ? 'tls' : 'tcp',
      framing: 'octet-counting',
      ...(secure ? { tls: { server: secure.server } } : {}),
    })
    const read = async (count: number) => (await daemon.messages(count)).map(({ MSG }) => MSG)
    return peerOf(daemon.port, read, before)
  },
}

/** Process ids of this test's children. */
function pids(): string[] {
  if (!existsSync(children)) return []
  return readFileSync(children, 'latin1').trim().split(' ')
}

function peerOf(port: number, read: (count: number) => Promise<string[]>, before: string[]): Peer {
  const pid = Number(pids().find((one) => !before.includes(one)))
  return {
    port,
    numbers: async (count) => {
      const messages = await read(count)
      const numbers = messages.map((message) => Number(/externalId=(\d+)/.exec(message)?.[1]))
      return numbers.sort((a, b) => a - b)
    },
    signal: async (name) => {
      process.kill(pid, name)
      while (name === 'SIGSTOP' && !isStopped(pid)) await pause(5)
    },
  }
}

function isStopped(pid: number): boolean {
  return readdirSync(`/proc/${pid}/task`).every((thread) =>
    /\) T [^)]*$/.test(readFileSync(`/proc/${pid}/task/${thread}/stat`, 'latin1')),
  )
}

const counted: Some = { format: 'rfc5424', framing: 'octet-counting', receiptEvery: 1 }

for (const [name, start] of Object.entries(peers)) {
  for (const version of [undefined, 'TLSv1.2', 'TLSv1.3'] as const) {
    const needed = version === undefined ? needs(name) : needs(name, 'openssl')
    t.test(`${name}, ${version ?? 'TCP'}: once each, over many connections`, needed, async (t) => {
      const { peer, destination } = await prepare(t, start, version)
      const delivery = recorder()
      const feed = new Feed()
      const done = destination.deliver(feed, delivery, live())
      const blocks = 40
      for (let sequence = 1; sequence <= blocks; sequence += 1) {
        feed.add(block(sequence))
        await pause(70)
      }
      feed.end()
      await done
      t.equal(delivery.receipts.at(-1), blocks)
      t.ok(delivery.receipts.length >= 3, `${delivery.receipts.length} receipts`)
      t.same(await peer.numbers(blocks * lines), numbersOf(1, blocks))
      if (version) t.match(delivery.connections, [new RegExp(version)])
    })
  }

  const signals = existsSync(children) ? needs(name) : { skip: `there is no ${children}` }
  t.test(`${name}, killed with data unread: no receipt`, signals, async (t) => {
    const { peer, destination } = await prepare(t, start, undefined)
    const delivery = recorder()
    const feed = new Feed(block(1))
    const done = destination.deliver(feed, delivery, live())
    await delivery.received(1)
    await peer.numbers(lines)
    await peer.signal('SIGSTOP')
    feed.add(block(2))
    const rejected = t.rejects(done, { message: /what has no receipt is sent again/ })
    await pause(700)
    await peer.signal('SIGKILL')
    await rejected
    t.same(delivery.receipts, [1])
    t.same(await peer.numbers(lines), numbersOf(1, 1))
  })

  t.test(`${name}, stopped: no receipt until it goes on`, signals, async (t) => {
    const { peer, destination } = await prepare(t, start, undefined, { timeout: 500 })
    const delivery = recorder()
    const first = new Feed(block(1))
    const done = destination.deliver(first, delivery, live())
    await delivery.received(1)
    await peer.signal('SIGSTOP')
    first.add(block(2))
    await t.rejects(done, { message: /did not answer a half-close/ })
    const again = () => {
      const feed = new Feed(block(2))
      feed.end()
      return destination.deliver(feed, delivery, live())
    }
    await t.rejects(again(), { message: /did not answer a half-close/ })
    t.same(delivery.receipts, [1])
    await peer.signal('SIGCONT')
    await again()
    t.same(delivery.receipts, [1, 2])
    t.same(delivery.notices, [])
    const twice = [...numbersOf(1, 1), ...numbersOf(2, 2), ...numbersOf(2, 2)]
    t.same(
      await peer.numbers(twice.length),
      twice.sort((a, b) => a - b),
      'what was unconfirmed when it was stopped came twice, and no more',
    )
  })
}

async function prepare(
  t: Test,
  start: Start,
  version: 'TLSv1.2' | 'TLSv1.3' | undefined,
  options: Some = {},
) {
  if (version === undefined) {
    const peer = await start(t, undefined)
    return {
      peer,
      destination: syslogTo(`tcp://127.0.0.1:${peer.port}`, { ...counted, ...options }),
    }
  }
  const authority = await makeAuthority(t.testdir())
  const server = await authority.sign('localhost')
  const peer = await start(t, { server, authority })
  const before = tls.DEFAULT_MAX_VERSION
  tls.DEFAULT_MAX_VERSION = version
  t.teardown(() => {
    tls.DEFAULT_MAX_VERSION = before
  })
  const given = { ...counted, tls: { ca: authority.cert }, ...options }
  return { peer, destination: syslogTo(`tls://127.0.0.1:${peer.port}`, given) }
}

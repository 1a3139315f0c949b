/**
 * Networks that fail: packets that are dropped, a name that moves, a datagram larger than the link
 * takes.
 */
import { spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import type { Test } from 'tap'
import type { Block } from '../../src/core.ts'
import { BlackHole } from '../crash/black-hole.ts'
import { cli } from '../helpers/cefline.ts'
import { eventually, freePort } from '../helpers/daemon.ts'
import { program } from '../helpers/root.ts'
import { blockOf, cefLine, Feed, recorder, startSink } from '../helpers/sink.ts'
import { syslogTo } from '../helpers/syslog-options.ts'

const live = () => new AbortController().signal

/** Whether a trial of what a test needs succeeds here. */
function possible(reason: string, program: string, ...args: string[]): { skip: string | false } {
  return { skip: spawnSync(program, args).status === 0 ? false : reason }
}

/** Blocks 1 to `count` of so many lines, numbered through. */
function blocks(count: number, lines: number): Block[] {
  return Array.from({ length: count }, (_, block) =>
    blockOf(
      block + 1,
      Array.from({ length: lines }, (_, line) => cefLine(block * lines + line)),
    ),
  )
}

function feedOf(some: Block[]): Feed {
  const feed = new Feed(...some)
  feed.end()
  return feed
}

t.test(
  'packets are dropped without a word: noticed within the timeout, and sent again',
  possible('needs iptables and root', 'iptables', '-w', '-S', 'INPUT'),
  async (t) => {
    const sink = await startSink(t)
    const hole = new BlackHole(sink.port)
    t.teardown(() => hole.close())
    const options = { timeout: 1000, receiptEvery: 60_000 }
    const destination = syslogTo(`tcp://127.0.0.1:${sink.port}`, options)
    const [first, second, third] = blocks(3, 10)
    if (!first || !second || !third) return
    const feed = new Feed(first)
    const delivery = recorder()
    const done = destination.deliver(feed, delivery, live())
    await sink.until(10)
    await hole.open()
    feed.add(second)
    await t.rejects(done, {
      code: 'timeout',
      message: /acknowledged nothing for 1 s \(destinations\.siem\.timeout\): .*drops the packets/,
    })
    t.same(delivery.receipts, [], 'the kernel had it, the receiver did not')
    await t.rejects(destination.deliver(new Feed(second), recorder(), live()), {
      code: 'timeout',
      message: /does not answer: a firewall may drop the packets/,
    })
    await hole.close()
    const after = recorder()
    await destination.deliver(feedOf([first, second, third]), after, live())
    t.equal(after.receipts.at(-1), 3)
    const ids = sink.lines().map((line) => Number(/externalId=(\d+)/.exec(line)?.[1]))
    t.same(
      [...new Set(ids)].sort((a, b) => a - b),
      [...Array(30).keys()],
    )
  },
)

t.test(
  'a name that is not known for a while, moves, and has an address where nobody is',
  possible('needs unshare and root', 'unshare', '-m', 'mount', '--bind', '/etc', '/mnt'),
  async (t) => {
    const sink = await startSink(t)
    const cwd = t.testdir({ drop: {} })
    const [hosts, resolver] = [join(cwd, 'hosts'), join(cwd, 'resolv.conf')]
    const names = (...addresses: string[]) =>
      writeFileSync(hosts, addresses.map((address) => `${address} siem.test\n`).join(''))
    names()
    // Nobody answers there, which is said at once.
    writeFileSync(resolver, 'nameserver 127.0.0.1\noptions timeout:1 attempts:1\n')
    const url = `tcp://siem.test:${sink.port}`
    const configuration = {
      status: { listen: '127.0.0.1:0' },
      sources: { alerts: { type: 'netwrix-alerts', folder: './drop', settle: '60ms' } },
      destinations: { siem: { type: 'syslog', url, hostname: 'here' } },
    }
    writeFileSync(join(cwd, 'cefline.json'), JSON.stringify(configuration))
    const said = isolated(t, cwd, [hosts, resolver])
    give(cwd, 'one')
    await said(/cannot be looked up|a name that DNS does not know/)
    names('127.0.0.2')
    await said(/siem\.test:\d+ refused the connection/)
    names('127.0.0.1')
    await sink.until(1)
    names('127.0.0.3', '127.0.0.2', '127.0.0.1')
    for (const socket of sink.sockets) socket.resetAndDestroy()
    give(cwd, 'two')
    await sink.until(/ suser=two /)
    t.match(sink.received(), / suser=one /)
  },
)

/** Drops a file with one row. */
function give(cwd: string, name: string): void {
  const text = `When\tWho\tAction\n2026-01-02T03:04:05Z\t${name}\tAdded\n`
  writeFileSync(join(cwd, 'drop', `${name}.csv`), text)
}

/** Cefline as a process that has these files as its hosts and resolver, and nobody else has. */
function isolated(t: Test, cwd: string, [hosts, resolver]: [string, string]) {
  const mounts = 'mount --bind "$1" /etc/hosts && mount --bind "$2" /etc/resolv.conf'
  const child = spawn(
    'unshare',
    [
      ...['-m', 'sh', '-c', `${mounts} && exec "$3" "$4" run --config cefline.json`, 'sh'],
      ...[hosts, resolver, process.execPath, cli],
    ],
    { cwd, stdio: ['ignore', 'ignore', 'pipe'] },
  )
  let text = ''
  child.stderr.on('data', (data: Buffer) => (text += data.toString()))
  t.teardown(async () => {
    const ended = once(child, 'exit')
    if (child.exitCode === null && child.kill('SIGKILL')) await ended
  })
  return (pattern: RegExp) =>
    eventually(
      async () => pattern.test(text) || undefined,
      () => text,
    )
}

t.test(
  'datagrams larger than the link takes arrive, in fragments',
  possible('needs unshare and root', 'unshare', '-n', 'ip', 'link', 'set', 'lo', 'mtu', '1500'),
  async (t) => {
    const child = spawnSync(
      'unshare',
      [
        ...['-n', 'sh', '-c', 'ip link set lo mtu 1500 && ip link set lo up && exec "$@"', 'sh'],
        ...[process.execPath, ...program('modes/datagrams')],
      ],
      { encoding: 'utf8' },
    )
    t.strictSame(JSON.parse(child.stdout || JSON.stringify(child.stderr)), {
      sizes: [60_000, 9_000, 1_600],
      rejects: [],
      notices: [],
    })
  },
)

t.test('a receiver that was never there, over UDP: a receipt says no more than that', async (t) => {
  const delivery = recorder()
  const destination = syslogTo(`udp://127.0.0.1:${await freePort()}`)
  await destination.deliver(feedOf(blocks(2, 1)), delivery, live())
  t.same(delivery.proofs, ['kernel'])
})

/**
 * Receivers that break in the middle: a frame cut by RST, a real syslog-ng that is restarted.
 */
import type { Socket } from 'node:net'
import { join } from 'node:path'
import t from 'tap'
import type { Block } from '../../src/core.ts'
import { needs } from '../helpers/peers.ts'
import { blockOf, cefLine, Feed, recorder, startSink } from '../helpers/sink.ts'
import { syslogTo } from '../helpers/syslog-options.ts'
import { startSyslogNg } from '../helpers/syslog-ng.ts'

const live = () => new AbortController().signal

/** Blocks 1 to `count` of so many lines, numbered through. */
function blocks(count: number, lines: number, more = 'x'): Block[] {
  return Array.from({ length: count }, (_, block) =>
    blockOf(
      block + 1,
      Array.from({ length: lines }, (_, line) => cefLine(block * lines + line, more)),
    ),
  )
}

function feedOf(some: Block[]): Feed {
  const feed = new Feed(...some)
  feed.end()
  return feed
}

/** The messages of an octet-counted stream, and what is left of one that was cut. */
function unframed(bytes: Buffer): { messages: string[]; rest: string } {
  const messages: string[] = []
  let at = 0
  for (;;) {
    const count = /^(\d+) /.exec(bytes.toString('latin1', at, at + 10))
    const start = at + (count?.[0].length ?? 0)
    const end = start + Number(count?.[1] ?? NaN)
    if (!(end <= bytes.length)) return { messages, rest: bytes.toString('utf8', at) }
    messages.push(bytes.toString('utf8', start, end))
    at = end
  }
}

t.test('a reset in mid frame: the next connection begins with a whole frame', async (t) => {
  const connections: Buffer[][] = []
  const sink = await startSink(t, {
    onSocket: (socket: Socket) => {
      const parts: Buffer[] = []
      const isBroken = connections.push(parts) <= 3
      socket.on('data', (data: Buffer) => {
        if (!isBroken || parts.length === 0) parts.push(data)
        if (isBroken) socket.resetAndDestroy()
      })
    },
  })
  const options = { framing: 'octet-counting', receiptEvery: 60_000 } as const
  const destination = syslogTo(`tcp://127.0.0.1:${sink.port}`, options)
  const all = blocks(2, 2000, 'ä'.repeat(150))
  for (let time = 0; time < 3; time += 1) {
    const delivery = recorder()
    await t.rejects(destination.deliver(new Feed(...all), delivery, live()), { code: 'lost' })
    t.same(delivery.receipts, [])
  }
  await destination.deliver(feedOf(all), recorder(), live())
  const streams = connections.map((parts) => unframed(Buffer.concat(parts)))
  t.ok(
    streams.slice(0, 3).every(({ rest }) => rest !== ''),
    'they were broken in mid frame',
  )
  for (const { messages, rest } of streams) {
    if (messages.length + rest.length === 0) continue
    t.match(messages[0] ?? rest, /^(\d+ )?<164>/)
  }
  const { messages, rest } = streams.at(-1) ?? { messages: [], rest: '' }
  t.equal(rest, '')
  t.same(
    messages.map((message) => Number(/externalId=(\d+)/.exec(message)?.[1])),
    [...Array(4000).keys()],
  )
})

t.test(
  'syslog-ng restarted again and again: what lay unread in its sockets is sent again',
  needs('syslog-ng'),
  async (t) => {
    const output = join(t.testdir(), 'messages.json')
    const framing = 'octet-counting'
    let peer = await startSyslogNg(t, { transport: 'tcp', framing, output })
    const { port } = peer
    const destination = syslogTo(`tcp://127.0.0.1:${port}`, {
      ...{ framing, format: 'rfc5424', receiptEvery: 500, receiptWindow: 100 },
    })
    const all = blocks(150, 50, 'é'.repeat(150))
    let received = 0
    for (const restart of [true, true, true, false]) {
      const delivery = recorder()
      const feed = new Feed(...all.slice(received))
      const done = destination.deliver(feed, delivery, live())
      if (restart) {
        await delivery.received(received + 1)
        await Promise.all([t.rejects(done, { code: 'lost' }), peer.stop()])
        peer = await startSyslogNg(t, { transport: 'tcp', framing, output, port })
      } else {
        feed.end()
        await done
      }
      received = delivery.receipts.at(-1) ?? received
    }
    t.equal(received, all.length)
    const stored = await peer.messages(7500)
    const ids = stored.map(({ MSG }) => Number(/externalId=(\d+)/.exec(MSG)?.[1]))
    t.same(
      [...new Set(ids)].sort((a, b) => a - b),
      [...Array(7500).keys()],
    )
  },
)

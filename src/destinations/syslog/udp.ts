/**
 * Syslog over UDP (RFC 5426): one message in each datagram, nothing else in it. At most once: a
 * receipt says that the kernel has taken the block, and nothing tells whether the receiver has.
 *
 * The socket is npm `syslog-client`'s. Its `log` is not used: it builds a header in local time, adds
 * a line feed, and names the address with every datagram, which rules out a connected socket. Only a
 * connected one hears that nothing listens at the other end (ICMP port unreachable).
 */
import type { Socket } from 'node:dgram'
import type { LookupAddress } from 'node:dns'
import { isIP } from 'node:net'
import { setImmediate as turn } from 'node:timers/promises'
import { createClient, Transport } from 'syslog-client'
import type { Block, Delivery } from '../../core.ts'
import type { Messages } from '../../syslog/wire.ts'
import { resolve } from './connect.ts'
import { explain } from './failure.ts'
import type { Target } from './target.ts'
import { until } from './until.ts'

/** Datagrams given to the kernel before its answers are awaited. */
const together = 64
/** A name is looked up again this often (ms), as no broken connection would ever ask for it. */
const lookUpEvery = 60_000
/** At most one notice of refused datagrams in this time (ms). */
const noticeEvery = 10_000
/** Pending ICMP errors that one datagram may run into before it counts as not sendable. */
const tries = 5

/** Sends blocks until aborted; see `Destination.deliver`. */
export async function deliverUdp(
  target: Target,
  messages: Messages,
  blocks: AsyncIterable<Block>,
  delivery: Delivery,
  signal: AbortSignal,
): Promise<void> {
  const datagrams = new Datagrams(target, delivery)
  const iterator = blocks[Symbol.asyncIterator]()
  try {
    await datagrams.connect(signal)
    for (;;) {
      const next = await until(iterator.next(), signal)
      if (next.done === true) return
      await datagrams.refresh(signal)
      await datagrams.send(next.value, messages)
      delivery.receipt(next.value)
    }
  } catch (thrown) {
    if (!signal.aborted) throw thrown
  } finally {
    datagrams.close()
    // Not awaited: the iterator may be waiting for a block that comes in hours.
    void iterator.return?.()
  }
}

/** A socket connected to one of the target's addresses. Shared with `check`. */
export async function connectUdp(target: Target, to: LookupAddress): Promise<Socket> {
  const client = createClient(to.address, {
    port: target.port,
    transport: Transport.Udp,
    syslogHostname: '-',
  })
  // It passes on what the socket's own listeners see as well.
  client.on('error', () => {})
  const socket = await new Promise<Socket>((resolve, reject) => {
    client.getTransport((failure, made) => (failure ? reject(failure) : resolve(made)))
  })
  try {
    await new Promise<void>((resolve, reject) => {
      socket.once('error', reject)
      // Its types do not say that it is called with an error too: no route, say, or a broadcast.
      socket.connect(target.port, to.address, (failure?: Error) => {
        socket.off('error', reject)
        if (failure) reject(failure)
        else resolve()
      })
    })
  } catch (thrown) {
    socket.close()
    throw explain(thrown, target, 'connecting')
  }
  // The client unrefs it; here it is what a delivery waits for.
  return socket.ref()
}

class Datagrams {
  readonly #target: Target
  readonly #delivery: Delivery
  #socket: Socket | undefined
  #address = ''
  #lookedUp = 0
  #refused = 0
  #noticed = -Infinity

  constructor(target: Target, delivery: Delivery) {
    this.#target = target
    this.#delivery = delivery
  }

  async connect(signal: AbortSignal): Promise<void> {
    const [first] = await resolve(this.#target, signal)
    if (!first) throw explain({ code: 'ENODATA' }, this.#target, 'connecting')
    await this.#use(first)
  }

  /** Follows a name whose address has changed; while it cannot be looked up the old one is kept. */
  async refresh(signal: AbortSignal): Promise<void> {
    if (isIP(this.#target.host) !== 0) return
    if (performance.now() - this.#lookedUp < lookUpEvery) return
    this.#lookedUp = performance.now()
    const addresses = await resolve(this.#target, signal).catch(() => [])
    const [first] = addresses
    if (!first || addresses.some(({ address }) => address === this.#address)) return
    await this.#use(first)
  }

  /** Resolves when the kernel has every message of the block. */
  async send(block: Block, messages: Messages): Promise<void> {
    const datagrams: [line: number, bytes: Buffer][] = []
    messages.each(
      block,
      (...rejected) => this.#delivery.reject(...rejected),
      (header, text, start, end, line) => {
        datagrams.push([line, Buffer.concat([header, text.subarray(start, end)])])
      },
    )
    for (let at = 0; at < datagrams.length; at += together) {
      const group = datagrams.slice(at, at + together)
      await Promise.all(group.map(([line, bytes]) => this.#send(block, line, bytes)))
      await turn()
    }
  }

  close(): void {
    this.#socket?.close()
    this.#socket = undefined
    if (this.#refused > 0) this.#notice()
  }

  async #use(to: LookupAddress): Promise<void> {
    const socket = await connectUdp(this.#target, to)
    socket.on('error', () => this.#count())
    this.#socket?.close()
    this.#socket = socket
    this.#address = to.address
    this.#lookedUp = performance.now()
    this.#delivery.proof('kernel')
    this.#delivery.connected(`${this.#target.url} (${to.address})`)
  }

  /** An ICMP error of an earlier datagram comes in place of sending this one: it is sent again. */
  async #send(block: Block, line: number, bytes: Buffer): Promise<void> {
    for (let attempt = 1; ; attempt += 1) {
      const failure = await new Promise<NodeJS.ErrnoException | null>((resolve) => {
        if (this.#socket) this.#socket.send(bytes, resolve)
        else resolve(new Error('closed'))
      })
      if (!failure) return
      if (failure.code === 'EMSGSIZE') {
        const limit = `${bytes.length} bytes are more than a datagram on this route can hold`
        const cure = `lower ${this.#target.place}.maxBytes, or use tcp:// or tls://`
        this.#delivery.reject(block, line, 'too-large', `${limit}: ${cure}`)
        return
      }
      if (failure.code !== 'ECONNREFUSED' || attempt === tries) {
        throw explain(failure, this.#target, 'connecting')
      }
      this.#count()
    }
  }

  #count(): void {
    this.#refused += 1
    if (performance.now() - this.#noticed >= noticeEvery) this.#notice()
  }

  #notice(): void {
    const refused = this.#refused
    this.#refused = 0
    this.#noticed = performance.now()
    const { place, port, url } = this.#target
    this.#delivery.notice({
      level: 'warn',
      code: 'refused',
      message:
        `${url} refused ${refused} datagram${refused === 1 ? '' : 's'} or more, which are lost: nothing ` +
        `listens on UDP port ${port}; start the receiver, correct ${place}.url, or use tcp:// or tls://`,
    })
  }
}

/**
 * Syslog over TCP and TLS. At least once: a block gets its receipt when its bytes are with the
 * kernel and the connection has then lived for `receiptAfter`; when the connection breaks or the
 * peer closes it, `deliver` throws, and all blocks without a receipt are sent again, whole messages.
 *
 * The read side is watched from the first byte on. A syslog receiver sends nothing, so what is read
 * is its FIN, its RST or a TLS alert: without that look a write into a closed connection succeeds
 * and is lost.
 */
import type { Socket } from 'node:net'
import type { Block, Delivery } from '../core.ts'
import { error } from '../error.ts'
import { connectTcp, connectTls, describeTls, resolve } from './syslog-connect.ts'
import { explain } from './syslog-failure.ts'
import type { Target } from './syslog-target.ts'
import { Unconfirmed } from './syslog-unconfirmed.ts'
import { until } from './until.ts'

/** How long the receiver may take to answer our closing. */
const closing = 1000
/** A connection that stood idle for this long and is then closed was working: try again at once. */
const stood = 10_000

/** A block as frames: chunks of whole frames, good until the next call. Lines that cannot be sent are
 * reported. */
export type FrameBlock = (block: Block, reject: Delivery['reject']) => Buffer[]

/** Sends blocks until aborted; see `Destination.deliver`. */
export async function deliverStream(
  target: Target,
  frames: FrameBlock,
  blocks: AsyncIterable<Block>,
  delivery: Delivery,
  signal: AbortSignal,
): Promise<void> {
  const stop = new AbortController()
  const aborted = () => stop.abort(signal.reason)
  signal.addEventListener('abort', aborted, { once: true })
  if (signal.aborted) aborted()
  try {
    const socket = await open(target, delivery, stop.signal)
    const stream = new Stream(target, socket, stop)
    await stream.deliver(frames, blocks, delivery, signal)
  } catch (thrown) {
    if (!signal.aborted) throw thrown
  } finally {
    signal.removeEventListener('abort', aborted)
  }
}

async function open(target: Target, delivery: Delivery, signal: AbortSignal): Promise<Socket> {
  const { place, tls, transport, url } = target
  const files = transport === 'tls' ? await target.files() : {}
  const plain = await connectTcp(target, await resolve(target, signal), signal)
  const address = `${url} (${plain.remoteAddress ?? 'unknown address'})`
  delivery.proof('lived')
  if (transport === 'tcp') {
    delivery.connected(address)
    return plain
  }
  const secure = await connectTls(target, plain, files, signal)
  delivery.connected(`${address} ${describeTls(secure)}`)
  if (!tls.verify && tls.fingerprint === null) {
    delivery.notice({
      level: 'warn',
      code: 'tls',
      message: `${url}: the certificate was not checked, anyone on the way can read the events; remove ${place}.tls.verify: false`,
    })
  }
  return secure
}

/** One connection, from its first byte to its end. */
class Stream {
  readonly #target: Target
  readonly #socket: Socket
  /** Aborted when the connection fails, with the reason, and when delivery is to end. */
  readonly #stop: AbortController
  readonly #since = performance.now()
  /** Set when we have begun to close: the peer's FIN is then an answer. */
  #closing = false
  #busy = () => false

  constructor(target: Target, socket: Socket, stop: AbortController) {
    this.#target = target
    this.#socket = socket
    this.#stop = stop
    socket.on('error', (failure) => this.#failed(failure))
    socket.on('end', () => this.#failed(undefined))
    socket.on('close', () => this.#failed(undefined))
    // Fires when neither the kernel took a byte nor the peer sent one for so long.
    socket.setTimeout(target.timeout, () => {
      if (socket.writableLength > 0) this.#failed(stuck(target))
    })
    if (socket.destroyed || socket.readableEnded) this.#failed(socket.errored ?? undefined)
    socket.resume()
  }

  async deliver(
    frames: FrameBlock,
    blocks: AsyncIterable<Block>,
    delivery: Delivery,
    signal: AbortSignal,
  ): Promise<void> {
    const unconfirmed = new Unconfirmed(this.#target.receiptAfter, (block) =>
      delivery.receipt(block),
    )
    this.#busy = () => unconfirmed.size > 0
    const stopped = this.#stop.signal
    const iterator = blocks[Symbol.asyncIterator]()
    try {
      await this.#send(iterator, frames, delivery, unconfirmed).catch((thrown: unknown) => {
        if (!signal.aborted) throw thrown
      })
      if (signal.aborted) await this.#lastReceipts(unconfirmed)
      else await until(unconfirmed.empty(), stopped)
      // What follows proves nothing any more: the peer's closing is now ours.
      unconfirmed.end()
      await this.#end()
    } finally {
      unconfirmed.end()
      this.#socket.destroy()
      // Not awaited: the iterator may be waiting for a block that comes in hours.
      void iterator.return?.()
    }
  }

  async #send(
    iterator: AsyncIterator<Block>,
    frames: FrameBlock,
    delivery: Delivery,
    unconfirmed: Unconfirmed,
  ): Promise<void> {
    const stopped = this.#stop.signal
    for (;;) {
      const next = await until(iterator.next(), stopped)
      if (next.done === true) return
      const block = next.value
      const chunks = frames(block, (...rejected) => delivery.reject(...rejected))
      const last = chunks.pop()
      if (!last) {
        unconfirmed.skip(block)
        continue
      }
      const written = unconfirmed.add(block)
      for (const chunk of chunks) await this.#write(chunk)
      await this.#write(last)
      written()
    }
  }

  /** Resolves when the kernel has the whole chunk, which may then be filled anew. */
  async #write(chunk: Buffer): Promise<void> {
    await until(
      new Promise<void>((resolve) => {
        this.#socket.write(chunk, (failure) => {
          // A failure ends the delivery by way of the socket's own events.
          if (!failure) resolve()
        })
      }),
      this.#stop.signal,
    )
  }

  /** On abort: what is out has its time to live, no more; a failure in it is for the next run. */
  async #lastReceipts(unconfirmed: Unconfirmed): Promise<void> {
    const bound = new AbortController()
    const timer = setTimeout(() => bound.abort(), this.#target.receiptAfter + 100)
    this.#socket.once('close', () => bound.abort())
    this.#socket.once('end', () => bound.abort())
    if (this.#socket.destroyed || this.#socket.readableEnded) bound.abort()
    await until(unconfirmed.empty(), bound.signal).catch(() => {})
    clearTimeout(timer)
  }

  /** Closes in good order: the rest is flushed, over TLS close_notify, then FIN (RFC 5425 4.4). */
  async #end(): Promise<void> {
    this.#closing = true
    const socket = this.#socket
    if (socket.destroyed) return
    await new Promise<void>((resolve) => {
      const timer = setTimeout(resolve, closing)
      socket.once('close', () => {
        clearTimeout(timer)
        resolve()
      })
      socket.end()
    })
  }

  #failed(failure: unknown): void {
    if (this.#closing) return
    this.#socket.destroy()
    this.#stop.abort(this.#reason(failure))
  }

  #reason(failure: unknown): Error {
    const reason = explain(failure, this.#target, 'connected')
    const lived = performance.now() - this.#since
    if (failure !== undefined || this.#busy() || lived < stood) return reason
    const seconds = Math.round(lived / 1000)
    const { url } = this.#target
    return error('lost', `${url} closed the idle connection after ${seconds} s: connecting again`, {
      retryAfter: 1000,
    })
  }
}

function stuck({ place, timeout, url }: Target): Error {
  return error(
    'lost',
    `${url} took nothing for ${timeout / 1000} s (${place}.timeout): the receiver hangs or is overloaded`,
  )
}

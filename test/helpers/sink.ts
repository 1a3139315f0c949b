/**
 * A syslog receiver for tests that keeps what it gets and can misbehave: close in good order, reset,
 * or stop reading. TCP, TLS and UDP on a free loopback port. And what a destination is given beside
 * it: blocks, and a delivery that records.
 */
import { createSocket } from 'node:dgram'
import type { RemoteInfo } from 'node:dgram'
import { once } from 'node:events'
import { createServer } from 'node:net'
import type { AddressInfo, Socket } from 'node:net'
import { createServer as createSecureServer } from 'node:tls'
import type { TlsOptions } from 'node:tls'
import type { Block, Delivery, Notice, Proof } from '../../src/core.ts'
import { LinePacker } from '../../src/io/lines.ts'

export interface Sink {
  port: number
  /** Connections that stand. */
  sockets: Set<Socket>
  /** Connections ever made. */
  readonly connections: number
  /** Everything received, over all connections; UDP: each datagram with a line feed after it. */
  received(): string
  /** Its lines. */
  lines(): string[]
  /** Resolves when `wanted` lines are there, or when `received` matches. */
  until(wanted: number | RegExp): Promise<void>
  /** Reads a connection into the store; for `onSocket`. */
  keep(socket: Socket): void
  /** Takes no new connection, those that stand go on. */
  closeListener(): void
  stop(): Promise<void>
}

export interface SinkOptions {
  tls?: TlsOptions
  /** Called for each connection, in place of reading it. */
  onSocket?: (socket: Socket, sink: Sink) => void
  host?: string
  /** A half-close is not answered. */
  deaf?: boolean
  /** Connections at once; a further one is accepted and closed. */
  mostConnections?: number
}

interface Stoppable {
  teardown(end: () => Promise<void>): void
}

/** A TCP sink, or TLS when `tls` is given; stopped at the test's end. */
export async function startSink(t: Stoppable, options: SinkOptions = {}): Promise<Sink> {
  const store = new Store()
  const sockets = new Set<Socket>()
  let connections = 0
  const accept = (socket: Socket): void => {
    connections += 1
    sockets.add(socket)
    socket.on('close', () => sockets.delete(socket))
    socket.on('error', () => socket.destroy())
    if (options.onSocket) options.onSocket(socket, sink)
    else sink.keep(socket)
  }
  const { deaf: allowHalfOpen = false, host = '127.0.0.1' } = options
  const server = options.tls
    ? createSecureServer({ ...options.tls, allowHalfOpen }, accept).on('tlsClientError', () => {})
    : createServer({ allowHalfOpen }, accept)
  if (options.mostConnections !== undefined) server.maxConnections = options.mostConnections
  server.listen(0, host)
  await once(server, 'listening')
  const sink: Sink = {
    port: (server.address() as AddressInfo).port,
    sockets,
    get connections() {
      return connections
    },
    received: () => store.text(),
    lines: () => store.lines(),
    until: (wanted) => store.until(wanted),
    keep: (socket) => void socket.on('data', (data) => store.add(data)),
    closeListener: () => void server.close(),
    stop: async () => {
      for (const socket of sockets) socket.destroy()
      if (!server.listening) return
      await new Promise((resolve) => server.close(resolve))
    },
  }
  t.teardown(() => sink.stop())
  return sink
}

/** A UDP sink; `family` 6 binds ::1. */
export async function startUdpSink(t: Stoppable, family: 4 | 6 = 4, port = 0): Promise<Sink> {
  const store = new Store()
  const socket = createSocket(family === 4 ? 'udp4' : 'udp6')
  const peers = new Set<string>()
  socket.on('message', (data: Buffer, from: RemoteInfo) => {
    peers.add(`${from.address} ${from.port}`)
    store.add(data)
    store.add(Buffer.from('\n'))
  })
  socket.bind(port, family === 4 ? '127.0.0.1' : '::1')
  await once(socket, 'listening')
  let open = true
  const sink: Sink = {
    port: socket.address().port,
    sockets: new Set(),
    get connections() {
      return peers.size
    },
    received: () => store.text(),
    lines: () => store.lines(),
    until: (wanted) => store.until(wanted),
    keep: () => {},
    closeListener: () => {},
    stop: async () => {
      if (open) socket.close()
      open = false
    },
  }
  t.teardown(() => sink.stop())
  return sink
}

class Store {
  #parts: Buffer[] = []
  #check: (() => void) | undefined

  add(data: Buffer): void {
    this.#parts.push(data)
    this.#check?.()
  }

  text(): string {
    return Buffer.concat(this.#parts).toString()
  }

  lines(): string[] {
    return this.text().split('\n').slice(0, -1)
  }

  async until(wanted: number | RegExp): Promise<void> {
    const there = () =>
      typeof wanted === 'number' ? this.lines().length >= wanted : wanted.test(this.text())
    if (there()) return
    await new Promise<void>((resolve) => {
      this.#check = () => {
        if (there()) resolve()
      }
    })
  }
}

/** A block of CEF lines, all of the same time and severity. */
export function blockOf(
  sequence: number,
  cefs: string[],
  { time = Date.UTC(2026, 0, 8, 11, 7, 53, 42), severity = 5, queue = 'alerts' } = {},
): Block {
  const packer = new LinePacker(1024)
  for (const cef of cefs) packer.add(cef, time, severity, new Uint8Array(16))
  return { queue, sequence, count: cefs.length, lines: packer.take().bytes }
}

/** A CEF line that says which one it is. */
export function cefLine(number: number, more = ''): string {
  return `CEF:0|Netwrix|File Servers|1.0|Modified|Modified File|5| externalId=${number} msg=${more || 'x'}`
}

/** Blocks that can be added to while they are read; ends when `signal` aborts. */
export class Feed implements AsyncIterable<Block> {
  readonly #blocks: Block[]
  #wake = () => {}
  #ended = false

  constructor(...blocks: Block[]) {
    this.#blocks = blocks
  }

  add(...blocks: Block[]): void {
    this.#blocks.push(...blocks)
    this.#wake()
  }

  /** Lets the reader come to the end after what is there. */
  end(): void {
    this.#ended = true
    this.#wake()
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<Block, void, void> {
    for (;;) {
      const block = this.#blocks.shift()
      if (block) yield block
      else if (this.#ended) return
      else await new Promise<void>((resolve) => (this.#wake = resolve))
    }
  }
}

export interface Recorder extends Delivery {
  receipts: number[]
  rejects: { sequence: number; line: number; code: string; reason: string }[]
  connections: string[]
  proofs: Proof[]
  notices: Notice[]
  /** Resolves when this block, or a later one, has its receipt. */
  received(sequence: number): Promise<void>
}

/** A delivery that records what it is told. */
export function recorder(): Recorder {
  let check = () => {}
  const receipts: number[] = []
  const rejects: Recorder['rejects'] = []
  const connections: string[] = []
  const notices: Notice[] = []
  const proofs: Proof[] = []
  return {
    receipts,
    rejects,
    connections,
    notices,
    proofs,
    proof: (proof) => proofs.push(proof),
    receipt: ({ sequence }) => {
      receipts.push(sequence)
      check()
    },
    reject: ({ sequence }, line, code, reason) => rejects.push({ sequence, line, code, reason }),
    connected: (detail) => connections.push(detail),
    notice: (notice) => notices.push(notice),
    received: async (sequence) => {
      if ((receipts.at(-1) ?? 0) >= sequence) return
      await new Promise<void>((resolve) => {
        check = () => {
          if ((receipts.at(-1) ?? 0) >= sequence) resolve()
        }
      })
    },
  }
}

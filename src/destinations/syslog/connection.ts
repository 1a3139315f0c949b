/**
 * One connection to a syslog receiver, from its first byte to its end.
 *
 * The read side is watched from the first byte on. A syslog receiver sends nothing, so what is read
 * is its FIN, its RST or a TLS alert: without that look a write into a closed connection succeeds
 * and is lost. A connection fails once, with the reason. What comes after we have closed our side is
 * an answer, which by itself is no proof yet: see `half-close.ts`.
 */
import type { Socket } from 'node:net'
import { finished } from 'node:stream/promises'
import { setTimeout as sleep } from 'node:timers/promises'
import type { TLSSocket } from 'node:tls'
import type { Certificate } from '../../core.ts'
import { error } from '../../error.ts'
import { endsOf, tcpRow } from '../../io/tcp-table.ts'
import type { TcpEnds } from '../../io/tcp-table.ts'
import { explain, standstill, tlsAlert } from './failure.ts'
import { Progress } from './progress.ts'
import type { Target } from './target.ts'
import { until } from './until.ts'

/** ms that the receiver may take to answer a closing on which nothing depends. */
const closing = 1000
/** A connection that stood idle for this long (ms) and is then closed was working: try again at once. */
const stood = 10_000
/** ms for which a connection must have been open and silent before it is half-closed: two round trips
 * within these, as a FIN that is already on its way would be taken for the answer. */
const quiet = { atLeast: 200, atMost: 2000, roundTrips: 2 }

/** What is known of a connection beside its socket. */
export interface Known {
  /** What it leads to, for `delivery.connected`. */
  detail?: string
  /** ms. */
  roundTrip?: number
  /** TLS over the socket, by way of a `TlsLayer`. */
  secure?: TLSSocket
  /** Of both sides of it. */
  certificates?: readonly Certificate[]
}

export class Connection {
  readonly target: Target
  readonly detail: string
  readonly certificates: readonly Certificate[]
  /** ms; see `quiet`. */
  readonly quiet: number
  readonly ends: TcpEnds | undefined
  /** Whether something on it has no receipt: its end is then a failure. */
  isBusy = () => false
  readonly #socket: Socket
  readonly #secure: TLSSocket | undefined
  readonly #progress: Progress
  readonly #failed = new AbortController()
  readonly #since = performance.now()
  #lastWrite = performance.now()
  #firstWrite: number | undefined
  #brokeAfter: number | undefined
  #closedAfter: number | undefined
  #isClosing = false
  #isAnswered = false
  #wasReset = false

  constructor(target: Target, socket: Socket, known: Known = {}) {
    const { detail, roundTrip = 0, secure, certificates = [] } = known
    const { atLeast, atMost, roundTrips } = quiet
    this.target = target
    this.detail = detail ?? target.url
    this.certificates = certificates
    this.ends = endsOf(socket)
    this.quiet = Math.min(atMost, Math.max(atLeast, roundTrip * roundTrips))
    this.#socket = socket
    this.#secure = secure
    this.#progress = new Progress(target.timeout, this.ends, (how) => {
      this.#fail(standstill(target, how))
    })
    if (!secure) socket.once('data', (said: Buffer) => this.#heard(said))
    socket.on('end', () => this.#ended(() => (this.#isAnswered = true)))
    secure?.on('end', () => this.#ended(() => {}))
    for (const side of [socket, ...(secure ? [secure] : [])]) {
      side.on('error', (failure: Error) => this.#lost(failure))
      side.on('close', () => this.#ended(() => {}))
      if (side.destroyed || side.readableEnded) this.#lost(side.errored ?? undefined)
      side.resume()
    }
  }

  /** Aborted, with the reason, when the connection has failed. */
  get failed(): AbortSignal {
    return this.#failed.signal
  }

  /** It failed by RST after we had begun to close. */
  get wasReset(): boolean {
    return this.#wasReset
  }

  /** The peer's FIN came after we had begun to close. */
  get isAnswered(): boolean {
    return this.#isAnswered
  }

  /** The kernel has all that we wrote, close_notify included. */
  get isWritten(): boolean {
    return (this.#secure?.writableFinished ?? true) && this.#socket.writableLength === 0
  }

  /** ms since something was written. */
  get idle(): number {
    return performance.now() - this.#lastWrite
  }

  /** The peer closed it first, in good order, this many ms after the last write, of which the kernel
   * had everything; undefined: it ended otherwise, or stands. */
  get closedAfter(): number | undefined {
    return this.#closedAfter
  }

  /** It ended this many ms after the first write began; undefined: nothing was written, or it stands. */
  get brokeAfter(): number | undefined {
    return this.#brokeAfter
  }

  get isSecure(): boolean {
    return this.#secure !== undefined
  }

  /** Resolves when the kernel has the whole chunk, which may then be filled anew. */
  async write(chunk: Buffer): Promise<void> {
    this.#firstWrite ??= performance.now()
    this.#progress.writing()
    await until(
      new Promise<void>((resolve) => {
        const side = this.#secure ?? this.#socket
        side.write(chunk, (failure) => {
          // A failure ends the connection by way of the socket's own events.
          if (!failure) resolve()
        })
      }),
      this.failed,
    )
    this.#progress.written()
    this.#lastWrite = performance.now()
  }

  /** Bytes that the peer's kernel has not acknowledged; undefined where that cannot be seen. */
  async unacknowledged(): Promise<number | undefined> {
    return this.ends && (await tcpRow(this.ends))?.unacknowledged
  }

  /** Resolves when nothing was written, and the peer did not close, for `quiet`. */
  async silence(): Promise<void> {
    for (;;) {
      this.failed.throwIfAborted()
      const left = this.#lastWrite + this.quiet - performance.now()
      if (left <= 0) return
      await sleep(Math.ceil(left), undefined, { signal: this.failed }).catch(() => {})
    }
  }

  /** Sends close_notify, which comes before the FIN (RFC 5425 section 4.4). */
  notify(): void {
    this.#isClosing = true
    this.#secure?.end()
  }

  /** Sends FIN, after what was written. */
  halfClose(): void {
    this.#isClosing = true
    this.#socket.end()
  }

  /** Ends it in good order, within bounds; for one on which nothing depends. Never throws. */
  async close(): Promise<void> {
    const late = AbortSignal.any([AbortSignal.timeout(closing), this.failed])
    const closed = new Promise<void>((resolve) => this.#socket.once('close', () => resolve()))
    this.notify()
    if (this.#secure) await until(finished(this.#secure, { readable: false }), late).catch(() => {})
    this.halfClose()
    if (!this.#socket.destroyed) await until(closed, late).catch(() => {})
    this.destroy()
  }

  /** Ends it and all waiting, at once. */
  destroy(): void {
    this.#lost(undefined)
  }

  #ended(note: () => void): void {
    if (this.#isClosing) {
      note()
      return
    }
    const waiting = this.#socket.writableLength + (this.#secure?.writableLength ?? 0)
    if (!this.failed.aborted && waiting === 0) this.#closedAfter = this.idle
    this.#lost(undefined)
  }

  #heard(said: Buffer): void {
    const alert = tlsAlert(this.target, said)
    if (alert && !this.failed.aborted) this.#fail(alert)
  }

  #lost(failure: NodeJS.ErrnoException | undefined): void {
    if (this.failed.aborted) return
    this.#wasReset =
      this.#isClosing && (failure?.code === 'ECONNRESET' || failure?.code === 'EPIPE')
    if (this.#firstWrite !== undefined) this.#brokeAfter = performance.now() - this.#firstWrite
    this.#fail(this.#reason(failure))
  }

  #fail(reason: Error): void {
    this.#progress.end()
    this.#secure?.destroy()
    this.#socket.destroy()
    this.#failed.abort(reason)
  }

  #reason(failure: unknown): Error {
    const lived = performance.now() - this.#since
    if (failure !== undefined || this.isBusy() || lived < stood) {
      return explain(failure, this.target, 'connected')
    }
    const seconds = Math.round(lived / 1000)
    const { url } = this.target
    return error('lost', `${url} closed the idle connection after ${seconds} s: connecting again`, {
      retryAfter: 1000,
    })
  }
}

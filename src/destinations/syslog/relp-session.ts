/**
 * One RELP session over a connection that stands: `open`, messages, `close`. It numbers what it
 * sends, holds each answer against the number that must come next, and fails for good at the first
 * thing that is wrong: an answer out of order, one that does not come within `timeout`, bytes that
 * are no RELP, or the connection’s end. The read side is watched from the first byte to the last.
 */
import type { Socket } from 'node:net'
import { asCefline, error } from '../../error.ts'
import {
  frame,
  FrameReader,
  nextTransaction,
  offers,
  readOffers,
  statusOf,
  textOf,
} from '../../syslog/relp.ts'
import type { VisitFrame } from '../../syslog/relp.ts'
import { explain } from './failure.ts'
import type { Target } from './target.ts'
import { until } from './until.ts'

/** Messages that may be out without an answer: librelp’s own window. */
export const windowSize = 128
/** How long the server may take to answer our closing (ms). */
const closing = 1000
/** A session that stood idle for this long (ms) and is then closed was working: try again at once. */
const stood = 10_000

/** One answer, in order: its data is `bytes[start, end)`. What it throws ends the session. */
export type Answer = (status: number, bytes: Buffer, start: number, end: number) => void

export class Session {
  readonly #target: Target
  readonly #socket: Socket
  readonly #reader = new FrameReader()
  readonly #failed = new AbortController()
  readonly #since = performance.now()
  /** Number of the next frame to be sent, and of the next answer. */
  #next = 1
  #expected = 1
  #unanswered = 0
  #answer: Answer = () => {}
  #opened = false
  #closing = false
  /** When the last answer came, or the oldest frame without one went out. */
  #progress = 0
  #watchdog: NodeJS.Timeout | undefined
  #limit: NodeJS.Timeout | undefined
  #wanted = Infinity
  #wake = () => {}

  constructor(target: Target, socket: Socket) {
    this.#target = target
    this.#socket = socket
    socket.on('error', (failure) => this.#lost(failure))
    socket.on('end', () => this.#lost(undefined))
    socket.on('close', () => this.#lost(undefined))
    socket.on('data', (piece: Buffer) => this.#read(piece))
    if (socket.destroyed || socket.readableEnded) this.#lost(socket.errored ?? undefined)
  }

  /** Aborted, with the reason, when the session has failed. */
  get failed(): AbortSignal {
    return this.#failed.signal
  }

  /** The number that the next frame has to have. */
  get next(): number {
    return this.#next
  }

  get unanswered(): number {
    return this.#unanswered
  }

  /** Agrees on the session; nothing may be sent before. Resolves to the server’s name for itself. */
  async open(): Promise<string> {
    let software = ''
    this.#answer = (status, bytes, start, end) => {
      software = readOpen(status, bytes, start, end)
    }
    await this.send(frame(this.#next, 'open', offers), 1)
    await this.unansweredAtMost(0)
    this.#opened = true
    return software
  }

  /** From now on answers are given to this. */
  onAnswer(answer: Answer): void {
    this.#answer = answer
  }

  /** Sends so many frames; resolves when the kernel has them. */
  async send(frames: Buffer, count: number): Promise<void> {
    if (this.#unanswered === 0) this.#progress = performance.now()
    this.#unanswered += count
    for (let sent = 0; sent < count; sent += 1) this.#next = nextTransaction(this.#next)
    this.#watchdog ??= setTimeout(() => this.#look(), this.#target.timeout)
    await until(
      new Promise<void>((resolve) => {
        this.#socket.write(frames, (failure) => {
          // A failure ends the session by way of the socket’s own events.
          if (!failure) resolve()
        })
      }),
      this.failed,
    )
  }

  /** Resolves when no more frames than this are without an answer. */
  async unansweredAtMost(count: number): Promise<void> {
    this.failed.throwIfAborted()
    if (this.#unanswered <= count) return
    this.#wanted = count
    await until(new Promise<void>((resolve) => (this.#wake = resolve)), this.failed)
  }

  /** Gives everything that is still to come this long (ms). */
  hurry(limit: number): void {
    clearTimeout(this.#limit)
    this.#limit = setTimeout(() => this.#lost({ code: 'ETIMEDOUT' }), limit)
  }

  /** Ends the session in good order, within bounds; never throws. */
  async close(): Promise<void> {
    if (!this.failed.aborted) {
      this.#closing = true
      this.#answer = () => {}
      this.hurry(closing)
      try {
        await this.send(frame(this.#next, 'close'), 1)
        await this.unansweredAtMost(0)
        const closed = new Promise<void>((resolve) => this.#socket.once('close', () => resolve()))
        this.#socket.end()
        await until(closed, this.failed)
      } catch {
        // The messages are answered: how the connection ends does not matter.
      }
    }
    this.destroy()
  }

  /** Ends the connection and all waiting, at once, for this reason. */
  destroy(reason: Error = explain(undefined, this.#target, 'connected')): void {
    clearTimeout(this.#watchdog)
    clearTimeout(this.#limit)
    this.#fail(reason)
  }

  #read(piece: Buffer): void {
    if (this.failed.aborted) return
    try {
      this.#reader.read(piece, this.#visit)
    } catch (thrown) {
      const { url } = this.#target
      const { code, message, retryAfter } = asCefline(thrown)
      const cure = code === 'bad-answer' && !this.#opened ? ': is it a RELP port?' : ''
      const more = retryAfter === undefined ? {} : { retryAfter }
      this.#fail(error(code, `${url} ${message}${cure}`, { cause: thrown, ...more }))
    }
    if (this.#unanswered > this.#wanted) return
    this.#wanted = Infinity
    this.#wake()
  }

  readonly #visit: VisitFrame = (transaction, command, bytes, start, end) => {
    if (transaction === 0) {
      // Other hints mean nothing to us (“nothing fatal should happen” when one is not understood).
      if (command === 'serverclose') this.#lost(undefined)
      return
    }
    if (command !== 'rsp') throw error('bad-answer', `sent the command “${command}”, not an answer`)
    if (this.#unanswered === 0 || transaction !== this.#expected) {
      const due = this.#unanswered === 0 ? 'none was due' : `${this.#expected} was due`
      throw error('lost', `answered transaction ${transaction} when ${due}`)
    }
    this.#answer(statusOf(bytes, start, end), bytes, start, end)
    this.#expected = nextTransaction(this.#expected)
    this.#unanswered -= 1
    this.#progress = performance.now()
  }

  /** Timers run before the socket is looked at: after a pause of this process an answer may lie there
   * unread, and must come first. */
  #look(): void {
    this.#watchdog = undefined
    setImmediate(() => {
      if (this.failed.aborted || this.#unanswered === 0 || this.#watchdog) return
      const { timeout } = this.#target
      const rest = this.#progress + timeout - performance.now()
      if (rest <= 0) this.#fail(silent(this.#target, this.#unanswered, this.#opened))
      else this.#watchdog = setTimeout(() => this.#look(), rest)
    })
  }

  /** The connection is gone, or as good as; undefined: in good order. */
  #lost(failure: unknown): void {
    const lived = performance.now() - this.#since
    if (failure !== undefined || this.#closing || this.#unanswered > 0 || lived < stood) {
      this.#fail(explain(failure, this.#target, 'connected'))
      return
    }
    const { url } = this.#target
    const seconds = Math.round(lived / 1000)
    this.#fail(
      error('lost', `${url} closed the idle session after ${seconds} s: connecting again`, {
        retryAfter: 1000,
      }),
    )
  }

  #fail(reason: Error): void {
    if (this.failed.aborted) return
    this.#socket.destroy()
    this.#failed.abort(reason)
  }
}

/** The server’s name for itself; throws when there can be no session. */
function readOpen(status: number, bytes: Buffer, start: number, end: number): string {
  if (status !== 200) {
    throw error('refused', `refused the RELP session: “${textOf(bytes, start, end)}”`)
  }
  const accepted = readOffers(bytes, start, end)
  // “If it is not [there], the client MUST close the connection.”
  if (!accepted.has('relp_version')) {
    throw error('bad-answer', 'accepted the RELP session without naming a version')
  }
  if (!accepted.get('commands')?.includes('syslog')) {
    throw error('refused', 'takes no “syslog” messages over RELP: enable the command there')
  }
  return (accepted.get('relp_software') ?? []).slice(0, 2).join(' ')
}

function silent({ place, timeout, url }: Target, unanswered: number, opened: boolean): Error {
  const seconds = timeout / 1000
  return opened
    ? error(
        'timeout',
        `${url} has answered nothing for ${seconds} s (${place}.timeout), with ${unanswered} events sent: ` +
          'the receiver hangs or is overloaded; they are sent again',
      )
    : error('timeout', `${url} did not answer RELP’s open in ${seconds} s: is it a RELP port?`)
}

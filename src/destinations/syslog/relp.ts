/**
 * Syslog over RELP, plain or in TLS. At least once, with proof: a block gets its receipt when the
 * server has answered each of its messages, and all before them, with 200. What has no answer when
 * the connection is lost is sent again, whole. (What a 200 is worth is the server’s choice: rsyslog
 * gives it when the message is in its queue, which is in memory unless it is made a disk queue.)
 *
 * At most 128 messages are out without an answer; they are written many at once. An answer of 500
 * ends the session, as it does in librelp, when those that are out by then are answered too, and the
 * message is sent again with the next session; one that is refused three times in a row goes to the
 * rejects. Nothing that was answered with 200 is sent again to the same url while this process runs.
 */
import type { Socket } from 'node:net'
import type { Block, Certificate, Delivery } from '../../core.ts'
import { error } from '../../error.ts'
import type { CeflineError } from '../../error.ts'
import { certificatesOn } from '../../io/tls-certificates.ts'
import { frame, textOf } from '../../syslog/relp.ts'
import { Frames } from '../../syslog/relp-frames.ts'
import type { Messages } from '../../syslog/wire.ts'
import { connectTcp, connectTls, describeTls, resolve } from './connect.ts'
import { linesBefore, mostRefusals, refusalsOf } from './relp-refusals.ts'
import type { Refusals } from './relp-refusals.ts'
import { Session, windowSize } from './relp-session.ts'
import { takenBy } from './relp-taken.ts'
import type { Range, Taken } from './relp-taken.ts'
import { Unanswered } from './relp-unanswered.ts'
import type { Target } from './target.ts'
import { until } from './until.ts'

/** On abort: how long the block in hand, and the answers that are due, may take (ms). */
const lastAnswers = 2000
/** ms before a message that was refused is sent again. */
const refusalWait = 500

/** Sends blocks until aborted; see `Destination.deliver`. */
export async function deliverRelp(
  target: Target,
  messages: Messages,
  blocks: AsyncIterable<Block>,
  delivery: Delivery,
  signal: AbortSignal,
): Promise<void> {
  const iterator = blocks[Symbol.asyncIterator]()
  let session: Session | undefined
  const hurry = () => session?.hurry(lastAnswers)
  signal.addEventListener('abort', hurry, { once: true })
  try {
    const { socket, detail, certificates } = await connect(target, delivery, signal)
    session = new Session(target, socket)
    const software = await until(session.open(), signal)
    delivery.proof('relp')
    delivery.connected(`${detail} RELP ${software}`.trimEnd(), certificates)
    await new Run(target, session, messages, delivery).send(iterator, signal)
    await session.close()
  } catch (thrown) {
    if (!signal.aborted) throw thrown
  } finally {
    signal.removeEventListener('abort', hurry)
    session?.destroy()
    // Not awaited: the iterator may be waiting for a block that comes in hours.
    void iterator.return?.()
  }
}

/** What one message looks like on the wire. */
export function relpFrame(transaction: number, message: Buffer): Buffer {
  return frame(transaction, 'syslog', message)
}

async function connect(
  target: Target,
  delivery: Delivery,
  signal: AbortSignal,
): Promise<{ socket: Socket; detail: string; certificates: readonly Certificate[] }> {
  const { place, tls, transport, url } = target
  const files = transport === 'relps' ? await target.files() : {}
  const plain = await connectTcp(target, await resolve(target, signal), signal)
  const address = `${url} (${plain.remoteAddress ?? 'unknown address'})`
  if (transport === 'relp') return { socket: plain, detail: address, certificates: [] }
  const secure = await connectTls(target, plain, files, signal)
  if (!tls.verify && tls.fingerprint === null) {
    delivery.notice({
      level: 'warn',
      code: 'tls',
      message: `${url}: the certificate was not checked, anyone on the way can read the events; remove ${place}.tls.verify: false`,
    })
  }
  const detail = `${address} ${describeTls(secure)}`
  return { socket: secure, detail, certificates: certificatesOn(secure, files) }
}

/** The messages of one session. */
class Run {
  readonly #target: Target
  readonly #session: Session
  readonly #messages: Messages
  readonly #delivery: Delivery
  readonly #refusals: Refusals
  readonly #taken: Taken
  readonly #unanswered: Unanswered
  readonly #frames: Frames
  /** What earlier sessions have brought of the block in hand. */
  #before: Range | undefined
  /** Why the session ends, when all that is out is answered. */
  #refusal: CeflineError | undefined
  /** Further refusals, which count when the server takes an event after them: one that takes nothing
   * any more, as its disk is full, must not have a whole window given up. */
  #uncounted: (() => void)[] = []

  constructor(target: Target, session: Session, messages: Messages, delivery: Delivery) {
    this.#target = target
    this.#session = session
    this.#messages = messages
    this.#delivery = delivery
    this.#refusals = refusalsOf(target)
    this.#taken = takenBy(target)
    this.#unanswered = new Unanswered(windowSize, (place) => {
      this.#refusals.passed(place)
      this.#taken.passed(place)
      delivery.receipt(place)
    })
    this.#frames = new Frames(
      (block, line) => this.#givenUp(block, line),
      (block, line) => this.#isTaken(block, line),
    )
    session.onAnswer((...answer) => this.#answered(...answer))
  }

  /** Takes blocks until there are no more or the signal aborts, and waits for the last answer. */
  async send(iterator: AsyncIterator<Block>, signal: AbortSignal): Promise<void> {
    try {
      await this.#sendAll(iterator, signal)
    } catch (thrown) {
      // However the session ended after that: this is what is to be put right.
      throw this.#refusal ?? thrown
    } finally {
      for (const [place, range] of this.#unanswered.left()) this.#taken.remember(place, range)
    }
  }

  async #sendAll(iterator: AsyncIterator<Block>, signal: AbortSignal): Promise<void> {
    const session = this.#session
    const ending = AbortSignal.any([signal, session.failed])
    while (!signal.aborted) {
      const next = await until(iterator.next(), ending).catch((thrown: unknown) => {
        if (!signal.aborted || session.failed.aborted) throw thrown
      })
      if (!next || next.done === true) break
      // On abort the block in hand is still sent, so that none of its events is sent twice.
      await this.#send(next.value)
    }
    await session.unansweredAtMost(0)
  }

  async #send(block: Block): Promise<void> {
    const session = this.#session
    const frames = this.#frames
    this.#before = this.#taken.of(block)
    frames.pack(block, this.#messages, session.next, (...rejected) =>
      this.#delivery.reject(...rejected),
    )
    this.#unanswered.begin(block)
    for (let from = 0; from < frames.count;) {
      // Written as soon as there is room for one: a write acknowledges what was read. Were we to wait
      // for more room, the server’s Nagle and our delayed acknowledgement would wait for each other,
      // 40 ms for each window (measured with rsyslog: 2,800 a second in place of 66,000).
      await session.unansweredAtMost(windowSize - 1)
      // After a refusal nothing more is sent; the last answer ends the session, and this wait.
      if (this.#refusal) await session.unansweredAtMost(0)
      const to = Math.min(frames.count, from + windowSize - session.unanswered)
      for (let frame = from; frame < to; frame += 1) this.#unanswered.sent(frames.line(frame))
      await session.send(frames.bytes(from, to), to - from)
      from = to
    }
    this.#unanswered.whole()
  }

  #answered(status: number, bytes: Buffer, start: number, end: number): void {
    const unanswered = this.#unanswered
    const { line, place } = unanswered
    if (!place) return
    if (status === 200) {
      if (this.#refusals.any) this.#refusals.taken(place, line)
      for (const count of this.#uncounted.splice(0)) count()
      unanswered.answered()
    } else {
      const text = textOf(bytes, start, end)
      const times = this.#refusals.refused(place, line, text, !this.#refusal)
      if (times === 0) this.#uncounted.push(() => this.#refusals.refused(place, line, text))
      if (!this.#refusal) this.#session.hurry(lastAnswers)
      this.#refusal ??= refusal(this.#target, times, text)
      unanswered.refused()
    }
    if (this.#refusal && this.#session.unanswered === 1) this.#session.destroy(this.#refusal)
  }

  /** The server has it from an earlier session. */
  #isTaken(block: Block, line: number): boolean {
    if (!this.#before) return false
    const at = linesBefore(block) + line
    const { from, to } = this.#before
    return at >= from && at < to && !this.#refusals.has(block, at)
  }

  #givenUp(block: Block, line: number): string | undefined {
    if (!this.#refusals.any) return undefined
    const text = this.#refusals.givenUp(block, linesBefore(block) + line)
    if (text === undefined) return undefined
    return `${this.#target.url} refused the event ${mostRefusals} times in a row: “${text}”; see the receiver’s log`
  }
}

function refusal({ url }: Target, times: number, text: string): CeflineError {
  const then = times < mostRefusals ? 'it is sent again' : 'it goes to the rejects'
  return error(
    'refused',
    `${url} refused an event (${times} of ${mostRefusals} times): “${text}”; ${then}`,
    // Each run gets no further than a window beyond this, and a block may hold many such events.
    { retryAfter: refusalWait },
  )
}

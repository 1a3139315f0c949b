/**
 * Receipts by half-close: the connection in use is changed for a new one again and again, and the
 * old one half-closed; its answer is the receipt for everything that was sent on it.
 *
 * A checkpoint is due when `receiptWindow` lines are on the connection, or `receiptEvery` after the
 * first of them; never more than once a second, and an idle connection is left alone. The next
 * connection is opened while the old one goes on, and traffic moves to it between two blocks. One
 * connection is closing at a time, so receipts are given in order; two windows at most have none,
 * then sending pauses. Where no next one can be had, as with a receiver that takes a single
 * connection, two windows go on the old one, it is half-closed, and a new one opened after that.
 *
 * When a connection breaks, the answer for the one before it is still awaited and its receipt given;
 * then the run ends, and what has no receipt is sent again.
 */
import type { Block, Place } from '../../core.ts'
import { Changes } from './changes.ts'
import { openConnection } from './open-connection.ts'
import type { Connection } from './connection.ts'
import { unproven } from './failure.ts'
import { proveRead } from './half-close.ts'
import { takeBlocks } from './session.ts'
import type { Outlet, Session } from './session.ts'
import { Successor } from './successor.ts'
import { Window } from './window.ts'
import { until } from './until.ts'

/** Least ms from one checkpoint to the next. */
const pace = 1000
/** Least ms that the next connection is waited for when a checkpoint is due by time. */
const successor = 5000
/** ms without a write after which a connection that is closed by the peer was closed for being idle. */
const least = 1000
/** ms that all is given, on abort, to prove what is out, beyond the silence before a half-close. */
const lastProof = 2000

/** A connection that carries traffic, and what is on it. */
interface Leg {
  connection: Connection
  window: Window
}

/** Sends until the blocks end or the run is aborted; throws why it cannot. */
export async function deliverProven(session: Session): Promise<void> {
  const first = await openConnection(session.target, session.signal)
  await new Rotation(session, first).deliver()
}

class Rotation implements Outlet {
  readonly isOver = false
  readonly #session: Session
  /** Aborted with the reason when the run has failed. */
  readonly #failed = new AbortController()
  /** Aborted when no other connection is to be used. */
  readonly #concluded = new AbortController()
  /** Aborted when no block is to be taken any more. */
  readonly #over: AbortSignal
  readonly #changes = new Changes(() => this.#advance())
  readonly #next: Successor
  #current: Leg | undefined
  #closing: Leg | undefined
  /** Settles with `#closing`; never rejects. */
  #proving = Promise.resolve()
  #isWriting = false
  #rotatedAt = -Infinity

  constructor(session: Session, first: Connection) {
    this.#session = session
    this.#over = AbortSignal.any([session.signal, this.#failed.signal])
    this.#next = new Successor(session.target, this.#changes, {
      isWanted: () => !this.#current || this.#isDue,
      isAlone: () => !this.#current && !this.#closing,
    })
    this.#take(first)
  }

  async deliver(): Promise<void> {
    const { signal } = this.#session
    const failed = this.#failed.signal
    let late: NodeJS.Timeout | undefined
    const aborted = () => {
      const bound = lastProof + (this.#current?.connection.quiet ?? 0)
      late = setTimeout(() => this.#destroy(), bound)
    }
    if (signal.aborted) aborted()
    else signal.addEventListener('abort', aborted, { once: true })
    const opening = this.#next.run(this.#concluded.signal).catch((thrown: unknown) => {
      this.#failed.abort(thrown)
    })
    try {
      // On abort a block that was begun is ended.
      const taking = takeBlocks(this.#session, this, this.#over)
      await until(taking, failed).catch((thrown: unknown) => {
        if (!signal.aborted || failed.aborted) throw thrown
      })
      await this.#conclude()
    } catch (thrown) {
      this.#concluded.abort()
      // What was sent before the failure may yet be proven, and is then not sent again.
      await this.#proving
      if (!signal.aborted) throw thrown
    } finally {
      clearTimeout(late)
      signal.removeEventListener('abort', aborted)
      this.#concluded.abort()
      this.#changes.end()
      this.#destroy()
      await opening
    }
  }

  skip(place: Place): void {
    // What has failed comes before this place and has no receipt.
    if (this.#failed.signal.aborted) return
    const current = this.#current?.window
    if (current?.last) current.skip(place)
    else if (this.#closing) this.#closing.window.skip(place)
    else this.#session.delivery.receipt(place)
  }

  async send(block: Block, chunks: Buffer[]): Promise<void> {
    let leg = this.#room()
    for (; !leg; leg = this.#room()) await this.#changes.until(() => this.#room(), this.#over)
    this.#isWriting = true
    this.#session.answers.stood(leg.connection.idle)
    leg.window.add(block)
    for (const chunk of chunks) await leg.connection.write(chunk)
    this.#isWriting = false
    this.#changes.changed()
  }

  /** The connection that may take a block. */
  #room(): Leg | undefined {
    if (!this.#current) return undefined
    const { lines, size } = this.#current.window
    const before = this.#closing?.window
    const fits = before ? before.lines + lines <= before.size + size : lines < 2 * size
    return fits ? this.#current : undefined
  }

  /** Does what is to be done now; called at each change, and at the times that it asks for. */
  #advance(): void {
    if (this.#isWriting || this.#concluded.signal.aborted || this.#failed.signal.aborted) return
    if (!this.#current) this.#take(this.#next.take())
    else if (!this.#closing && this.#isDue && (this.#next.isReady || this.#isFull)) {
      this.#rotate(this.#current)
    }
  }

  /** It is time for a checkpoint. */
  get #isDue(): boolean {
    const { receiptWindow } = this.#session.target
    const { receiptEvery } = this.#session.answers
    const window = this.#current?.window
    if (!window?.last) return false
    if (!this.#changes.isTime(this.#rotatedAt + pace)) return false
    return window.lines >= receiptWindow || this.#changes.isTime(window.since + receiptEvery)
  }

  /** Two windows are on the connection, by lines or by time. */
  get #isFull(): boolean {
    const { closesIdle, receiptEvery } = this.#session.answers
    const window = this.#current?.window
    if (!window) return false
    // One that closes idle connections would do so before a long wait is over.
    const wait = closesIdle ? receiptEvery / 2 : Math.max(receiptEvery, successor)
    const late = window.since + receiptEvery + wait
    return window.lines >= 2 * window.size || this.#changes.isTime(late)
  }

  #take(connection: Connection | undefined): void {
    if (!connection) return
    const leg: Leg = { connection, window: new Window(this.#session.target.receiptWindow) }
    const { failed } = connection
    this.#current = leg
    connection.isBusy = () => leg.window.last !== undefined || this.#closing !== undefined
    const lost = () => {
      if (this.#current === leg) this.#failed.abort(this.#reasonOf(leg, failed.reason))
    }
    if (failed.aborted) lost()
    else failed.addEventListener('abort', lost, { once: true })
    this.#session.connected(connection)
  }

  #rotate(leg: Leg): void {
    this.#rotatedAt = performance.now()
    this.#current = undefined
    this.#take(this.#next.take())
    // Its failure is the run's by then.
    this.#proving = this.#prove(leg).catch(() => {})
  }

  /** Why the connection failed; of one that was closed for being idle, proof is asked for sooner. */
  #reasonOf({ connection, window }: Leg, thrown: unknown): unknown {
    const { answers } = this.#session
    const { closedAfter } = connection
    if (!window.last || closedAfter === undefined || closedAfter < least) return thrown
    return answers.closedIdle(closedAfter)
  }

  /** Half-closes the connection and gives the receipt for what is on it. */
  async #prove(leg: Leg): Promise<void> {
    const { answers, delivery, proof, target } = this.#session
    const { patience } = answers
    this.#closing = leg
    try {
      const answer = await proveRead(leg.connection, patience)
      if (answer !== 'read') {
        const notice = answers.missed(answer)
        if (notice) delivery.notice(notice)
        throw unproven(target, answer, patience)
      }
      answers.proven()
      proof('half-close')
      if (leg.window.last) delivery.receipt(leg.window.last)
    } catch (thrown) {
      // Before anything advances: the next connection's proof would be a receipt for this window too.
      const reason = this.#reasonOf(leg, thrown)
      this.#failed.abort(reason)
      throw reason
    } finally {
      leg.connection.destroy()
      this.#closing = undefined
      this.#changes.changed()
    }
  }

  /** Proves what is out, oldest first, and ends what stands. */
  async #conclude(): Promise<void> {
    this.#concluded.abort()
    await this.#proving
    this.#failed.signal.throwIfAborted()
    const last = this.#current
    this.#current = undefined
    if (last?.window.last) await this.#prove(last)
    else await last?.connection.close()
  }

  #destroy(): void {
    this.#closing?.connection.destroy()
    this.#current?.connection.destroy()
  }
}

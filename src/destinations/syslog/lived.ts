/**
 * Receipts by `receiptAfter`: a block counts as received when the kernel has its bytes and the
 * connection has then lived for that long. No proof; it is what there is with `receiptEvery: 0` and
 * with a receiver that does not answer a half-close. With such a one the connection is changed now
 * and then, and the old one, when everything on it has its receipt, is half-closed as a trial.
 */
import type { Block, Place } from '../../core.ts'
import type { CeflineError } from '../../error.ts'
import { openConnection } from './open-connection.ts'
import type { Connection } from './connection.ts'
import { closedEarly } from './failure.ts'
import { proveRead } from './half-close.ts'
import { takeBlocks } from './session.ts'
import type { Outlet, Session } from './session.ts'
import { Unconfirmed } from './unconfirmed.ts'
import { until } from './until.ts'

/** ms that a receipt may come late on abort. */
const lastLooks = 500
/** ms without a write after which a connection that is closed by the peer was closed for being idle. */
const least = 1000

/** Resolves to true when the blocks have ended or the run was aborted, to false when it is time for
 * another connection. */
export async function deliverLived(session: Session): Promise<boolean> {
  const connection = await openConnection(session.target, session.signal)
  session.connected(connection)
  return new Lived(session, connection).deliver()
}

class Lived implements Outlet {
  readonly #session: Session
  readonly #connection: Connection
  readonly #unconfirmed: Unconfirmed
  readonly #since = performance.now()
  /** Bytes. */
  #written = 0
  #closedEarly: CeflineError | undefined

  constructor(session: Session, connection: Connection) {
    this.#session = session
    this.#connection = connection
    this.#unconfirmed = new Unconfirmed(
      session.target.receiptAfter,
      (place) => session.delivery.receipt(place),
      async () => this.#written - ((await connection.unacknowledged()) ?? 0),
    )
    connection.isBusy = () => this.#unconfirmed.size > 0
    connection.failed.addEventListener('abort', () => this.#lost())
  }

  get isOver(): boolean {
    return this.#isTrialDue || this.#session.answers.isProving
  }

  get #isTrialDue(): boolean {
    return performance.now() - this.#since >= this.#session.answers.trialEvery
  }

  async deliver(): Promise<boolean> {
    const { signal } = this.#session
    const { failed } = this.#connection
    let isTried = false
    try {
      await takeBlocks(this.#session, this, AbortSignal.any([signal, failed])).catch(
        (thrown: unknown) => {
          if (!signal.aborted) throw thrown
        },
      )
      if (signal.aborted) await this.#lastReceipts()
      else await until(this.#unconfirmed.empty(), failed)
      isTried = this.#isTrialDue && !signal.aborted
      if (isTried) this.#try()
      else await this.#connection.close()
      return signal.aborted || !this.isOver
    } catch (thrown) {
      throw this.#closedEarly ?? thrown
    } finally {
      this.#unconfirmed.end()
      if (!isTried) this.#connection.destroy()
    }
  }

  skip(place: Place): void {
    this.#unconfirmed.skip(place)
  }

  async send(block: Block, chunks: Buffer[]): Promise<void> {
    const written = this.#unconfirmed.add(block)
    for (const chunk of chunks) {
      await until(this.#connection.write(chunk), this.#session.signal)
      this.#written += chunk.length
    }
    written(this.#written)
  }

  /** No receipt comes after this. */
  #lost(): void {
    const { closedAfter, target } = this.#connection
    if (this.#unconfirmed.size > 0 && closedAfter !== undefined && closedAfter >= least) {
      this.#closedEarly = closedEarly(target, closedAfter)
    }
    this.#unconfirmed.end()
  }

  /** On abort: what is out has its time to live, no more; a failure in it is for the next run. */
  async #lastReceipts(): Promise<void> {
    const bound = AbortSignal.timeout(this.#session.target.receiptAfter + lastLooks)
    const over = AbortSignal.any([bound, this.#connection.failed])
    await until(this.#unconfirmed.empty(), over).catch(() => {})
  }

  /** Half-closes the connection, on which nothing depends any more, while the next one is used. */
  #try(): void {
    const { answers, trials } = this.#session
    const connection = this.#connection
    trials.add(connection)
    proveRead(connection, answers.patience)
      .then((answer) => {
        if (answer === 'read') answers.proven()
      })
      .catch(() => {})
      .finally(() => {
        connection.destroy()
        trials.delete(connection)
      })
  }
}

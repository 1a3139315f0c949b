/**
 * How long a refused password rests. Windows locks an account after a number of refusals (3 to 10 are
 * usual) and forgets them only when none came for a time, 30 minutes in most policies. So the second
 * try comes soon, for a server that was wrong for a moment, and those after it further apart than
 * that: never more than two are counted.
 */

const soon = 5 * 60_000
const apart = 35 * 60_000

/** Of one source, for as long as its configuration is in force. */
export class Lockout {
  #refusals = 0

  /** Counts a refusal; ms until the password may be tried again. */
  refused(): number {
    this.#refusals += 1
    return this.#refusals === 1 ? soon : apart
  }

  accepted(): void {
    this.#refusals = 0
  }
}

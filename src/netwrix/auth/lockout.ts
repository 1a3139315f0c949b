/**
 * How long a refused password rests. Windows locks an account after a number of refusals (3 to 10 are
 * usual) and forgets them only when none came for a time, 30 minutes in most policies. So the second
 * try comes soon, for a server that was wrong for a moment, and those after it further apart than
 * that: never more than two are counted, whatever the number of sources that log in by that account.
 *
 * Until a password has been accepted, sources try it in turns, and one that learns of another's
 * refusal waits as long without a try. A source whose configuration was changed tries at once. All of
 * it is forgotten at a restart.
 */
import { createHash } from 'node:crypto'
import { error } from '../../error.ts'

const soon = 5 * 60_000
const apart = 35 * 60_000

/** What is known of one password of one account at one server. */
interface Known {
  /** In a row. */
  refusals: number
  /** All that there ever were: tells a refusal from the one before. */
  news: number
  /** When the password may be tried again, as `performance.now` has it. */
  until: number
  isAccepted: boolean
  /** Settles when the try that is under way is over. */
  trying: Promise<void> | undefined
}

const accounts = new Map<string, Known>()

/** Of one source, for as long as its configuration is in force. */
export class Lockout {
  readonly #known: Known
  /** The refusal that this source has waited for. */
  #seen: number

  constructor(known = unknown()) {
    this.#known = known
    this.#seen = known.news
  }

  /**
   * Waits for its turn. Resolves to what ends it, to be called whatever came of the try. Throws
   * `unauthorized` when another source was refused meanwhile, and the abort's reason.
   */
  async turn(place: string, signal: AbortSignal): Promise<() => void> {
    const known = this.#known
    while (!known.isAccepted && known.trying) await settled(known.trying, signal)
    const rest = known.until - performance.now()
    if (known.refusals > 0 && known.news !== this.#seen && rest > 0) {
      this.#seen = known.news
      const wait = Math.max(1000, Math.ceil(rest))
      throw error(
        'unauthorized',
        `${place} refused this username and password to another source; not tried here, so that ` +
          `Windows does not lock the account. Check them; tried again only in ` +
          `${Math.ceil(wait / 60_000)} minutes, or at once with a changed configuration`,
        { retryAfter: wait },
      )
    }
    if (known.isAccepted) return () => {}
    let end = () => {}
    const trying = new Promise<void>((resolve) => (end = resolve))
    known.trying = trying
    return () => {
      if (known.trying === trying) known.trying = undefined
      end()
    }
  }

  /** Counts what one try came to, which may have been more than one proof of the password; ms until
   * it may be tried again. */
  refused(proofs = 1): number {
    const known = this.#known
    known.refusals += Math.max(1, proofs)
    known.news += 1
    known.isAccepted = false
    this.#seen = known.news
    const wait = known.refusals === 1 ? soon : apart
    known.until = performance.now() + wait
    return wait
  }

  accepted(): void {
    this.#known.refusals = 0
    this.#known.isAccepted = true
  }
}

/** One that knows what the other sources with this account at this server know. */
export function lockoutOf(origin: string, username: string, password: string | null): Lockout {
  // A ticket is no password, and locks nothing.
  if (password === null) return new Lockout()
  const digest = createHash('sha256').update(password).digest('base64')
  const key = JSON.stringify([origin, username.toLowerCase(), digest])
  const known = accounts.get(key) ?? unknown()
  accounts.set(key, known)
  return new Lockout(known)
}

function unknown(): Known {
  return { refusals: 0, news: 0, until: 0, isAccepted: false, trying: undefined }
}

/** Leaves nothing behind on a signal that lives as long as we do. */
async function settled(trying: Promise<void>, signal: AbortSignal): Promise<void> {
  signal.throwIfAborted()
  let stop = () => {}
  const aborted = new Promise<never>((_resolve, reject) => {
    stop = () => reject(signal.reason as Error)
  })
  signal.addEventListener('abort', stop, { once: true })
  try {
    await Promise.race([trying, aborted])
  } finally {
    signal.removeEventListener('abort', stop)
  }
}

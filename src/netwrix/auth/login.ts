/**
 * Logs in, and stays so: sends a request with what the server's challenges ask for.
 *
 * A first request without a login, and without its body, learns what the server offers; the scheme
 * chosen then stays. NTLM and Negotiate log a connection in: their legs go over one connection, and
 * what follows on it needs nothing. When it was closed the handshake is done again with the next
 * request; when it is closed or changed in the middle, it begins anew, twice at most.
 *
 * A password that was refused is not tried again here: the answer, a 401, is given back.
 */
import { setImmediate as turn } from 'node:timers/promises'
import { error, isCeflineError } from '../../error.ts'
import type { Answer } from '../refusal.ts'
import { Basic } from './basic.ts'
import { readChallenges } from './challenges.ts'
import type { Challenge } from './challenges.ts'
import { chooseScheme } from './choose.ts'
import type { LoginOptions } from './choose.ts'
import { strongestDigest } from './digest.ts'
import type { Lockout } from './lockout.ts'
import type { Scheme, SchemeName } from './scheme.ts'

/** What a login needs to know of an answer. */
export interface Reply extends Answer {
  /** Number of the connection that it came over. */
  connection: number
}

/** One request, to be sent as often as the login takes, over one connection at a time. */
export interface Attempt<T extends Reply> {
  method: string
  /** With the query, as the server gets it. */
  path: string
  hasBody: boolean
  /** Sends it with this Authorization header, `whole` or without its body. */
  send(authorization: string | undefined, whole: boolean): Promise<T>
  /** Number of the connection that stands; undefined: there is none. */
  connection(): number | undefined
  /** The server's certificate (DER) on that connection. */
  certificate(): Buffer | undefined
}

/** Handshakes that were cut off before it is given up. */
const mostRestarts = 2
/** Proofs that got no answer before it is given up. */
const mostUnanswered = 2
/** Kerberos may take more than the three of NTLM; nobody takes so many. */
const mostLegs = 6

export class Login {
  readonly #options: LoginOptions & { lockout: Lockout }
  #scheme: Scheme | undefined
  #setbacks: readonly string[] = []
  #ticketRefused: string | undefined
  /** The connection that is logged in. */
  #kept: number | undefined
  /** The last leg, with the proof of the password, was cut off without an answer. */
  #isUnanswered = false
  /** Proofs of the password that went out for the request in hand. */
  #proofs = 0
  /** False for a server that wants a login with every request, whatever the connection. */
  #keeps = true

  constructor(options: LoginOptions & { lockout: Lockout }) {
    this.#options = options
  }

  /** The scheme in use; undefined before the first login. */
  get scheme(): SchemeName | undefined {
    return this.#scheme?.name
  }

  /** Why the server refused the last login, where it said so. */
  get refusal(): string | undefined {
    return this.#scheme?.refusal
  }

  /** How often the password was shown for the last request; a ticket is none. */
  get proofs(): number {
    return this.#proofs
  }

  /** What was chosen and why nothing stronger, as the end of a sentence. */
  get description(): string | undefined {
    if (!this.#scheme) return undefined
    const { name } = this.#scheme
    const notes = [...this.#setbacks]
    if (name === 'Basic' && !this.#options.encrypted) {
      notes.push('the password crosses the network in clear text, as the url is http')
    }
    return [name === 'Negotiate' ? 'Negotiate (Kerberos)' : name, ...notes].join('; ')
  }

  /** The answer to the request, logged in; a 401 when the login was refused. */
  async ask<T extends Reply>(attempt: Attempt<T>): Promise<T> {
    this.#proofs = 0
    let cut = 0
    let unanswered = 0
    // A proof that got no answer may have been counted as a wrong password: not three of them.
    while (cut <= mostRestarts && unanswered < mostUnanswered) {
      const answer = await this.#once(attempt)
      if (answer) return answer
      cut += 1
      if (this.#isUnanswered) unanswered += 1
    }
    throw error(
      'network',
      `${this.#options.place}: the ${this.#scheme?.name ?? ''} login was cut off ` +
        `${cut} times, as its connection was closed or changed half-way: whatever ` +
        'stands in between (a proxy, a load balancer) must keep one connection for it; else set ' +
        'auth to digest or basic',
      { retryAfter: unanswered > 0 ? this.#options.lockout.refused(unanswered) : 5 * 60_000 },
    )
  }

  /** Undefined: the handshake was cut off. */
  async #once<T extends Reply>(attempt: Attempt<T>): Promise<T | undefined> {
    let answer: T | undefined
    if (!this.#scheme && this.#options.auth === 'basic') {
      this.#scheme = new Basic(this.#options.account)
    }
    if (!this.#scheme) {
      answer = await attempt.send(undefined, !attempt.hasBody)
      if (answer.status !== 401) return this.#notAsked(attempt, answer)
      const challenges = challengesOf(answer)
      const { scheme, setbacks } = await chooseScheme(
        challenges,
        this.#options,
        this.#ticketRefused,
      )
      this.#scheme = scheme
      this.#setbacks = setbacks
    } else if (this.#isLoggedIn(attempt)) {
      answer = await attempt.send(undefined, true)
      if (answer.status !== 401) return answer
      if (answer.connection === this.#kept) this.#keeps = false
    }
    const last = await this.#handshake(this.#scheme, attempt, answer)
    if (last?.status !== 401 || !this.#maySpareTicket()) return last
    // What else is offered the refusal need not say: asked again, and chosen without the ticket.
    const why = this.refusal === undefined ? '' : ` (${this.refusal})`
    this.#ticketRefused = `${this.#options.place}: the server refused the Kerberos ticket${why}`
    this.#scheme = undefined
    return this.#once(attempt)
  }

  /** A refused ticket is no refused password: with `auto` the next strongest is taken. */
  #maySpareTicket(): boolean {
    const { auth, account } = this.#options
    return this.#scheme?.name === 'Negotiate' && auth === 'auto' && account.password !== undefined
  }

  #isLoggedIn<T extends Reply>(attempt: Attempt<T>): boolean {
    const connection = attempt.connection()
    return this.#keeps && connection !== undefined && connection === this.#kept
  }

  /** A server that wants no login: what it says to the request as it is, or that it is not well. */
  async #notAsked<T extends Reply>(attempt: Attempt<T>, answer: T): Promise<T> {
    const missedBody = attempt.hasBody && [200, 400, 411, 415, 500].includes(answer.status)
    return missedBody ? attempt.send(undefined, true) : answer
  }

  async #handshake<T extends Reply>(
    scheme: Scheme,
    attempt: Attempt<T>,
    first: T | undefined,
  ): Promise<T | undefined> {
    this.#kept = undefined
    this.#isUnanswered = false
    scheme.begin()
    const { method, path } = attempt
    let answer = first
    for (let leg = 0; leg < mostLegs; leg += 1) {
      const challenge = answer && challengeFor(scheme, answer)
      const certificate = attempt.certificate()
      const made = await scheme.answer(challenge, { method, path, certificate })
      if (!made) return answer
      const before = leg > 0 && scheme.perConnection ? answer?.connection : undefined
      // A server that has closed the connection may have said so by now.
      if (before !== undefined) await turn()
      if (before !== undefined && attempt.connection() !== before) return undefined
      if (made.last && scheme.name !== 'Negotiate') this.#proofs += 1
      try {
        answer = await attempt.send(made.authorization, made.last)
      } catch (thrown) {
        if (before !== undefined && isCeflineError(thrown) && thrown.code === 'network') {
          this.#isUnanswered = made.last
          return undefined
        }
        throw thrown
      }
      if (before !== undefined && isCutOff(answer, before)) return undefined
      if (answer.status !== 401) {
        await scheme.confirm?.(challengeFor(scheme, answer))
        if (scheme.perConnection) this.#kept = answer.connection
        return answer
      }
    }
    return answer
  }
}

/**
 * The last leg reached a server that knows nothing of the ones before: over another connection than
 * they took, or with the bare 400 of HTTP.sys, which the API's own 400 is told from by its reasons.
 */
function isCutOff({ status, connection, text }: Reply, before: number): boolean {
  if (status !== 400 && status !== 401) return false
  return connection !== before || (status === 400 && !text.includes('ErrorList'))
}

function challengesOf({ headers }: Answer): Challenge[] {
  return readChallenges(headers['www-authenticate'])
}

/** The answer's challenge that is for this scheme. */
function challengeFor({ name }: Scheme, answer: Answer): Challenge | undefined {
  const challenges = challengesOf(answer)
  if (name === 'Digest') return strongestDigest(challenges)
  const mine = challenges.filter(({ scheme }) => scheme === name.toLowerCase())
  // NTLM may have gone under Negotiate.
  const others = name === 'NTLM' ? challenges.filter(({ scheme }) => scheme === 'negotiate') : []
  return [...mine, ...others].find(({ token }) => token !== undefined) ?? mine[0]
}

/**
 * NTLMv2 over HTTP: three legs on one connection, which then stays logged in. Tied to the server's
 * name and, under TLS, to its certificate, so that it can be used nowhere else.
 *
 * Source: MS-NTHT section 3; for a server that offers only Negotiate the same messages go there, as
 * Windows takes them (MS-N2HT, MS-SPNG).
 */
import { randomBytes } from 'node:crypto'
import { error } from '../../error.ts'
import { ntlmNames } from './account.ts'
import type { Account } from './account.ts'
import { ntlmChannelBinding } from './channel-binding.ts'
import type { Challenge } from './challenges.ts'
import { authenticateMessage, negotiateMessage } from './ntlm-messages.ts'
import type { Answered, Leg, Scheme } from './scheme.ts'

export interface NtlmOptions {
  account: Account
  /** The server's name, for the target `HTTP/host`. */
  host: string
  /** The address, for messages. */
  place: string
  /** The scheme that the messages go under. */
  under?: 'NTLM' | 'Negotiate'
}

export class Ntlm implements Scheme {
  readonly name = 'NTLM'
  readonly perConnection = true
  readonly #options: NtlmOptions
  readonly #prefix: string
  #negotiate: Buffer | undefined
  #said = false

  constructor(options: NtlmOptions) {
    this.#options = options
    this.#prefix = options.under ?? 'NTLM'
  }

  begin(): void {
    this.#negotiate = undefined
    this.#said = false
  }

  async answer(challenge: Challenge | undefined, leg: Leg): Promise<Answered | undefined> {
    // A second challenge after the proof is a refusal: the password is not tried on it.
    if (this.#said) return undefined
    if (!this.#negotiate) {
      this.#negotiate = negotiateMessage()
      return this.#header(this.#negotiate, false)
    }
    if (challenge?.token === undefined) return undefined
    this.#said = true
    const { account, host } = this.#options
    const message = authenticateMessage({
      ...ntlmNames(account.username),
      password: account.password ?? '',
      negotiate: this.#negotiate,
      challenge: Buffer.from(challenge.token, 'base64'),
      target: `HTTP/${host}`,
      channelBinding: ntlmChannelBinding(leg.certificate),
      clientChallenge: randomBytes(8),
      now: Date.now(),
    })
    if (message) return this.#header(message, true)
    throw error(
      'unauthorized',
      `${this.#options.place}: the server’s NTLM challenge cannot be answered with NTLMv2, and ` +
        'weaker ones are not made: allow NTLMv2 on the server, or set auth: basic over https',
      { retryAfter: 5 * 60_000 },
    )
  }

  #header(message: Buffer, last: boolean): Answered {
    return { authorization: `${this.#prefix} ${message.toString('base64')}`, last }
  }
}

/**
 * Negotiate: a Kerberos ticket for `HTTP/host`, out of a keytab or a credential cache. No password
 * is used or sent, so a ticket that the server refuses locks no account; a keytab's key that the realm
 * refuses may, and rests (`key-rest.ts`). Where the server proves itself in return, the proof is checked.
 *
 * Source: RFC 4559 section 4. No channel binding: the package has none.
 */
import { error } from '../../error.ts'
import type { CeflineError } from '../../error.ts'
import { printable, shorten } from '../../io/printable.ts'
import { kerberosPrincipal } from './account.ts'
import type { Challenge } from './challenges.ts'
import { isRefusedKey, keyRest, rememberRefusal, requireRested } from './key-rest.ts'
import { openContext, reasonOf } from './kerberos-library.ts'
import type { Context, Tickets } from './kerberos-library.ts'
import type { Answered, Scheme } from './scheme.ts'

export interface NegotiateOptions {
  username: string
  host: string
  /** The address, for messages. */
  place: string
  tickets: Tickets
}

export class Negotiate implements Scheme {
  readonly name = 'Negotiate'
  readonly perConnection = true
  readonly #options: NegotiateOptions
  /** A token that was made and not sent yet. */
  #ready: string | undefined
  #context: Context | undefined
  #refusal: string | undefined

  constructor(options: NegotiateOptions) {
    this.#options = options
  }

  /** Gets the first token, so that it is known whether there is one. Throws why there is none. */
  async prepare(): Promise<void> {
    const { username, host, tickets } = this.#options
    const principal = kerberosPrincipal(username)
    const keytab = tickets.keytab ?? ''
    try {
      requireRested(keytab, principal)
      const opened = await openContext(host, principal, tickets)
      this.#context = opened.context
      this.#ready = opened.token
    } catch (thrown) {
      const what = `no Kerberos ticket of ${printable(principal)} for HTTP/${host}`
      if (isRefusedKey(reasonOf(thrown))) {
        rememberRefusal(keytab, principal, thrown)
        const cure =
          'the account has another key by now: make the keytab anew. The realm counts this like a ' +
          'wrong password, so this one is tried again only in 35 minutes'
        throw this.#failure(what, thrown, cure, keyRest)
      }
      throw this.#failure(
        what,
        thrown,
        'set keytab or credentialCache to where its key or ticket is, and look at krb5.conf',
      )
    }
  }

  get refusal(): string | undefined {
    return this.#refusal
  }

  begin(): void {
    if (this.#ready === undefined) this.#context = undefined
  }

  async answer(challenge: Challenge | undefined): Promise<Answered | undefined> {
    if (!this.#context) await this.prepare()
    let token = this.#ready
    this.#ready = undefined
    if (token === undefined) {
      if (challenge?.token === undefined || this.#context?.complete !== false) return undefined
      try {
        token = await this.#context.step(challenge.token)
      } catch (thrown) {
        // The token was no next leg but the server's reason.
        this.#refusal = said(thrown)
        return undefined
      }
    }
    return { authorization: `Negotiate ${token}`, last: true }
  }

  async confirm(challenge: Challenge | undefined): Promise<void> {
    if (challenge?.token === undefined || this.#context?.complete !== false) return
    try {
      await this.#context.step(challenge.token)
    } catch (thrown) {
      throw this.#failure(
        'the server’s Kerberos answer does not fit the ticket',
        thrown,
        `is HTTP/${this.#options.host} the name of the account that the server runs under?`,
      )
    }
  }

  #failure(what: string, thrown: unknown, cure: string, retryAfter = 5 * 60_000): CeflineError {
    return error('unauthorized', `${this.#options.place}: ${what} (${said(thrown)}): ${cure}`, {
      retryAfter,
    })
  }
}

function said(thrown: unknown): string {
  const preamble = /^Unspecified GSS failure\. *Minor code may provide more information: */
  return shorten(printable(reasonOf(thrown).replace(preamble, '')), 300)
}

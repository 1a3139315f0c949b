/**
 * What the schemes have in common: each turns the server's challenges into Authorization headers.
 */
import type { Challenge } from './challenges.ts'

export type SchemeName = 'Negotiate' | 'NTLM' | 'Digest' | 'Basic'

/** What a header is made for. */
export interface Leg {
  method: string
  /** With the query, as the server gets it. */
  path: string
  /** The server's certificate (DER) on the connection that the header goes over, under TLS. */
  certificate: Buffer | undefined
}

export interface Answered {
  /** The header's value: secret. */
  authorization: string
  /** True when this may be let in: then the request is sent whole, else without its body. */
  last: boolean
}

export interface Scheme {
  readonly name: SchemeName
  /** True when a connection stays logged in: what follows on it needs no header. */
  readonly perConnection: boolean
  /** Why the server refused, where it says so and the scheme can read it. */
  readonly refusal?: string | undefined
  /** Forgets a handshake that was not finished; what was learned for later requests stays. */
  begin(): void
  /** The next header; `challenge` is the server's last for this scheme, undefined when it has given
   * none yet. Undefined: there is nothing more to say, the server has refused. */
  answer(challenge: Challenge | undefined, leg: Leg): Promise<Answered | undefined>
  /** Looks at what came with the answer of a server that let us in; throws when it is not the one. */
  confirm?(challenge: Challenge | undefined): Promise<void>
}

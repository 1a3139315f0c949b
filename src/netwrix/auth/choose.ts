/**
 * Which scheme to log in with: by hand exactly that one, else the strongest that the server offers
 * and that can be used here. Kerberos first, then NTLMv2, Digest, and Basic last, which sends the
 * password itself.
 */
import { error } from '../../error.ts'
import type { Account } from './account.ts'
import { Basic } from './basic.ts'
import { namesOf } from './challenges.ts'
import type { Challenge } from './challenges.ts'
import { Digest, strongestDigest } from './digest.ts'
import type { Tickets } from './kerberos-library.ts'
import { Negotiate } from './negotiate.ts'
import { Ntlm } from './ntlm.ts'
import type { Scheme } from './scheme.ts'

/** As the option `auth` has it. */
export type Auth = 'auto' | 'basic' | 'ntlm' | 'negotiate' | 'digest'

export interface LoginOptions {
  auth: Auth
  account: Account
  tickets: Tickets
  /** The server's name, as its service principal has it. */
  host: string
  /** The address, for messages. */
  place: string
  /** Whether the way there is encrypted. */
  encrypted: boolean
}

export interface Chosen {
  scheme: Scheme
  /** Why a stronger one could not be used, each a sentence. */
  setbacks: string[]
}

const strongestFirst: Exclude<Auth, 'auto'>[] = ['negotiate', 'ntlm', 'digest', 'basic']
const names = { negotiate: 'Negotiate', ntlm: 'NTLM', digest: 'Digest', basic: 'Basic' }
/** ms: no password was tried, but nothing changes by itself either. */
const wait = 5 * 60_000

/** Throws `unauthorized` when none can be used, with what the server offers; `ticketRefused` says why
 * Kerberos is not to be tried any more. */
export async function chooseScheme(
  challenges: readonly Challenge[],
  options: LoginOptions,
  ticketRefused?: string,
): Promise<Chosen> {
  const { auth, place } = options
  const offers = namesOf(challenges).join(', ') || 'nothing'
  const setbacks: string[] = []
  for (const name of auth === 'auto' ? strongestFirst : [auth]) {
    const scheme = candidate(name, challenges, options)
    if (!scheme) continue
    if (!(scheme instanceof Negotiate)) return { scheme, setbacks }
    if (ticketRefused !== undefined) {
      setbacks.push(ticketRefused)
      continue
    }
    try {
      await scheme.prepare()
      return { scheme, setbacks }
    } catch (thrown) {
      if (auth !== 'auto') throw thrown
      setbacks.push((thrown as Error).message)
    }
  }
  const why = setbacks.length === 0 ? '' : ` (${setbacks.join('; ')})`
  throw error(
    'unauthorized',
    auth === 'auto'
      ? `${place} offers ${offers}, and none of it can be used here${why}: allow NTLM, Negotiate, ` +
          'Digest or Basic on the server'
      : `${place} does not offer ${names[auth]} but ${offers}: set auth to one of these, or to auto`,
    { retryAfter: wait },
  )
}

/** The scheme when the server offers it and there is what it needs. */
function candidate(
  name: Exclude<Auth, 'auto'>,
  challenges: readonly Challenge[],
  { account, host, place, tickets }: LoginOptions,
): Scheme | undefined {
  const offered = (scheme: string) => challenges.some((challenge) => challenge.scheme === scheme)
  if (name === 'negotiate') {
    const { username } = account
    return offered('negotiate') ? new Negotiate({ username, host, place, tickets }) : undefined
  }
  if (account.password === undefined) return undefined
  switch (name) {
    case 'ntlm':
      if (offered('ntlm')) return new Ntlm({ account, host, place })
      return offered('negotiate')
        ? new Ntlm({ account, host, place, under: 'Negotiate' })
        : undefined
    case 'digest':
      return strongestDigest(challenges) ? new Digest(account) : undefined
    case 'basic':
      return offered('basic') ? new Basic(account) : undefined
  }
}

/**
 * The options of the source `netwrix-api`, and what cannot be said about them one by one.
 */
import { error } from '../error.ts'
import { httpSchema, readHttpUrl, refuseTimes } from '../http/options.ts'
import { proxyFor } from '../http/proxy.ts'
import type { Proxy } from '../http/proxy.ts'
import type { TlsOptions } from '../io/tls.ts'
import { profiles } from '../mappings/netwrix.ts'
import type { Profile } from '../mappings/netwrix.ts'
import { mappingSchema } from '../mappings/options.ts'
import type { MappingSpec } from '../mappings/options.ts'
import type { Auth } from './auth/choose.ts'
import type { Tickets } from './auth/kerberos-library.ts'
import { apiAddress } from './client.ts'

export interface Options {
  url: string
  username: string
  /** Null where a Kerberos ticket stands for it. */
  password: string | null
  auth: Auth
  keytab?: string | null
  credentialCache?: string | null
  format: 'json' | 'xml'
  pageSize: number
  /** ms */
  interval: number
  /** ms */
  since: number
  /** ms */
  timeout: number
  /** As it was written; `filter.ts` reads it. */
  filter: unknown
  leaveOut: readonly string[] | null
  profile: Profile
  mapping?: MappingSpec
  allowPlainHttp: boolean
  /** Secret: it may hold a user and password. */
  proxy?: string | null
  tls: TlsOptions
}

export const schema = {
  url: {
    doc: 'Address of the Integration API, such as `https://auditor.example.com:9699`.',
    format: 'url',
    default: null as string | null,
    required: true,
  },
  username: {
    doc: 'Account that may read all activity records: `DOMAIN\\user`, `user@domain` or a plain name.',
    format: 'text',
    default: null as string | null,
    required: true,
  },
  password: {
    doc: 'Its password, better as `${file:/path}`; needed unless `auth` is negotiate.',
    format: 'text?',
    default: null as string | null,
    sensitive: true,
  },
  auth: {
    doc: 'How to log in; auto takes the strongest that the server offers and that can be used.',
    format: ['auto', 'basic', 'ntlm', 'negotiate', 'digest'],
    default: 'auto',
  },
  keytab: {
    doc: 'Kerberos keytab with the account’s key, for negotiate.',
    format: 'text?',
    default: null as string | null,
  },
  credentialCache: {
    doc: 'Kerberos credential cache, such as `FILE:/run/krb5cc`, where tickets come from elsewhere.',
    format: 'text?',
    default: null as string | null,
  },
  format: {
    doc: 'Form of the questions and answers; the events are the same.',
    format: ['json', 'xml'],
    default: 'json',
  },
  pageSize: {
    doc: 'Records to ask for at once; fewer, for a time, when the server does not answer in time.',
    format: 'count',
    default: 1000,
  },
  interval: {
    doc: 'Time to wait after the last page before asking for new records.',
    format: 'duration',
    default: 60_000,
  },
  since: {
    doc: 'How far back the very first run goes; 0 reads everything that the server has.',
    format: 'age',
    default: 30 * 24 * 60 * 60_000,
  },
  filter: {
    doc: 'Which records the server gives, by the API’s own filters, such as `Who: { NotEqualTo: system }`.',
    format: 'tree',
    default: null as unknown,
  },
  leaveOut: {
    doc: 'Data sources whose records are counted and not sent, such as `Self-audit, Netwrix API`.',
    format: 'names',
    default: null as string[] | null,
  },
  timeout: httpSchema.timeout,
  profile: {
    doc: 'The CEF that is made; classic is what Netwrix’s own add-on sends; in extended shost is the workstation.',
    format: profiles,
    default: 'standard',
  },
  mapping: mappingSchema,
  allowPlainHttp: {
    doc: 'Whether an `http://` url is accepted, over which anyone can read the password.',
    format: 'flag',
    default: false,
  },
  proxy: httpSchema.proxy,
  tls: httpSchema.tls,
}

/** The API’s address, or an error of code `config`. */
export function readUrl(options: Options, place: string): URL {
  const words = {
    example: 'https://host:9699',
    userinfo: `put them into ${place}.username and .password`,
    secret: 'password',
  }
  return apiAddress(readHttpUrl(options, words, place).href)
}

/** How the client logs in, and what way it takes; throws `config` for a proxy that is none. */
export function loginOptions(
  { username, password, auth, keytab, credentialCache, proxy }: Options,
  url: URL,
  place: string,
): {
  username: string
  password: string | null
  auth: Auth
  tickets: Tickets
  proxy: Proxy | undefined
} {
  const tickets = { keytab: keytab ?? null, credentialCache: credentialCache ?? null }
  return { username, password, auth, tickets, proxy: proxyFor(url, proxy ?? null, place) }
}

/** Throws `config` for options that are each well formed and cannot be used. */
export function refuseUnusable(options: Options, place: string): void {
  const { auth, username, password, pageSize, interval, timeout } = options
  const refuse = (option: string, what: string) => error('config', `${place}.${option} ${what}`)
  const hasTicket = (options.keytab ?? options.credentialCache ?? null) !== null
  if (password === null && auth !== 'negotiate' && !(auth === 'auto' && hasTicket)) {
    throw refuse('password', 'is missing and required, unless auth is negotiate')
  }
  if (hasTicket && auth !== 'auto' && auth !== 'negotiate') {
    throw refuse('auth', `is ${auth}, but a keytab or credentialCache is set: write negotiate`)
  }
  // RFC 7617: the first colon ends the user's name; Windows has no account with one.
  if (username.includes(':')) throw refuse('username', 'holds a colon, which Basic cannot carry')
  if (!(pageSize >= 1)) throw refuse('pageSize', `is ${pageSize}; ask for 1 record at least`)
  refuseTimes({ interval, timeout }, place)
}

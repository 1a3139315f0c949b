/**
 * The options of the source `netwrix-api`, and what cannot be said about them one by one.
 */
import { error } from '../error.ts'
import { tlsSchema } from '../io/tls.ts'
import type { TlsOptions } from '../io/tls.ts'
import { apiAddress } from './client.ts'

export interface Options {
  url: string
  username: string
  password: string
  auth: 'auto' | 'basic' | 'ntlm' | 'negotiate' | 'digest'
  format: 'json' | 'xml'
  pageSize: number
  /** ms */
  interval: number
  /** ms */
  since: number
  /** ms */
  timeout: number
  profile: 'standard' | 'classic'
  allowPlainHttp: boolean
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
    doc: 'Its password; better `${file:/path}` than in the file itself.',
    format: 'text',
    default: null as string | null,
    sensitive: true,
    required: true,
  },
  auth: {
    doc: 'How to log in; this version knows basic, which auto means.',
    format: ['auto', 'basic', 'ntlm', 'negotiate', 'digest'],
    default: 'auto',
  },
  format: {
    doc: 'Form of the answers; this version knows json.',
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
  timeout: {
    doc: 'Time for one answer, from the request to its last byte.',
    format: 'duration',
    default: 5 * 60_000,
  },
  profile: {
    doc: 'Content of the CEF events: standard, or classic as the vendor’s add-on sends them.',
    format: ['standard', 'classic'],
    default: 'standard',
  },
  allowPlainHttp: {
    doc: 'Whether an `http://` url is accepted, over which anyone can read the password.',
    format: 'flag',
    default: false,
  },
  tls: tlsSchema,
}

/** The API’s address, or an error of code `config`. */
export function readUrl({ url, allowPlainHttp }: Options, place: string): URL {
  const address = URL.canParse(url) ? apiAddress(url) : undefined
  const refuse = (what: string) => error('config', `${place}.url ${what}`)
  if (!address || !/^https?:$/.test(address.protocol)) {
    throw refuse(
      `is “${url.replace(/\/\/[^/]*@/, '//****@')}”, no https address; write https://host:9699`,
    )
  }
  if (address.username !== '' || address.password !== '') {
    throw refuse(`holds a user or password; put them into ${place}.username and .password`)
  }
  if (address.search !== '' || address.hash !== '') {
    throw refuse(`has a query or fragment; write only ${address.origin}`)
  }
  if (address.protocol === 'http:' && !allowPlainHttp) {
    throw refuse(
      `is ${address.origin}, over which anyone can read the password; use https, or set ` +
        `${place}.allowPlainHttp: true if that network is yours alone`,
    )
  }
  return address
}

/** Throws `config` for options that are each well formed and cannot be used. */
export function refuseUnusable(options: Options, place: string): void {
  const { auth, format, username, pageSize, interval, timeout } = options
  const refuse = (option: string, what: string) => error('config', `${place}.${option} ${what}`)
  if (auth !== 'auto' && auth !== 'basic') {
    throw refuse('auth', `is ${auth}, which this version does not know yet; use basic`)
  }
  if (format !== 'json')
    throw refuse('format', 'is xml, which this version does not know yet; use json')
  // RFC 7617: the first colon ends the user's name.
  if (username.includes(':')) throw refuse('username', 'holds a colon, which Basic cannot carry')
  if (!(pageSize >= 1)) throw refuse('pageSize', `is ${pageSize}; ask for 1 record at least`)
  for (const [option, value] of Object.entries({ interval, timeout })) {
    if (value > 0 && value < 2 ** 31) continue
    throw refuse(option, `is ${value} ms; write a time from 1ms to 24d, such as 60s`)
  }
}

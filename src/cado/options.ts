/**
 * The options of the source `cado-api`, and what cannot be said about them one by one.
 */
import { error } from '../error.ts'
import { withoutUserinfo } from '../io/printable.ts'
import { tlsSchema } from '../io/tls.ts'
import type { TlsOptions } from '../io/tls.ts'
import type { CadoProfile } from '../mappings/cado.ts'
import type { MappingSpec } from '../mappings/options.ts'
import { readingSchema } from '../timeline/options.ts'

export interface Options {
  url: string
  /** Secret. */
  token: string
  /** Names or ids; null: all that the token sees. */
  projects: readonly string[] | null
  pageSize: number
  /** ms */
  interval: number
  /** ms; 0: all there is. */
  since: number
  partial: boolean
  /** ms */
  timeout: number
  profile: CadoProfile
  severity: 'alarm' | 'verbatim'
  mapping?: MappingSpec
  allowPlainHttp: boolean
  /** Secret: it may hold a user and password. */
  proxy?: string | null
  tls: TlsOptions
}

export const schema = {
  url: {
    doc: 'Address of the Cado platform, such as `https://cado.example.com`.',
    format: 'url',
    default: null as string | null,
    required: true,
  },
  token: {
    doc: 'API key of an account that may read (Read Only Analyst is enough), better as `${file:/path}`.',
    format: 'text',
    default: null as string | null,
    required: true,
    sensitive: true,
  },
  projects: {
    doc: 'Names or ids of the projects whose timelines are fetched; all that the token sees when not set.',
    format: 'names',
    default: null as string[] | null,
  },
  pageSize: {
    doc: 'Events to ask for at once; fewer where the platform refuses that many or is too slow for them.',
    format: 'count',
    default: 1000,
  },
  interval: {
    doc: 'Time to wait before looking for evidence whose processing is complete.',
    format: 'duration',
    default: 60_000,
  },
  since: {
    doc: 'How far back processing may have begun for its timeline to be fetched, counted from the first start; 0: all.',
    format: 'age',
    default: 0,
  },
  partial: {
    doc: 'Whether what there is of a timeline is fetched also when its processing failed or was cancelled.',
    format: 'flag',
    default: false,
  },
  timeout: {
    doc: 'Time for one answer, from the request to its last byte.',
    format: 'duration',
    default: 5 * 60_000,
  },
  profile: readingSchema.profile,
  severity: readingSchema.severity,
  mapping: readingSchema.mapping,
  allowPlainHttp: {
    doc: 'Whether an `http://` url is accepted, over which anyone can read the token.',
    format: 'flag',
    default: false,
  },
  proxy: {
    doc: 'HTTP proxy, such as `http://user:password@proxy:3128`; without it HTTPS_PROXY and NO_PROXY count; none: no proxy.',
    format: 'text?',
    default: null as string | null,
    sensitive: true,
  },
  tls: tlsSchema,
}

const path = '/api/v3'

/** The API's base address, with a slash at the end, for what the user wrote: the host, or the host with
 * `/api/v3`, or a proxy's path before it. Throws `config`. */
export function readUrl({ url, allowPlainHttp }: Options, place: string): URL {
  const address = URL.canParse(url) ? new URL(url) : undefined
  const refuse = (what: string) => error('config', `${place}.url ${what}`)
  if (!address || !/^https?:$/.test(address.protocol)) {
    throw refuse(`is “${withoutUserinfo(url)}”, no https address; write https://host`)
  }
  if (address.username !== '' || address.password !== '') {
    throw refuse(`holds a user or password; the platform wants an API key: ${place}.token`)
  }
  if (address.search !== '' || address.hash !== '') {
    throw refuse(`has a query or fragment; write only ${address.origin}`)
  }
  if (address.protocol === 'http:' && !allowPlainHttp) {
    throw refuse(
      `is ${address.origin}, over which anyone can read the token; use https, or set ` +
        `${place}.allowPlainHttp: true if that network is yours alone`,
    )
  }
  const before = address.pathname.replace(/\/+$/, '')
  address.pathname = before.endsWith(path) ? `${before}/` : `${before}${path}/`
  return address
}

/** Throws `config` for options that are each well formed and cannot be used. */
export function refuseUnusable(options: Options, place: string): void {
  const { token, pageSize, interval, timeout } = options
  const refuse = (option: string, what: string) => error('config', `${place}.${option} ${what}`)
  // RFC 6750 section 2.1. A line end at the end of a file is the usual slip, and taken off.
  if (!/^[A-Za-z0-9\-._~+/]+=*$/.test(token.trim())) {
    throw refuse('token', 'is no bearer token: copy the Secret Key that Settings > API shows once')
  }
  if (!(pageSize >= 1)) throw refuse('pageSize', `is ${pageSize}; ask for 1 event at least`)
  for (const [option, value] of Object.entries({ interval, timeout })) {
    if (value > 0 && value < 2 ** 31) continue
    throw refuse(option, `is ${value} ms; write a time from 1ms to 24d, such as 60s`)
  }
}

/**
 * The options of the source `cado-api`, and what cannot be said about them one by one.
 */
import { error } from '../error.ts'
import { httpSchema, readHttpUrl, refuseTimes } from '../http/options.ts'
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
  timeout: httpSchema.timeout,
  profile: readingSchema.profile,
  severity: readingSchema.severity,
  mapping: readingSchema.mapping,
  allowPlainHttp: {
    doc: 'Whether an `http://` url is accepted, over which anyone can read the token.',
    format: 'flag',
    default: false,
  },
  proxy: httpSchema.proxy,
  tls: httpSchema.tls,
}

const path = '/api/v3'

/** The API's base address, with a slash at the end, for what the user wrote: the host, or the host with
 * `/api/v3`, or a proxy's path before it. Throws `config`. */
export function readUrl(options: Options, place: string): URL {
  const words = {
    example: 'https://host',
    userinfo: `the platform wants an API key: ${place}.token`,
    secret: 'token',
  }
  const address = readHttpUrl(options, words, place)
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
  refuseTimes({ interval, timeout }, place)
}

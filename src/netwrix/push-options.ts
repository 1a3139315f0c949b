/**
 * The options of the source `netwrix-push`, and what cannot be said about them one by one.
 */
import { isIP } from 'node:net'
import { error } from '../error.ts'
import { schema as alertSchema } from './alert-options.ts'
import type { AlertReading } from './alert-reader.ts'

export interface Options extends AlertReading {
  /** `address:port`. */
  listen: string
  folder: string
  token: string | null
  allowPlainHttp: boolean
  /** Bytes. */
  maxBody: number
  /** A minute and client address; 0: no limit. */
  rate: number
  /** ms. */
  timeout: number
  tls: PushTls
}

export interface PushTls {
  cert: string | null
  key: string | null
  selfMade: boolean
  names: string[] | null
  minVersion: 'TLSv1.2' | 'TLSv1.3'
}

export const schema = {
  listen: {
    doc: 'Address and port that alerts are sent to.',
    format: 'listen',
    default: '127.0.0.1:8515',
  },
  folder: {
    doc: 'Its own folder: bodies on their way to the spool, and the certificate that it made itself.',
    format: 'text',
    default: './push',
  },
  token: {
    doc: 'What senders show as `Authorization: Bearer …`, at least 16 characters; needed when it listens beyond loopback; better `${file:/path}` than in the file itself.',
    format: 'text?',
    default: null as string | null,
    sensitive: true,
  },
  allowPlainHttp: {
    doc: 'Whether it may listen beyond loopback without TLS, so that anyone on the way can read token and alerts.',
    format: 'flag',
    default: false,
  },
  maxBody: {
    doc: 'The most that one file may have, unpacked; more is refused with 413.',
    format: 'bytes',
    default: 64e6,
    min: 1e3,
  },
  rate: {
    doc: 'Requests a minute that one client address may make; 0 for no limit.',
    format: 'count',
    default: 600,
  },
  timeout: {
    doc: 'How long a file may wait to be durable in the spool before its sender is told 503, to send it again.',
    format: 'duration',
    default: 30_000,
  },
  timezone: alertSchema.timezone,
  dateFormat: alertSchema.dateFormat,
  profile: alertSchema.profile,
  mapping: alertSchema.mapping,
  sameAs: alertSchema.sameAs,
  tls: {
    cert: {
      doc: 'PEM file (or PEM text) of its certificate, followed by the intermediates; without it, it makes one itself when it listens beyond loopback.',
      format: 'text?',
      default: null as string | null,
    },
    key: {
      doc: 'PEM file (or PEM text) of the certificate’s private key, without a passphrase.',
      format: 'text?',
      default: null as string | null,
      sensitive: true,
    },
    selfMade: {
      doc: 'Whether it uses a certificate that it made itself on loopback too.',
      format: 'flag',
      default: false,
    },
    names: {
      doc: 'Names and addresses that go into the certificate that it makes; the machine’s name, and the address that it listens on, when not set.',
      format: 'names',
      default: null as string[] | null,
    },
    minVersion: {
      doc: 'Oldest TLS version that is accepted.',
      format: ['TLSv1.2', 'TLSv1.3'],
      default: 'TLSv1.2',
    },
  },
}

export interface PushAddress {
  host: string
  port: number
  isLoopback: boolean
}

export function pushAddress(listen: string): PushAddress {
  const colon = listen.lastIndexOf(':')
  const host = listen.slice(0, colon).replace(/^\[(.*)\]$/, '$1')
  const isLoopback =
    host === 'localhost' || host === '::1' || (isIP(host) === 4 && host.startsWith('127.'))
  return { host, port: Number(listen.slice(colon + 1)), isLoopback }
}

/** Where its certificate comes from. */
export function certificateKind({
  listen,
  allowPlainHttp,
  tls,
}: Options): 'files' | 'made' | 'none' {
  if (tls.cert !== null) return 'files'
  if (tls.selfMade) return 'made'
  return pushAddress(listen).isLoopback || allowPlainHttp ? 'none' : 'made'
}

/** Throws `config` for options that are each well formed and cannot be used. */
export function refuseUnusable(options: Options, place: string): void {
  const { listen, token, timeout, tls } = options
  const refuse = (option: string, what: string) => error('config', `${place}.${option} ${what}`)
  if (token === null && !pushAddress(listen).isLoopback) {
    throw refuse(
      'token',
      `is not set, and ${listen} can be reached from other machines; ` +
        'write token: ${file:/run/secrets/push-token}, with what openssl rand -hex 32 prints in that file',
    )
  }
  if (token !== null && !/^[\x21-\x7e]{16,}$/.test(token)) {
    throw refuse(
      'token',
      'is shorter than 16 characters, or has blanks or letters that no HTTP header can carry; ' +
        'use what openssl rand -hex 32 prints',
    )
  }
  if ((tls.cert === null) !== (tls.key === null)) {
    const [set, missing] = tls.cert === null ? ['key', 'cert'] : ['cert', 'key']
    throw refuse(`tls.${set}`, `is set but ${place}.tls.${missing} is not: set both`)
  }
  if (tls.cert !== null && tls.selfMade) {
    throw refuse('tls.selfMade', `is true beside ${place}.tls.cert: leave one of them out`)
  }
  const odd = (tls.names ?? []).find(
    (name) => isIP(name) === 0 && !/^[\w*][\w.*-]{0,252}$/.test(name),
  )
  if (odd !== undefined) {
    throw refuse('tls.names', `has "${odd}", which is no host name and no address`)
  }
  if (timeout < 1) throw refuse('timeout', 'is 0; write a time from 1ms to 24d, such as 30s')
}

/** Options of a syslog destination as the configuration gives them, with short waits. */
import type { Options } from '../../src/destinations/syslog.ts'
import { create } from '../../src/destinations/syslog.ts'
import type { Destination } from '../../src/core.ts'
import type { TlsOptions } from '../../src/io/tls.ts'
import { plainTls } from './plain-tls.ts'

export type Some = Partial<Omit<Options, 'tls'>> & { tls?: Partial<TlsOptions> }

export function syslogOptions(url: string | string[], options: Some = {}): Options {
  return {
    url: [url].flat(),
    receiver: null,
    format: null,
    framing: null,
    payload: 'cef',
    snare: { eventIds: true, includeDataSource: true, sourceByDataSource: false },
    facility: 'local4',
    hostname: 'auditor.example.com',
    appName: 'cefline',
    timezone: 'UTC',
    time: 'event',
    maxBytes: null,
    equals: null,
    clashes: null,
    receiptEvery: 0,
    receiptWindow: 50_000,
    receiptAfter: 100,
    failBack: 1000,
    timeout: 5000,
    ...options,
    tls: { ...plainTls, ...options.tls },
  }
}

/** The destination `destinations.siem`. */
export function syslogTo(url: string | string[], options: Some = {}): Destination {
  return create(syslogOptions(url, options), { name: 'siem' })
}

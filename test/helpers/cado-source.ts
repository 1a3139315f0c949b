/**
 * The source `cado-api` as tests want it: everything at its default but what the test is about, and a
 * spool for it.
 */
import type { Options } from '../../src/sources/cado-api.ts'
import { openSpool } from '../../src/spool/spool.ts'
import type { LmdbSpool } from '../../src/spool/spool.ts'
import { plainTls } from './plain-tls.ts'

/** The source's name. */
export const cadoQueue = 'cado'

export function cadoOptions(
  platform: { url: string; token: string },
  options: Partial<Options> = {},
): Options {
  return {
    url: platform.url,
    token: platform.token,
    projects: null,
    pageSize: 10,
    interval: 20,
    since: 0,
    partial: false,
    timeout: 20_000,
    profile: 'cado',
    severity: 'alarm',
    allowPlainHttp: true,
    proxy: 'none',
    tls: plainTls,
    ...options,
  }
}

export function openCadoSpool(folder: string): Promise<LmdbSpool> {
  return openSpool({
    folder,
    maxBytes: 1e9,
    reserve: 0,
    remember: { age: 1e9, count: 1e6 },
    queues: [cadoQueue],
    destinations: new Map([['siem', [cadoQueue]]]),
  })
}

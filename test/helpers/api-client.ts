/**
 * A client of the Integration API as a test wants it: everything left at its default but what the
 * test is about, and closed at its end.
 */
import type { Test } from 'tap'
import type { CeflineError } from '../../src/error.ts'
import { apiAddress, IntegrationApi } from '../../src/netwrix/client.ts'
import type { ClientOptions } from '../../src/netwrix/client.ts'
import { plainTls } from './plain-tls.ts'

export function apiClient(
  t: Test,
  {
    url,
    ca = null,
    ...options
  }: { url: string; ca?: string | null } & Partial<Omit<ClientOptions, 'url'>>,
): IntegrationApi {
  const client = new IntegrationApi({
    url: apiAddress(url),
    username: 'ENTERPRISE\\siem',
    password: 'p4ss:wörd',
    auth: 'auto',
    tickets: { keytab: null, credentialCache: null },
    timeout: 20_000,
    tls: { ...plainTls, ca },
    place: 'sources.activity',
    ...options,
  })
  t.teardown(() => client.close())
  return client
}

/** What the work was refused with. */
export async function failure(work: Promise<unknown>): Promise<CeflineError> {
  return work.then(
    () => Promise.reject(new Error('it did not fail')),
    (thrown: CeflineError) => thrown,
  )
}

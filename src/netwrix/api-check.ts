/**
 * The steps of `cefline check` for the Integration API: name, connection, certificate, login. The
 * last one imitates the first real step, one page of one record, and changes nothing, as the mark it
 * brings is thrown away.
 */
import type { CheckStep } from '../core.ts'
import * as http from '../http/check.ts'
import type { Checkpoint } from './checkpoint.ts'
import type { ClientOptions, IntegrationApi } from './client.ts'
import type { Seen } from '../io/check-step.ts'
import { auditorServer } from './peer.ts'

/** Steps up to the first that fails. `checkpoint` is where the first page would begin. */
export async function* checkApi(
  api: IntegrationApi,
  options: ClientOptions,
  checkpoint: Checkpoint,
  signal: AbortSignal,
): AsyncGenerator<CheckStep> {
  const { url, username } = options
  for await (const step of http.checkWay(url, { ...options, peer: auditorServer }, signal)) {
    yield step
    if (!step.ok) return
  }
  const login = async () => {
    const { records } = await api.page(checkpoint, 1, signal)
    const found =
      records.length > 0
        ? 'at least one record waits'
        : 'no record waits: if there should be some, look at the account’s role, as a Reviewer ' +
          'sees only a part'
    const { href } = api.address(checkpoint.mode)
    return `${username} is let in by ${href} (${api.login ?? 'without a login'}); ${found}`
  }
  yield await run('authentication', login, url)
}

/** One step from what `work` saw or threw. */
export function run(
  name: string,
  work: () => Promise<string | Seen>,
  url: URL,
): Promise<CheckStep> {
  return http.run(name, work, url, auditorServer)
}

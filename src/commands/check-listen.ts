/**
 * The step of `cefline check` that looks at `status.listen`: the address is taken for a moment and given
 * back, as `run` will take it, and it is said who would get to see the page. An appliance that runs on
 * this very spool has the address already, and shows it by answering there.
 */
import type { Configuration } from '../config/load.ts'
import { connectControl } from '../control/client.ts'
import type { CheckStep } from '../core.ts'
import { errnoOf } from '../io/regular-file.ts'
import { step } from '../io/check-step.ts'
import { Guard } from '../status/guard.ts'
import { isLoopback, splitListen, tryListen } from '../status/listen.ts'

/** ms that a running appliance's page is waited for. */
const longestWait = 5000

export function listenStep({ status, spool }: Configuration): Promise<CheckStep> {
  return step('listen', async () => {
    const who = audience(status)
    try {
      await tryListen(status.listen)
      return `${status.listen}; ${who}`
    } catch (thrown) {
      const taken = errnoOf((thrown as Error).cause) === 'EADDRINUSE'
      const page = taken ? await ownPage(spool.folder, status.listen) : undefined
      if (page === undefined) throw thrown
      return `${page}: the appliance that runs on this spool answers; ${who}`
    }
  })
}

/** Who gets to see what is shown there. */
function audience(status: Configuration['status']): string {
  const guard = new Guard(status)
  if (guard.hasTokens) return 'page and API are behind a token, health and metrics open'
  if (!guard.isOpen) {
    return 'page and API are off until status.token is set, as it is not loopback; health and metrics are open'
  }
  return 'page and API are open to this machine (loopback)'
}

/** Of the appliance that runs on the folder, where it answers at this address. */
async function ownPage(folder: string, listen: string): Promise<string | undefined> {
  try {
    const control = await connectControl(folder)
    if (!control) return undefined
    const { page } = await control.status({}).finally(() => control.close())
    if (page === undefined || !isAt(page, listen)) return undefined
    const answer = await fetch(new URL('healthz', page), {
      signal: AbortSignal.timeout(longestWait),
    })
    return answer.ok ? page : undefined
  } catch {
    return undefined
  }
}

function isAt(page: string, listen: string): boolean {
  const { hostname, port } = new URL(page)
  const at = splitListen(`${hostname}:${port || '80'}`)
  const wanted = splitListen(listen)
  const isSame = at.host === wanted.host || [at, wanted].every(({ host }) => isHere(host))
  return isSame && at.port === wanted.port
}

/** Of an address that is all of this machine's, loopback is one. */
function isHere(host: string): boolean {
  return isLoopback(host) || host === '0.0.0.0' || host === '::'
}

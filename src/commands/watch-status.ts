/**
 * The state of an appliance, asked for again and again over its control socket. One that stops is
 * waited for.
 */
import { setTimeout as sleep } from 'node:timers/promises'
import { connectControl } from '../control/client.ts'
import type { Control } from '../control/client.ts'
import type { Overview } from '../control/verbs.ts'
import type { Running } from '../control/wire.ts'
import { asCefline } from '../error.ts'
import { untilAborted } from '../io/until-aborted.ts'
import { within } from '../io/within.ts'

export interface Look {
  /** ms since 1970 */
  at: number
  /** What runs and its state; undefined while nothing runs. */
  seen?: { running: Running; overview: Overview }
  /** Why there is none. */
  problem?: string
}

export interface Watching {
  /** The spool's. */
  folder: string
  /** ms between two looks */
  interval: number
  signal: AbortSignal
  /** ms that an answer is waited for; then it is asked anew. */
  patience?: number
}

/** ms: more than connecting takes at most. */
const usualPatience = 15_000

/** Until aborted, at once also where no answer comes. Throws `forbidden` when the appliance is another
 * user's: that does not pass. */
export async function* watchStatus(watching: Watching): AsyncGenerator<Look> {
  const { folder, interval, signal, patience = usualPatience } = watching
  const appliance = `the appliance on the spool in ${folder}`
  let control: Control | undefined
  const look = async (at: number): Promise<Look> => {
    control ??= await connectControl(folder)
    if (!control) return { at, problem: `nothing runs on the spool in ${folder}` }
    const overview = await control.status({})
    return { at, seen: { running: control.running, overview } }
  }
  try {
    while (!signal.aborted) {
      const at = Date.now()
      let found: Look | undefined
      let problem = `${appliance} does not answer`
      try {
        found = await within(untilAborted(look(at), signal), patience)
      } catch (thrown) {
        if (signal.aborted) return
        const { code } = asCefline(thrown)
        if (code !== 'lost' && code !== 'timeout') throw thrown
        if (control && code === 'lost') problem = `${appliance} has stopped`
      }
      if (!found) {
        await control?.close()
        control = undefined
      }
      yield found ?? { at, problem }
      await sleep(Math.max(0, at + interval - Date.now()), undefined, { signal }).catch(() => {})
    }
  } finally {
    await control?.close()
  }
}

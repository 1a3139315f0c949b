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
}

/** Until aborted. Throws `forbidden` when the appliance is another user's: that does not pass. */
export async function* watchStatus({ folder, interval, signal }: Watching): AsyncGenerator<Look> {
  let control: Control | undefined
  try {
    while (!signal.aborted) {
      const at = Date.now()
      try {
        control ??= await connectControl(folder)
        if (!control) yield { at, problem: `nothing runs on the spool in ${folder}` }
        else {
          const overview = await control.status({})
          yield { at, seen: { running: control.running, overview } }
        }
      } catch (thrown) {
        const failure = asCefline(thrown)
        if (failure.code !== 'lost') throw thrown
        await control?.close()
        control = undefined
        yield { at, problem: `the appliance on the spool in ${folder} has stopped` }
      }
      await sleep(Math.max(0, at + interval - Date.now()), undefined, { signal }).catch(() => {})
    }
  } finally {
    await control?.close()
  }
}

/**
 * The loop that takes the spool's blocks to one destination.
 *
 * The destination is handed blocks in order from its own position in each queue; of several queues
 * the one of the highest priority first, so that tonight's alert never waits behind a month of
 * backfill. Its receipts move the positions, durably, together with the lines that it could not
 * take. When it throws, the loop waits and starts it again from the last receipts: what was sent
 * since is sent again, whole messages; of a block that goes in parts, as a rate makes them, from the
 * last part received on. One run is `run.ts`.
 */
import type { Destination } from '../core.ts'
import { asCefline } from '../error.ts'
import { Pace } from './rate.ts'
import { Backoff, pause, waitAfter } from './retry.ts'
import { noProgress, Run } from './run.ts'
import type { Forward } from './run.ts'

/** Runs until aborted. Never throws. */
export async function forward(options: Forward): Promise<void> {
  const { destination, events, progress = noProgress(), rate, signal } = options
  const backoff = new Backoff()
  const pace = rate && new Pace(rate, overheadOf(destination))
  while (!signal.aborted) {
    const run = new Run(options, progress, pace)
    try {
      await run.deliver()
      await run.settled()
    } catch (thrown) {
      await run.settled().catch(() => {})
      if (signal.aborted) break
      if (run.receipted) backoff.reset()
      const failure = asCefline(thrown, 'lost')
      const wait = waitAfter(failure, backoff)
      events.destinationFailed(failure, wait)
      await pause(wait, signal)
    }
  }
  await destination.close()
}

/** Bytes that a message has beside its CEF line: header and frame. */
function overheadOf(destination: Destination): number {
  const event = 'CEF:0|Cefline|Cefline|1|rate|rate|0|'
  return Math.max(0, destination.frame(event, Date.now(), 0).length - event.length)
}

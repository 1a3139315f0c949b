/**
 * What happens when the spool is full and the destination that holds it says `whenFull: reject`:
 * its oldest lines go to the rejects, counted and kept, so that the others go on. With `hold`, the
 * default, nothing happens here: the sources wait.
 */
import type { Spool } from '../core.ts'
import type { Events } from '../telemetry/events.ts'

/** True when there may be room now. */
export async function makeRoom(
  spool: Spool,
  whenFull: ReadonlyMap<string, 'hold' | 'reject'>,
  events: Events,
): Promise<boolean> {
  const slowest = spool.slowest()
  if (!slowest || whenFull.get(slowest.destination) !== 'reject') return false
  const reason = 'the spool was full and the destination did not take it in time'
  const lines = await spool.rejectOldest(slowest.destination, reason)
  events.destinations.get(slowest.destination)?.madeRoom(lines)
  return lines > 0
}

/**
 * What happens when the spool is full and every destination that holds its oldest block says
 * `whenFull: reject`: that block's lines go to their rejects, counted and kept (compressed), so that
 * the others go on. Where one of them says `hold`, the default, rejecting would make no room, so
 * nothing happens here: the sources wait.
 */
import type { Spool } from '../core.ts'
import type { Events } from '../telemetry/events.ts'

/** True when there may be room now. */
export async function makeRoom(
  spool: Spool,
  whenFull: ReadonlyMap<string, 'hold' | 'reject'>,
  events: Events,
): Promise<boolean> {
  const holders = spool.slowest()?.destinations ?? []
  if (!holders.every((name) => whenFull.get(name) === 'reject')) return false
  const reason = 'the spool was full and the destination did not take it in time'
  let rejected = 0
  for (const name of holders) {
    const lines = await spool.rejectOldest(name, reason)
    if (lines > 0) events.destinations.get(name)?.madeRoom(lines)
    rejected += lines
  }
  return rejected > 0
}

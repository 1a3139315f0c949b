/**
 * Releases where a destination stands that is gone from the configuration. If it comes back, it begins
 * at the oldest block that is kept, so the SIEM is told what it had not received.
 */
import type { Doer } from './verbs.ts'
import { counted } from '../io/counted.ts'
import type { LmdbSpool } from '../spool/spool.ts'

/** Resolves to the number of positions that were released; `changed` is told when there was one. */
export async function forget(
  { destination, who }: { destination: string } & Doer,
  spool: Pick<LmdbSpool, 'strangers' | 'forget'>,
  changed: (details: { message: string; component: string } & Doer) => void,
): Promise<number> {
  const places = spool.strangers().filter((stranger) => stranger.destination === destination)
  const released = await spool.forget(destination)
  if (released === 0) return 0
  const queues = places.map(({ queue }) => queue).join(', ')
  const waiting = places.reduce((sum, place) => sum + place.waiting, 0)
  const message = `destination ${destination} was forgotten, and where it stood in ${queues}: it had not received ${counted(waiting, 'line')} of those that were kept`
  changed({ message, component: destination, ...(who && { who }) })
  return released
}

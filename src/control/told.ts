/**
 * The sentences that tell the SIEM what became of rejects.
 */
import { counted } from '../io/counted.ts'

export function retriedText({
  back,
  given,
  rejected,
}: {
  back: number
  given: number
  rejected: number
}): string {
  const queues = back === 1 ? 'its queue' : 'their queues'
  const still = rejected === 1 ? 'is' : 'are'
  return `${counted(back, 'reject')} went back into ${queues}, ${given} had been given before, ${rejected} ${still} still rejected`
}

export function purgedText(purged: number): string {
  return `${counted(purged, 'reject')} ${purged === 1 ? 'was' : 'were'} removed for good`
}

/**
 * What a receiver lost itself: it had read the bytes and answered for them, and was ended before it
 * had stored them (rsyslog has them in its memory queue). An event is counted as that when it never
 * arrived and its receipt was given shortly before the receiver was ended, or while it was down; a
 * receipt given at any other time cannot be explained by the receiver's end, and the event is lost
 * by Cefline.
 */
import { readFileSync } from 'node:fs'
import type { Outage } from './receiver.ts'
import type { SpoolContent } from './spool-content.ts'

/** ms that a receiver may take to store what it has read. */
const lag = 5000

interface Receipt {
  /** ms since 1970. */
  at: number
  sequence: number
}

/** Queue → receipts of the destination, as they were given. */
export function readJournal(path: string, destination: string): Map<string, Receipt[]> {
  const receipts = new Map<string, Receipt[]>()
  let text = ''
  try {
    text = readFileSync(path, 'utf8')
  } catch (thrown) {
    if ((thrown as NodeJS.ErrnoException).code !== 'ENOENT') throw thrown
  }
  for (const line of text.split('\n').slice(0, -1)) {
    const [at = '', name, queue = '', sequence = ''] = line.split(' ')
    if (name !== destination) continue
    const list = receipts.get(queue) ?? []
    list.push({ at: Number(at), sequence: Number(sequence) })
    receipts.set(queue, list)
  }
  return receipts
}

/** Of the keys, those that the receiver lost itself. */
export function ownLoss(
  missing: Iterable<string>,
  places: SpoolContent['places'],
  receipts: Map<string, Receipt[]>,
  outages: readonly Outage[],
): string[] {
  return [...missing].filter((key) => {
    const found = places.get(key) ?? []
    return found.some(({ queue, sequence }) => {
      const given = receipts.get(queue)?.find((receipt) => receipt.sequence >= sequence)
      if (!given) return false
      return outages.some(({ at, until }) => given.at >= at - lag && given.at <= until)
    })
  })
}

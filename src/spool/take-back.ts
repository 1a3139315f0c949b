/**
 * Rejects go back into a queue: the lines that were made of them are appended, and the rejects leave
 * the rejects, in one transaction, so that a crash leaves either the one or the other.
 *
 * The source's books stay true: a record that was rejected is now spooled, or was given before. A
 * destination's lines go to a queue of their own (`retry:<destination>`), where they are new; the
 * queue that they came from keeps them as refused.
 */
import type { Appended } from '../core.ts'
import { error } from '../error.ts'
import { noLines } from '../io/lines.ts'
import type { Lines } from '../io/lines.ts'
import { append } from './append.ts'
import type { AppendParts } from './append.ts'
import type { QueueRecord } from './records.ts'
import type { Removal } from './rejects.ts'

/** To be called in the queue's turn. */
export async function takeBack(
  queue: string,
  lines: Lines,
  numbers: readonly number[],
  parts: AppendParts,
  joined: readonly string[] = [],
): Promise<Appended> {
  return parts.rejects.alone(async () => {
    const removal = parts.rejects.without(numbers)
    const own = ownRecords(queue, removal)
    const batch = { read: 0, lines, rejects: [], ignored: 0 }
    if (lines.count === 0 && removal.entries.length === 0) {
      return append(queue, { ...batch, lines: noLines }, parts, joined)
    }
    return append(queue, batch, parts, joined, (record) => {
      parts.rejects.remove(removal)
      balance(record, own, lines.count)
    })
  })
}

/** How many of the rejects are records of the queue's source. */
function ownRecords(queue: string, { removed }: Removal): number {
  for (const { number, source, destination } of removed) {
    const home = destination === undefined ? source : `retry:${destination}`
    if (home === queue) continue
    throw error(
      'internal',
      `reject ${number} belongs to queue ${home} and cannot be taken back into ${queue}`,
    )
  }
  return removed.filter(({ destination }) => destination === undefined).length
}

/** read = spooled + alreadyGiven + rejected + ignored, whatever became of the records. */
function balance({ ledger }: QueueRecord, rejects: number, lines: number): void {
  ledger.rejected -= rejects
  if (lines > rejects) ledger.read += lines - rejects
  else ledger.ignored += rejects - lines
}

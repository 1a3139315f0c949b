/**
 * Whether the books add up. The terms are counted in different places (the source's batches, the
 * spool's appends, what was handed out and received, the blocks that lie there), so a difference is
 * a record that was lost or counted twice somewhere: it is never expected, and shown as it is.
 *
 *     read    = spooled + already given + rejected + ignored
 *     spooled = received + waiting + refused + damaged
 */
import type { DestinationLedger, SourceLedger } from '../core.ts'

/** 0 when the books of a source add up; above: records that were read and are nowhere. */
export function sourceDifference(ledger: SourceLedger): number {
  const { read, spooled, alreadyGiven, rejected, ignored } = ledger
  return read - spooled - alreadyGiven - rejected - ignored
}

/** 0 when the books of a destination add up; above: lines that were spooled and are nowhere. */
export function destinationDifference(ledger: DestinationLedger): number {
  const { spooled, received, waiting, refused, damaged } = ledger
  return spooled - received - waiting - refused - damaged
}

/**
 * Outputs that a destination prints events to. Their failures are the destination's to tell, and the
 * process goes on with what else it has to do.
 */
import type { Writable } from 'node:stream'

export const printedTo = new WeakSet<Writable>()

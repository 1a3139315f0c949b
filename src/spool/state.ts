/**
 * The state of one queue, put together from what the parts know.
 */
import type { QueueState } from '../core.ts'
import type { Parts } from './parts.ts'

export function stateOf(queue: string, parts: Parts): QueueState {
  const { records, blocks, extents, standings, window } = parts
  const { newest, deleted, bytes, ledger, checkpoint } = records.queue(queue)
  const gone = extents.before(queue, deleted)
  return {
    queue,
    newest,
    oldest: blocks.headAfter(queue, deleted)?.sequence ?? newest + 1,
    lines: standings.linesAfter(queue, deleted, gone),
    bytes,
    ledger,
    remembered: window.of(queue).size,
    checkpoint,
  }
}

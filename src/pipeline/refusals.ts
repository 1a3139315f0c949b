/**
 * Lines that a destination could not take as they are, from when it says so to when they are kept.
 *
 * Until then only their places are held: a receiver with a small limit may have every line of a window
 * cut. Their text is read from the spool when the receipt is committed, a few megabytes at a time.
 */
import type { Counted, DestinationReject, Reached, Spool } from '../core.ts'
import { eachLine } from '../io/lines.ts'

/** One of them, without its text. `line` counts from 0 in the whole block. */
export type Refusal = Omit<DestinationReject, 'record' | 'time' | 'severity'>

/** What is committed together. */
export interface Step {
  reached: Map<string, Reached>
  rejects: DestinationReject[]
}

/** Characters of records in one commit, unless those of one block are more. */
const together = 8 * 1024 * 1024

/** The way to what was reached: the last step completes it, and has what needs no step of its own. */
export function* stepsTo(
  reached: ReadonlyMap<string, Reached>,
  refusals: readonly Refusal[],
  spool: Spool,
): Generator<Step> {
  const byBlock = new Map<string, Refusal[]>()
  for (const refusal of refusals) {
    const name = nameOf(refusal.queue, refusal.sequence)
    const others = byBlock.get(name)
    if (others) others.push(refusal)
    else byBlock.set(name, [refusal])
  }
  const last: Step = { reached: new Map(), rejects: [] }
  let size = 0
  for (const [queue, { sequence, blocks }] of reached) {
    const passed: Counted[] = []
    for (const block of blocks) {
      const refused = byBlock.get(nameOf(queue, block.sequence)) ?? []
      const sent = refused.filter(({ code }) => code === 'cut').length
      passed.push({ sequence: block.sequence, lines: block.lines - refused.length + sent })
      for (const reject of rejectsOf(queue, block.sequence, refused, spool)) {
        last.rejects.push(reject)
        size += reject.record.length
      }
      if (size < together) continue
      last.reached.set(queue, { sequence: block.sequence, blocks: passed.splice(0) })
      yield { reached: new Map(last.reached), rejects: last.rejects.splice(0) }
      last.reached.clear()
      size = 0
    }
    last.reached.set(queue, { sequence, blocks: passed })
  }
  yield last
}

/** Of lines that were not sent: those that were cut were. */
export function unsentBytes(rejects: readonly DestinationReject[]): number {
  return rejects.reduce((sum, { code, record }) => {
    return code === 'cut' ? sum : sum + Buffer.byteLength(record)
  }, 0)
}

/** With their text. A block that is not there any more (it was set aside, or refused whole) is in the
 * books as that. */
function rejectsOf(
  queue: string,
  sequence: number,
  refused: readonly Refusal[],
  spool: Spool,
): DestinationReject[] {
  if (refused.length === 0) return []
  const block = spool.next(queue, sequence - 1)
  if (block?.sequence !== sequence) return []
  const byLine = new Map(refused.map((refusal) => [refusal.line, refusal]))
  const rejects: DestinationReject[] = []
  eachLine(block.lines, (start, end, time, severity, index) => {
    const refusal = byLine.get(index)
    if (!refusal) return
    const record = block.lines.toString('utf8', start, end)
    rejects.push({ ...refusal, record, time, severity })
  })
  return rejects
}

function nameOf(queue: string, sequence: number): string {
  return `${sequence} ${queue}`
}

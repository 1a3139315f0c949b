/**
 * Batches and spools for the tests of this folder.
 */
import { createHash } from 'node:crypto'
import type { Batch, Block, Reached, Reject } from '../../src/core.ts'
import { LinePacker, unpackLines } from '../../src/io/lines.ts'
import { openSpool } from '../../src/spool/spool.ts'
import type { LmdbSpool, SpoolOptions } from '../../src/spool/spool.ts'

/** Receipts up to this block. */
export function reached(sequence: number, lines = 0): Reached {
  return { sequence, blocks: [{ sequence, lines }] }
}

export function idOf(text: string): Buffer {
  return createHash('sha256').update(text).digest().subarray(0, 16)
}

/** A batch of lines; each has the id of its text, or of what follows a `#`. */
export function batchOf(lines: string[], more: Partial<Batch> = {}): Batch {
  const packer = new LinePacker()
  for (const line of lines) {
    const [text = '', id = line] = line.split('#')
    packer.add(text, 0, 5, idOf(id))
  }
  const read = lines.length + (more.rejects?.length ?? 0) + (more.ignored ?? 0)
  return { read, lines: packer.take(), rejects: [], ignored: 0, ...more }
}

export function rejectOf(record: string, id?: string): Reject {
  const reject = { code: 'row', reason: 'why', origin: 'a.csv', row: 2, record } as const
  return id === undefined ? reject : { ...reject, id: idOf(id) }
}

export function numbered(from: number, count: number): string[] {
  return Array.from({ length: count }, (_, index) => `line ${from + index}`)
}

/** One queue `q` and one destination `siem` unless told otherwise. */
export function openAt(folder: string, more: Partial<SpoolOptions> = {}): Promise<LmdbSpool> {
  return openSpool({
    folder,
    maxBytes: 1e9,
    reserve: 0,
    remember: { age: 30 * 86_400_000, count: 1_000_000 },
    destinations: new Map([['siem', ['q']]]),
    queues: ['q'],
    ...more,
  })
}

export function textsOf(block: Block | undefined): string[] {
  return block ? unpackLines(block.lines).map(({ cef }) => cef) : []
}

/** Every line of a queue from a position on. */
export function drain(spool: LmdbSpool, queue = 'q', after = 0): string[] {
  const lines: string[] = []
  for (let block = spool.next(queue, after); block; block = spool.next(queue, block.sequence)) {
    lines.push(...textsOf(block))
  }
  return lines
}

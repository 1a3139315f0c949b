/**
 * What tests of the loops share: a real spool in a temporary folder, batches of numbered lines, and
 * events that are only recorded.
 */
import { PassThrough } from 'node:stream'
import type { Batch, Block } from '../../src/core.ts'
import { LinePacker, unpackLines } from '../../src/io/lines.ts'
import { openSpool } from '../../src/spool/spool.ts'
import type { LmdbSpool } from '../../src/spool/spool.ts'
import { Events } from '../../src/telemetry/events.ts'
import { createLog } from '../../src/telemetry/log.ts'
import { Metrics } from '../../src/telemetry/metrics.ts'

/** An id made from a number, the same for the same number. */
export function idOf(number: number): Buffer {
  const id = Buffer.alloc(16, 0x5a)
  id.writeUInt32BE(number, 0)
  return id
}

/** A batch of the lines `line FROM` to `line TO - 1`. */
export function batchOf(from: number, to: number, more: Partial<Batch> = {}): Batch {
  const packer = new LinePacker()
  for (let n = from; n < to; n += 1) packer.add(`line ${n}`, n, n % 11, idOf(n))
  return { read: to - from, lines: packer.take(), rejects: [], ignored: 0, ...more }
}

export function linesOf(block: Block): string[] {
  return unpackLines(block.lines).map(({ cef }) => cef)
}

interface Place {
  teardown(end: () => unknown): void
  testdir(): string
}

/** Two queues, `alerts` and `activity`; destinations read both unless told. */
export async function spoolFor(
  t: Place,
  options: { destinations?: string[]; maxBytes?: number } = {},
): Promise<LmdbSpool> {
  const queues = ['alerts', 'activity']
  const spool = await openSpool({
    folder: t.testdir(),
    maxBytes: options.maxBytes ?? 1e9,
    reserve: 0,
    remember: { age: 1e9, count: 1e6 },
    queues,
    destinations: new Map((options.destinations ?? ['siem']).map((name) => [name, queues])),
  })
  t.teardown(() => spool.close())
  return spool
}

/** Events with their log lines as objects. */
export function recordedEvents(): { events: Events; log(): { level: number; msg: string }[] } {
  const output = new PassThrough()
  let text = ''
  output.on('data', (chunk: Buffer) => (text += chunk.toString()))
  return {
    events: new Events(createLog({ level: 'debug', format: 'json' }, output), new Metrics('0.0.0')),
    log: () =>
      text
        .split('\n')
        .filter(Boolean)
        .map((line) => JSON.parse(line) as { level: number; msg: string }),
  }
}

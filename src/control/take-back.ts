/**
 * Rejects tried again, a few at a time. A source's reject is read again as the source is configured
 * now and goes into the source's queue under the id that it would have had, so that an event given
 * meanwhile is not given twice. A destination's is a line already: it goes into `retry:<destination>`,
 * a queue that only this destination reads, as the queue it came from has others who had it.
 *
 * Line and reject change places in one transaction; a crash before it repeats nothing, one after it
 * has nothing left to repeat.
 */
import { createHash } from 'node:crypto'
import { decode } from '../cef/decode.ts'
import type { StoredReject } from '../core.ts'
import { asCefline, error } from '../error.ts'
import { idBytes, LinePacker } from '../io/lines.ts'
import type { Lines } from '../io/lines.ts'
import type { LmdbSpool } from '../spool/spool.ts'
import type { Retried } from './verbs.ts'

export interface TakeBackOptions {
  spool: LmdbSpool
  /** The line of a source's reject; throws today's reason. */
  remap(source: string, reject: StoredReject): Promise<Lines>
  /** Whether the configuration has this destination: nobody else reads its queue. */
  isDestination(name: string): boolean
}

interface Taken {
  number: number
  queue: string
  line: Lines
}

/** No source has a name like this. */
export const retryPrefix = 'retry:'

/** The queue of lines that this destination is to be given once more. */
export function retryQueue(destination: string): string {
  return `${retryPrefix}${destination}`
}

/** In the order of the rejects. Throws what the spool throws, such as `spool-full`: then the rejects
 * are still there, but for those of another queue that went before. */
export async function takeBack(
  rejects: readonly StoredReject[],
  options: TakeBackOptions,
): Promise<Retried[]> {
  const results = new Map<number, Retried>()
  const queues = new Map<string, Taken[]>()
  for (const reject of rejects) {
    const { number } = reject
    try {
      const taken = { number, ...(await lineOf(reject, options)) }
      queues.set(taken.queue, [...(queues.get(taken.queue) ?? []), taken])
    } catch (thrown) {
      const { code, message } = asCefline(thrown)
      results.set(number, { number, result: 'rejected', code, reason: message })
    }
  }
  for (const [queue, taken] of queues) {
    const given = givenBefore(options.spool, queue, taken)
    await options.spool.takeBack(
      queue,
      joined(taken.map(({ line }) => line)),
      taken.map(({ number }) => number),
    )
    for (const { number } of taken) {
      results.set(number, { number, result: given.has(number) ? 'given' : 'back', queue })
    }
  }
  return rejects.flatMap(({ number }) => results.get(number) ?? [])
}

async function lineOf(
  reject: StoredReject,
  options: TakeBackOptions,
): Promise<{ queue: string; line: Lines }> {
  const { source, destination, code, reason } = reject
  if (code === 'spool-damaged') throw error(code, reason, { permanent: true })
  if (destination === undefined) {
    const line = await options.remap(source, reject)
    if (line.count === 1) return { queue: source, line }
    throw error(
      'record',
      `${source} makes ${line.count} events of it now, where a reject stands for one`,
      { permanent: true },
    )
  }
  if (options.isDestination(destination))
    return { queue: retryQueue(destination), line: lineAgain(reject) }
  throw error(
    'config',
    `the configuration has no destination "${destination}" that could be given the line`,
  )
}

/** The line that a destination did not take, under an id of the reject's own. */
function lineAgain({ number, record, time, severity, at }: StoredReject): Lines {
  const header = time === undefined || severity === undefined ? decode(record) : undefined
  const digest = createHash('sha256').update(`reject ${number}`).digest()
  const packer = new LinePacker(record.length * 3 + 64)
  packer.add(
    record,
    time ?? timeOf(header?.extension) ?? at,
    severity ?? severityOf(header?.severity),
    digest.subarray(0, idBytes),
  )
  return packer.take()
}

/** `rt` as our mapping writes it: milliseconds since 1970. */
function timeOf(extension: [string, string][] = []): number | undefined {
  const [, value = ''] = extension.find(([key]) => key === 'rt') ?? []
  return /^\d{1,15}$/.test(value) ? Number(value) : undefined
}

/** The middle where the line does not say. */
function severityOf(text = ''): number {
  return /^(?:\d|10)$/.test(text) ? Number(text) : 5
}

/** Those whose event the queue has had, or that are one event with another of these. */
function givenBefore(spool: LmdbSpool, queue: string, taken: readonly Taken[]): Set<number> {
  const seen = new Set<string>()
  const given = new Set<number>()
  for (const { number, line } of taken) {
    const id = line.ids.toString('hex')
    if (seen.has(id) || spool.wasGiven(queue, line.ids)) given.add(number)
    seen.add(id)
  }
  return given
}

function joined(lines: readonly Lines[]): Lines {
  return {
    count: lines.length,
    bytes: Buffer.concat(lines.map(({ bytes }) => bytes)),
    ids: Buffer.concat(lines.map(({ ids }) => ids)),
  }
}

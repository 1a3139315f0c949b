/**
 * Events to measure with, and how fast they are mapped: alerts of about the usual length, each of them
 * another one, marked as a test.
 */
import { createHash } from 'node:crypto'
import { setImmediate as turn } from 'node:timers/promises'
import { encode } from '../cef/encode.ts'
import type { Configuration } from '../config/load.ts'
import { lineHead, LinePacker } from '../io/lines.ts'
import type { Lines } from '../io/lines.ts'
import { compileMapping } from '../mappings/compile.ts'
import type { Mapper } from '../mappings/compile.ts'
import type { Profile } from '../mappings/netwrix.ts'
import type { MappingSpec } from '../mappings/options.ts'
import { fromJson } from '../netwrix/record.ts'

export interface Mapped {
  /** What was measured: the source whose mapping it is, or the one without any. */
  profile: string
  eventsPerSecond: number
  /** Of CEF. */
  bytesPerEvent: number
}

/** Lines of a batch, as sources make them. */
export const batchLines = 3000

/** Says in every event what it is. */
const mark = 'Cefline bench: a marked test event'

interface Made {
  name: string
  profile: Profile
  map: Mapper
}

export async function benchMapping(
  configuration: Configuration,
  events: number,
  signal: AbortSignal,
): Promise<Mapped> {
  const made = mappingOf(configuration)
  // Node compiles what runs often: the first batch is none of the measured.
  void [...linesFrom(made, Math.min(events, batchLines))]
  let bytes = 0
  const started = performance.now()
  for (const { lines } of linesFrom(made, events)) {
    bytes += cefBytes(lines)
    await turn()
    signal.throwIfAborted()
  }
  const seconds = (performance.now() - started) / 1000
  return {
    profile: `${made.name}, profile ${made.profile}`,
    eventsPerSecond: events / seconds,
    bytesPerEvent: Math.round(bytes / events),
  }
}

/** Of the CEF alone, as `io/lines.ts` packs it. */
export function cefBytes({ bytes, count }: { bytes: Buffer; count: number }): number {
  return bytes.length - count * lineHead
}

/** As the standard profile makes them. */
export function* madeLines(events: number): Generator<Lines> {
  const made = { name: 'bench', profile: 'standard', map: compileMapping(undefined, '') } as const
  for (const { lines } of linesFrom(made, events)) yield lines
}

/** The first source of Netwrix's records that there is, as it is configured. */
function mappingOf({ sources }: Configuration): Made {
  const found = sources.find(({ type }) => type.startsWith('netwrix-'))
  const { profile = 'standard', mapping } = (found?.options ?? {}) as {
    profile?: Profile
    mapping?: MappingSpec
  }
  const map = compileMapping(mapping, `sources.${found?.name ?? 'bench'}.mapping`)
  return { name: found?.name ?? 'without a source', profile, map }
}

function* linesFrom({ map, profile }: Made, events: number): Generator<{ lines: Lines }> {
  const packer = new LinePacker()
  const receivedAt = Date.now()
  for (let number = 1; number <= events; number += 1) {
    const record = fromJson({
      RID: `bench-${receivedAt}-${number}`,
      Action: 'Modified',
      ObjectType: 'user',
      DataSource: 'Active Directory',
      Who: `EXAMPLE\\user${number % 997}`,
      What: `\\local\\example\\Users\\Department ${number % 40}\\bench-${number}`,
      When: new Date(receivedAt).toISOString(),
      Where: `dc${number % 9}.example.com`,
      Workstation: `wks-${number % 3001}.example.com`,
      DetailList: [{ PropertyName: 'Description', Before: 'none', After: `${mark} ${number}` }],
    })
    const id = createHash('sha256').update(`${receivedAt} ${number}`).digest().subarray(0, 16)
    const text = id.toString('hex')
    const event = map(record, { kind: 'activity', profile, receivedAt, id: text })
    packer.add(encode(event), event.time, event.severity, id)
    if (packer.count === batchLines || number === events) yield { lines: packer.take() }
  }
}

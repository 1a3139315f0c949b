/**
 * What the status page, `/api/status` and the support engineer see: the line from sources through
 * spool to destinations, without any record's content.
 */
import type { DestinationLedger, SourceLedger, Spool } from '../core.ts'
import type { DestinationState } from '../telemetry/destination-events.ts'
import type { Events } from '../telemetry/events.ts'
import type { SourceState } from '../telemetry/source-events.ts'

export interface Status {
  version: string
  /** Where the configuration came from. */
  configuration: string
  startedAt: string
  /** ms since 1970: when this was so, as the browser's clock may be another. */
  now: number
  spool: {
    folder: string
    /** Why it cannot be written to; undefined while it can. */
    problem?: string | undefined
    bytes: number
    maxBytes: number
    full: boolean
    rejects: number
  }
  /** Url of this page, with the port that was really taken; undefined while it has none. */
  page?: string | undefined
  /** Whether a test event can be sent from the page: only where a token is set. */
  writable: boolean
  sources: ({
    name: string
    type: string
    where: string
    remembered: number
    /** Records a second, over the last ten. */
    rate: number
  } & SourceState & {
      ledger: SourceLedger
    })[]
  destinations: ({
    name: string
    type: string
    where: string
    waiting: number
    /** Lines a second with a receipt, over the last ten. */
    rate: number
    /** ms since 1970: when the oldest line that waits was spooled. */
    oldestWaitingAt: number | undefined
    /** One for each queue that it reads. */
    ledger: DestinationLedger[]
  } & DestinationState)[]
}

export interface Part {
  name: string
  type: string
  /** Folder, url or path: where it reads from or sends to, without secrets. */
  where: string
}

export interface StatusInput {
  version: string
  configuration: string
  startedAt: Date
  /** Whether a test event can be sent from the page; left out: no. */
  writable?: boolean
  /** Where the page is. */
  page?: string | undefined
  folder: string
  sources: Part[]
  destinations: Part[]
  /** undefined until it is open. */
  spool: (Spool & { readonly lost?: boolean }) | undefined
  events: Events
}

const noLedger: SourceLedger = { read: 0, spooled: 0, alreadyGiven: 0, rejected: 0, ignored: 0 }

/** The state at this moment. */
export function readStatus(input: StatusInput): Status {
  const { spool, events } = input
  const queues = new Map(spool?.queues().map((state) => [state.queue, state]))
  return {
    version: input.version,
    configuration: input.configuration,
    startedAt: input.startedAt.toISOString(),
    now: Date.now(),
    page: input.page,
    writable: input.writable ?? false,
    spool: {
      folder: input.folder,
      problem: problemOf(spool, events),
      ...(spool?.usage() ?? { bytes: 0, maxBytes: 0, full: false }),
      rejects: spool?.rejects().count ?? 0,
    },
    sources: input.sources.map((part) => {
      const { state, throughput } = events.sources.get(part.name) ?? {}
      const queue = queues.get(part.name)
      return {
        ...part,
        remembered: queue?.remembered ?? 0,
        rate: throughput?.rate ?? 0,
        ledger: queue?.ledger ?? noLedger,
        ...(state ?? {
          state: 'starting',
          problem: undefined,
          lastRecordAt: undefined,
          certificates: [],
        }),
      }
    }),
    destinations: input.destinations.map((part) => {
      const { state, throughput } = events.destinations.get(part.name) ?? {}
      const { lines, oldest } = spool?.waiting(part.name) ?? { lines: 0, oldest: undefined }
      return {
        ...part,
        waiting: lines,
        rate: throughput?.rate ?? 0,
        oldestWaitingAt: oldest,
        ledger: spool?.ledger(part.name) ?? [],
        ...(state ?? {
          state: 'starting',
          detail: undefined,
          lastReceiptAt: undefined,
          received: 0,
          proof: undefined,
          certificates: [],
        }),
      }
    }),
  }
}

function problemOf(spool: StatusInput['spool'], events: Events): string | undefined {
  if (!spool) return events.spoolProblem ?? 'it is being opened'
  if (!spool.lost) return undefined
  return 'another process has taken it over, and this one writes nothing more: run only one on a folder'
}

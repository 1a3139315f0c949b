/**
 * What a command can ask of an appliance: the same verbs whether it runs (they travel over its
 * control socket) or not (the command opens the spool itself). Arguments and answers are plain JSON.
 */
import type { Code } from '../error.ts'
import type { QueueState, SourceLedger, StoredReject } from '../core.ts'
import type { DamagedBlock, FoundBlock, RejectQuery, Stranger } from '../spool/spool.ts'
import type { Status } from '../status/status.ts'
import type { History, Range } from '../telemetry/history.ts'
import type { Passed } from '../telemetry/passing.ts'

/** The state as the status page shows it, and what only the spool knows. */
export interface Overview extends Status {
  /** Books of queues that are no source's: of one that is gone, and `retry:<destination>`; with the
   * lines that are kept. */
  others: { name: string; ledger: SourceLedger; lines: number }[]
  damaged: DamagedBlock[]
  /** All that are kept. */
  rejectsByCode: Readonly<Record<string, number>>
}

/** Where a destination stands in a queue. */
export interface Position {
  destination: string
  queue: string
  /** Sequence of the last block that it has a receipt for. */
  sequence: number
  waiting: number
}

export interface SpoolListing {
  folder: string
  bytes: number
  maxBytes: number
  full: boolean
  queues: QueueState[]
  positions: Position[]
  /** ms since 1970, by destination: when the oldest line that waits for it was spooled. */
  oldestWaitingAt: Record<string, number>
  /** Positions that are kept for nobody; `forget` releases them. */
  strangers: Stranger[]
  damaged: DamagedBlock[]
}

/** A line that waits. */
export interface ExportedLine {
  /** ms since 1970 */
  time: number
  severity: number
  cef: string
}

export interface ExportQuery {
  queue: string
  /** What waits for this one; without it everything that is kept. */
  destination?: string
}

/** A reject without the record itself. */
export type ListedReject = Omit<StoredReject, 'id' | 'record'>

/** A reject whole, its id as hexadecimal text. */
export interface ShownReject extends Omit<StoredReject, 'id'> {
  id?: string
}

/** Which rejects: these numbers, or else all that match. Without any of it, none. */
export interface RejectChoice {
  numbers?: number[]
  all?: boolean
  source?: string
  destination?: string
  code?: string
}

/** Who asks, for the event that tells the SIEM of it. */
export interface Doer {
  who?: string
}

/** What became of a reject that was tried again. */
export interface Retried {
  number: number
  /** `back`: its line waits in the queue. `given`: the queue was given that event before. `rejected`:
   * it still cannot be mapped. `unknown`: there is no reject of this number. All but the first two
   * leave the reject where it is. */
  result: 'back' | 'given' | 'rejected' | 'unknown'
  /** Where the line is. */
  queue?: string
  /** Today's reason. */
  code?: Code
  reason?: string
}

/** Where a source of the Integration API is to go on. */
export interface NewCheckpoint {
  source: string
  checkpoint: string
  /** Whether one that is there may go. */
  replace: boolean
  who?: string
}

/** Which events are shown as they pass; what is left out matches all. */
export interface TapQuery {
  source?: string
  destination?: string
  /** The least CEF severity. */
  severity?: number
  /** What the CEF line must hold, upper and lower case alike. */
  text?: string
  /** That many of the latest come first. */
  latest?: number
  /** Then those that pass from now on. */
  follow: boolean
}

/** An event on its way to a destination. */
export interface TappedEvent extends Passed {
  /** What is sent for it, base64. */
  frame: string
}

export interface Tapped {
  events: TappedEvent[]
  /** Passed too fast to be shown. */
  skipped: number
}

export interface TestQuery {
  /** Only its receipt is waited for; without it that of all who get Cefline's own events. */
  destination?: string
  /** ms that receipts are waited for. */
  timeout: number
  who?: string
}

/** What became of a test event, as it happens. The last one is `end`: ok when every receipt came. */
export interface TestStep {
  step: 'made' | 'spooled' | 'handed-out' | 'received' | 'end'
  destination?: string
  ok: boolean
  detail: string
  /** Since the event was made. */
  milliseconds: number
}

export interface Verbs {
  status(query: object): Promise<Overview>
  list(query: object): Promise<SpoolListing>
  /** Blocks of lines, the oldest first, up to the newest at the time of asking. */
  lines(query: ExportQuery): AsyncIterable<ExportedLine[]>
  setAside(query: { found: FoundBlock[] }): Promise<DamagedBlock[]>
  /** Number of positions released. */
  forget(query: { destination: string } & Doer): Promise<number>
  /** Resolves to the checkpoint of before. Throws `refused` when there is one that may not go. */
  setCheckpoint(query: NewCheckpoint): Promise<{ before?: string }>
  rejects(query: RejectQuery): Promise<ListedReject[]>
  /** Those of the numbers that there are. */
  records(query: { numbers: number[] }): AsyncIterable<ShownReject>
  retry(query: RejectChoice & Doer): AsyncIterable<Retried[]>
  /** Number of rejects that are gone now. */
  purge(query: RejectChoice & Doer): Promise<number>
  /** Until the reader goes, where it follows. */
  tap(query: TapQuery): AsyncIterable<Tapped>
  /** Sends a marked test event by way of the spool. */
  test(query: TestQuery): AsyncIterable<TestStep>
  history(query: { range: Range }): Promise<History>
  /** The last lines of its log, as JSON, the oldest first. */
  log(query: object): Promise<string[]>
}

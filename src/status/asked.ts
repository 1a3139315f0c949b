/**
 * What the page asks the running appliance for: some of the verbs that the control socket has too,
 * and what passes.
 */
import type { History, Range } from '../telemetry/history.ts'
import type { Passed } from '../telemetry/passing.ts'

/** Events with what is sent for each, base64. */
export interface Seen {
  events: (Passed & { frame: string })[]
  /** Passed too fast to be shown. */
  skipped: number
}

export interface EventQuery {
  source?: string
  destination?: string
  /** The least CEF severity. */
  severity?: number
  text?: string
}

export interface RejectsQuery {
  /** A number: those after it. */
  after?: number
  limit?: number
  source?: string
  code?: string
}

export interface Asked {
  verbs: {
    status(query: object): Promise<object>
    rejects(query: RejectsQuery): Promise<readonly object[]>
    history(query: { range: Range }): Promise<History>
    tap(query: EventQuery & { latest: number; follow: false }): AsyncIterable<Seen>
    test(query: { destination?: string; timeout: number; who?: string }): AsyncIterable<object>
  }
  /** What passes from now on, the latest `most` events at once; until aborted. */
  watch(most: number, signal: AbortSignal): AsyncIterable<Seen>
}

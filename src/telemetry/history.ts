/**
 * Throughput, backlog and latency of the last hour and day, for the plots of the status page. Kept
 * over restarts in a file beside the spool.
 */

export type Range = 'hour' | 'day'

/** Values at `from + n × step`; null: nobody looked then. */
export interface Series {
  sources: Record<string, { /** records a second */ read: (number | null)[] }>
  destinations: Record<
    string,
    {
      /** lines a second with a receipt */
      received: (number | null)[]
      /** lines without one, at the end of the step */
      waiting: (number | null)[]
      /** ms from spool to receipt, the longest of the step */
      latency: (number | null)[]
    }
  >
}

export interface History extends Series {
  /** ms since 1970 */
  from: number
  /** ms */
  step: number
}

/**
 * Cefline's own events: what it has to tell the SIEM of itself, between those who notice it and the
 * source that puts it into the spool. What each kind means is in `docs/own-events.md`.
 */

/** What Cefline itself has to tell the SIEM: the signature id of its event. */
export type OwnKind =
  | 'start'
  | 'stop'
  | 'configuration-changed'
  | 'configuration-refused'
  | 'mark-set'
  | 'rejects-retried'
  | 'rejects-purged'
  | 'destination-forgotten'
  | 'source-failed'
  | 'source-back'
  | 'source-silent'
  | 'source-heard'
  | 'destination-lost'
  | 'destination-back'
  | 'spool-nearly-full'
  | 'spool-full'
  | 'spool-room'
  | 'spool-damaged'
  | 'certificate-expiring'
  | 'heartbeat'
  | 'test'

/** One event of Cefline's own. */
export interface OwnEvent {
  /** 16 bytes as hexadecimal text, made anew for each. */
  id: string
  kind: OwnKind
  /** ms since 1970 */
  at: number
  message: string
  /** Name of the source or destination that it is about. */
  component?: string
  /** Of an error. */
  code?: string
  /** Who did it, as a token or the operating system tells. */
  who?: string
  /** What a heartbeat counts, by name. */
  counts?: Readonly<Record<string, number>>
}

/** Where the source of Cefline's own events finds them. */
export interface OwnFeed {
  /** What has happened and was not yet let go, the oldest first; waits until there is something. What
   * it gave is let go when it is asked again. Rejects on abort. */
  next(signal: AbortSignal): Promise<readonly OwnEvent[]>
  /** The same without a wait, for the end. */
  rest(): readonly OwnEvent[]
}

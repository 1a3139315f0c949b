/**
 * What Cefline itself tells the SIEM: collected here until the source `cefline` has it in the spool.
 * Bounded: what cannot be kept is counted and said by the next event.
 */
import type { OwnEvent, OwnFeed, OwnKind } from '../core.ts'

export type OwnDetails = Omit<OwnEvent, 'id' | 'kind' | 'at'>

export class OwnEvents implements OwnFeed {
  /** Returns the event, to find it again by its id. */
  add(_kind: OwnKind, _details: OwnDetails): OwnEvent {
    throw new Error('not written yet')
  }

  next(_signal: AbortSignal): Promise<readonly OwnEvent[]> {
    throw new Error('not written yet')
  }

  rest(): readonly OwnEvent[] {
    throw new Error('not written yet')
  }
}

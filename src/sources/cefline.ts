/**
 * Cefline's own events (`docs/own-events.md`), on the same way as all others: by the spool, to every
 * destination that reads them. Nobody configures it; the section `own` turns it off.
 *
 * An event is in the spool once, as its id says: what a run that failed left in doubt is given again.
 * On abort it gives what is left, so that the last word of a process, `stop`, is durable.
 */
import { hostname } from 'node:os'
import { encode } from '../cef/encode.ts'
import type { Batch, CheckStep, Source, SourceContext } from '../core.ts'
import { error } from '../error.ts'
import { idBytes, LinePacker } from '../io/lines.ts'
import { mapOwnEvent, ownKinds } from '../mappings/cefline.ts'
import type { OwnEvent, OwnFeed, OwnKind } from '../own-event.ts'
import { version } from '../version.ts'

/** There are no options. */
export type Options = Readonly<Record<string, never>>

export const schema = {}

export function create(_options: Options, { own }: SourceContext): Source {
  return new OwnSource(own)
}

/** Every kind there is. */
export const kinds = Object.keys(ownKinds) as OwnKind[]

/** The event as it is sent. */
export function ownLine(event: OwnEvent): string {
  return encode(mapOwnEvent(event, { version, hostname: hostname() }))
}

/** The events as the spool takes them. */
export function ownBatch(events: readonly OwnEvent[]): Batch {
  const packer = new LinePacker(events.length * 1024)
  for (const event of events) {
    const { severity } = mapOwnEvent(event, { version, hostname: '' })
    const id = Buffer.from(event.id, 'hex').subarray(0, idBytes)
    packer.add(ownLine(event), event.at, severity, id)
  }
  return { read: events.length, lines: packer.take(), rejects: [], ignored: 0 }
}

class OwnSource implements Source {
  readonly #feed: OwnFeed | undefined

  constructor(feed: OwnFeed | undefined) {
    this.#feed = feed
  }

  async *check(): AsyncGenerator<CheckStep> {
    const detail = 'the SIEM is told what happens to Cefline itself'
    yield { name: 'own events', ok: true, detail, milliseconds: 0 }
  }

  async *batches(_checkpoint: string | undefined, signal: AbortSignal): AsyncGenerator<Batch> {
    const feed = this.#feed
    if (!feed) throw error('internal', 'Cefline’s own events are to be read, and there are none')
    const doubtful = feed.rest()
    if (doubtful.length > 0) yield ownBatch(doubtful)
    for (;;) {
      let events: readonly OwnEvent[]
      try {
        // What was given before is durable now, and let go here.
        events = await feed.next(signal)
      } catch (thrown) {
        if (!signal.aborted) throw thrown
        // What came while the last ones were written is told as well.
        events = feed.rest()
        if (events.length === 0) return
      }
      yield ownBatch(events)
    }
  }

  async remap(): Promise<never> {
    throw error('record', 'Cefline’s own events are never rejected', { permanent: true })
  }

  async close(): Promise<void> {}
}

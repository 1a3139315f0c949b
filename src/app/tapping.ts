/**
 * Events as they pass, with what is sent for each, chosen by what they are: for `cefline tap` and the
 * status page. Who follows with a choice has every line looked at, so that none that matches is
 * missed while it keeps up.
 */
import type { Running } from './running.ts'
import type { TappedEvent, Tapped, TapQuery } from '../control/verbs.ts'
import { endable } from '../io/endable.ts'
import type { Passed, Passing } from '../telemetry/passing.ts'

/** Events of the latest that there are at most. */
const allLatest = Infinity
/** Lines that wait to be looked at, and events that are given at once. */
const mostWaiting = 10_000
const mostAtOnce = 500

export interface TappingOptions {
  passing: Passing
  running: Pick<Running, 'frame'>
  /** Ends it. */
  signal: AbortSignal
}

/** What the query asks for; where it follows, until the reader goes or the appliance stops. */
export function tap(query: TapQuery, options: TappingOptions): AsyncIterable<Tapped> {
  return endable((signal) => tapped(query, options, signal), options.signal)
}

/** What passes from now on, at most `most` events at once, the latest ones; until aborted. */
export async function* watch(
  { passing, running, signal }: TappingOptions,
  most: number,
): AsyncGenerator<Tapped> {
  for await (const { events, skipped } of passing.watch(signal, { most })) {
    yield { events: framed(events, running), skipped }
  }
}

async function* tapped(
  query: TapQuery,
  { passing, running }: TappingOptions,
  signal: AbortSignal,
): AsyncGenerator<Tapped> {
  const matches = matcher(query)
  // Watched before the latest are read, so that nothing passes between the two.
  const passes = query.follow
    ? passing.watch(signal, { whole: true, most: mostWaiting })
    : undefined
  const latest = query.latest === 0 || query.latest === undefined ? [] : passing.latest(allLatest)
  const events = latest.filter(matches).slice(-(query.latest ?? 0))
  yield { events: framed(events, running), skipped: 0 }
  for await (const { events, skipped } of passes ?? []) {
    const found = events.filter(matches)
    const shown = found.slice(-mostAtOnce)
    const left = skipped + found.length - shown.length
    if (shown.length > 0 || left > 0) yield { events: framed(shown, running), skipped: left }
  }
}

function matcher({ source, destination, severity = 0, text }: TapQuery) {
  const wanted = text?.toLowerCase()
  return (event: Passed): boolean =>
    (source === undefined || event.queue === source) &&
    (destination === undefined || event.destination === destination) &&
    event.severity >= severity &&
    (wanted === undefined || event.cef.toLowerCase().includes(wanted))
}

function framed(events: readonly Passed[], running: Pick<Running, 'frame'>): TappedEvent[] {
  return events.map((event) => ({ ...event, frame: frameOf(event, running) }))
}

/** Empty where the destination is gone, or sends nothing for it. */
function frameOf(event: Passed, running: Pick<Running, 'frame'>): string {
  try {
    return running.frame(event.destination, event)?.toString('base64') ?? ''
  } catch {
    return ''
  }
}

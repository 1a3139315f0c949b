/**
 * Events as they pass, with what is sent for each, chosen by what they are: for `cefline tap` and the
 * status page. Who follows with a choice has every line looked at, so that none that matches is
 * missed while it keeps up. How many are given in a second is bounded, as frames and text for each take
 * longer than their delivery: what is more is counted.
 */
import { setTimeout as sleep } from 'node:timers/promises'
import type { Running } from './running.ts'
import type { Configuration } from '../config/load.ts'
import type { TappedEvent, Tapped, TapQuery } from '../control/verbs.ts'
import { retryQueue } from '../control/take-back.ts'
import { error } from '../error.ts'
import { endable } from '../io/endable.ts'
import type { Passed, Passing } from '../telemetry/passing.ts'

/** Events of the latest that there are at most. */
const allLatest = Infinity
/** Lines that wait to be looked at, and events that are given at once. */
const mostWaiting = 10_000
const mostAtOnce = 500
/** ms from one such time to the next: at most 5,000 events a second. */
const pace = 100

export interface TappingOptions {
  passing: Passing
  running: Pick<Running, 'frame'>
  /** Ends it. */
  signal: AbortSignal
  /** A query for another source or destination than these have is refused; not set: nothing passes for
   * it. */
  known?: Pick<Configuration, 'sources' | 'destinations'>
}

/** What the query asks for; where it follows, until the reader goes or the appliance stops. Throws
 * `not-found` for a source or destination that is not known. */
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
  { passing, running, known }: TappingOptions,
  signal: AbortSignal,
): AsyncGenerator<Tapped> {
  if (known) refuseUnknown(query, known)
  const matches = matcher(query)
  // Watched before the latest are read, so that nothing passes between the two.
  const most = isChoosing(query) ? mostWaiting : mostAtOnce
  const passes = query.follow ? passing.watch(signal, { whole: true, most }) : undefined
  const latest = query.latest === 0 || query.latest === undefined ? [] : passing.latest(allLatest)
  const events = latest.filter(matches).slice(-(query.latest ?? 0))
  yield { events: framed(events, running), skipped: 0 }
  for await (const { events, skipped } of passes ?? []) {
    const found = events.filter(matches)
    const shown = found.slice(-mostAtOnce)
    const left = skipped + found.length - shown.length
    if (shown.length > 0 || left > 0) yield { events: framed(shown, running), skipped: left }
    await sleep(pace, undefined, { signal }).catch(() => {})
  }
}

/** Nothing would ever pass, and who waits for it would not know why. */
function refuseUnknown(
  { source, destination }: TapQuery,
  { sources, destinations }: NonNullable<TappingOptions['known']>,
): void {
  const to = destinations.map(({ name }) => name)
  requireKnown('destination', destination, to)
  const from = sources.map(({ name }) => name)
  // What was taken back from the rejects of a destination passes as its own queue.
  requireKnown('source', source, from, to.map(retryQueue))
}

function requireKnown(
  what: string,
  name: string | undefined,
  known: readonly string[],
  also: readonly string[] = [],
): void {
  if (name === undefined || known.includes(name) || also.includes(name)) return
  const shown = known.map((one) => `"${one}"`).join(', ')
  throw error('not-found', `there is no ${what} "${name}"; there is ${shown || 'none'}`)
}

/** Else each is as good as any other, and those that are not shown need not be looked at. */
function isChoosing({ source, destination, severity = 0, text }: TapQuery): boolean {
  return [source, destination, text].some((one) => one !== undefined) || severity > 0
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

/**
 * How far the timelines are fetched: our own JSON text, committed with the lines of the page that led to
 * it. It has an entry for each evidence item that the platform lists and no other, so it is as bounded
 * as the platform is.
 *
 * In the middle of a timeline it keeps the cursor of the page on which the newest instant began, not that
 * of the next page: rows that are alike in all things but their number among their equals are counted
 * within an instant, and after a crash that count begins anew with the instant. The page or two that are
 * fetched again add nothing, as the spool knows their ids.
 */
import { error } from '../error.ts'
import { printable, shorten } from '../io/printable.ts'
import { isJson } from './answer.ts'

export interface Checkpoint {
  /** Base address of the API: numbers of evidence mean nothing elsewhere. */
  url: string
  /** ms since 1970: runs of processing that were created before are left out. */
  from: number
  evidence: Map<number, Standing>
}

/** Of one evidence item. */
export interface Standing {
  /** The run of processing whose timeline was fetched whole. */
  whole?: number
  /** The run whose failure was said. */
  said?: number
  fetch?: Fetch
}

/** A timeline that is being fetched. */
export interface Fetch {
  run: number
  /** Where it goes on; none: at the beginning. */
  cursor?: string
  /** Events before that place. */
  events: number
  /** How often it was begun anew, as its cursor was not known any more. */
  anew: number
}

/** `since` in ms before `now`; 0: everything. */
export function firstCheckpoint(url: string, since: number, now: number): Checkpoint {
  return { url, from: since === 0 ? 0 : Math.max(0, now - since), evidence: new Map() }
}

export function writeCheckpoint({ url, from, evidence }: Checkpoint): string {
  return JSON.stringify({ version: 1, url, from, evidence: Object.fromEntries(evidence) })
}

/** Reads what `writeCheckpoint` wrote; anything else is an error of code `config` that waits for a
 * changed configuration. */
export function readCheckpoint(text: string, place: string): Checkpoint {
  const { version, url, from, evidence } = parse(text)
  if (version === 1 && typeof url === 'string' && isCount(from) && isJson(evidence)) {
    const standings = Object.entries(evidence)
    if (standings.every(([id, standing]) => /^\d+$/.test(id) && isStanding(standing))) {
      const known = standings.map(([id, standing]) => [Number(id), standing as Standing] as const)
      return { url, from, evidence: new Map(known) }
    }
  }
  throw error(
    'config',
    `${place}: the stored place is not one that this version of cado-api writes ` +
      `(${shorten(printable(text), 80)}): go back to the version that wrote it, or give this source ` +
      'another name to begin anew',
    { retryAfter: Infinity },
  )
}

function isStanding(value: unknown): boolean {
  if (!isJson(value)) return false
  const { whole, said, fetch } = value
  return (
    (whole === undefined || isCount(whole)) &&
    (said === undefined || isCount(said)) &&
    (fetch === undefined || isFetch(fetch))
  )
}

function isFetch(value: unknown): boolean {
  if (!isJson(value)) return false
  const { run, cursor, events, anew } = value
  return (
    isCount(run) &&
    isCount(events) &&
    isCount(anew) &&
    (cursor === undefined || typeof cursor === 'string')
  )
}

function isCount(value: unknown): value is number {
  return Number.isSafeInteger(value) && (value as number) >= 0
}

function parse(text: string): Record<string, unknown> {
  try {
    const value: unknown = JSON.parse(text)
    return isJson(value) ? value : {}
  } catch {
    return {}
  }
}

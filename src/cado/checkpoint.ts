/**
 * How far the timelines are fetched: our own JSON text, committed with the lines of the page that led to
 * it. It has an entry for each evidence item that the platform lists, so it is as bounded as the
 * platform is, and for a number of items that it lists no more: one is missing for a moment when pages
 * of a listing shift, and for days when an account is out of a project. Were it forgotten, all of its
 * timeline would be fetched again, and what the spool no longer remembers sent twice.
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

/** Of one evidence item. Runs are named by their keys. */
export interface Standing {
  /** The run of processing whose timeline was fetched whole. */
  whole?: string
  /** The run whose failure was said. */
  said?: string
  fetch?: Fetch
}

/** A timeline that is being fetched. */
export interface Fetch {
  run: string
  /** Where it goes on; none: at the beginning. */
  cursor?: string
  /** Events before that place. */
  events: number
  /** How often it was begun anew, as its cursor was not known any more. */
  anew: number
}

/** Items that the platform does not list any more. */
const mostGone = 1_000

/** `since` in ms before `now`; 0: everything. */
export function firstCheckpoint(url: string, since: number, now: number): Checkpoint {
  return { url, from: since === 0 ? 0 : Math.max(0, now - since), evidence: new Map() }
}

/** Of the items that are not among `there` only those of the highest numbers are kept. */
export function forgetGone({ evidence }: Checkpoint, there: ReadonlySet<number>): void {
  const gone = [...evidence.keys()].filter((id) => !there.has(id)).sort((a, b) => b - a)
  for (const id of gone.slice(mostGone)) evidence.delete(id)
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
  return isTextOrNone(whole) && isTextOrNone(said) && (fetch === undefined || isFetch(fetch))
}

function isFetch(value: unknown): boolean {
  if (!isJson(value)) return false
  const { run, cursor, events, anew } = value
  return typeof run === 'string' && isCount(events) && isCount(anew) && isTextOrNone(cursor)
}

function isTextOrNone(value: unknown): boolean {
  return value === undefined || typeof value === 'string'
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

/**
 * Where polling goes on: our own JSON text, committed with the lines of the page that led to it.
 *
 * `search` keeps to a filter, sent again with every page, because a mark says only a place and not
 * what was looked for: the user's, and `When.From`, fixed at the first start, where he asks for no
 * time of his own. `enum` has no filter: it reads everything the account may see (a first run with
 * `since: 0`, or a mark taken over from the vendor's add-on, which needs no `url` in the text:
 * `{"version":1,"mode":"enum","mark":"PG5y…"}`). The mark is opaque and grows with the number of
 * Netwrix's databases. Of the user's filter only what it was is kept here, to see that it has changed.
 */
import { error } from '../error.ts'
import { printable, shorten } from '../io/printable.ts'
import { describeFilter } from './filter.ts'
import type { Filter } from './filter.ts'

export interface Checkpoint {
  mode: 'search' | 'enum'
  /** `search` only: oldest `When`, as the API wants it (`2026-10-23T04:15:00Z`). Not sent while the
   * user's filter has a `When`. */
  from?: string
  /** Continuation mark of the last page that had records; none before the first. */
  mark?: string
  /** Base address of the API that gave the mark; none when it was taken over or set by hand. */
  url?: string
  /** The user's filter that the mark came under: a digest of all of it, and the beginning of it. */
  filter?: { digest: string; text: string }
}

/**
 * The checkpoint of a first run: records that the filter lets through, and not older than `since` ms
 * before `now` unless the filter has a `When` or `since` is 0. Whole seconds, as the filter reference
 * shows no fractions.
 */
export function firstCheckpoint(
  since: number,
  now: number,
  url: string | undefined,
  filter?: Filter,
): Checkpoint {
  const under = filter === undefined ? {} : { filter: describeFilter(filter) }
  const place = url === undefined ? under : { url, ...under }
  if (since === 0 || filter?.fields.has('When')) {
    return { mode: filter === undefined ? 'enum' : 'search', ...place }
  }
  // A range that reaches before 1970 means everything there is.
  return { mode: 'search', from: asWhen(Math.max(0, now - since)), ...place }
}

/** ms since 1970 as the API takes it. */
export function asWhen(time: number): string {
  return new Date(Math.floor(time / 1000) * 1000).toISOString().replace('.000Z', 'Z')
}

export function writeCheckpoint({ mode, from, mark, url, filter }: Checkpoint): string {
  return JSON.stringify({ version: 1, mode, from, mark, url, filter })
}

/**
 * Reads what `writeCheckpoint` wrote. Anything else is an error of code `config` that waits for a
 * changed configuration: starting afresh would send a month again or leave a gap, in silence.
 */
export function readCheckpoint(text: string, place: string): Checkpoint {
  const stored = parse(text)
  const { version, mode, from, mark, url, filter } = stored
  const good =
    version === 1 &&
    (mode === 'enum' || (mode === 'search' && (isText(from) || isFilter(filter)))) &&
    (mark === undefined || isText(mark)) &&
    (url === undefined || isText(url)) &&
    (filter === undefined || isFilter(filter))
  if (good) return { mode, from, mark, url, filter } as Checkpoint
  throw error(
    'config',
    `${place}: the stored mark is not one that this version of netwrix-api writes ` +
      `(${shorten(printable(text), 80)}): see cefline mark set for how to begin anew, or go back ` +
      'to the version that wrote it',
    { retryAfter: Infinity },
  )
}

function isFilter(value: unknown): boolean {
  if (typeof value !== 'object' || value === null) return false
  const { digest, text } = value as Record<string, unknown>
  return isText(digest) && isText(text)
}

function parse(text: string): Record<string, unknown> {
  try {
    const value: unknown = JSON.parse(text)
    return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {}
  } catch {
    return {}
  }
}

function isText(value: unknown): value is string {
  return typeof value === 'string' && value !== ''
}

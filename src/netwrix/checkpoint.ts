/**
 * Where polling goes on: our own JSON text, committed with the lines of the page that led to it.
 *
 * `search` keeps to one filter, `When.From`, fixed at the first start and sent again with every
 * page, because a mark says only a place and not what was looked for. `enum` has no filter: it reads
 * everything the account may see (a first run with `since: 0`, or a mark taken over from the
 * vendor's add-on, which needs no `url` in the text: `{"version":1,"mode":"enum","mark":"PG5y…"}`).
 * The mark is opaque and grows with the number of Netwrix's databases.
 */
import { error } from '../error.ts'
import { printable, shorten } from '../io/printable.ts'

export interface Checkpoint {
  mode: 'search' | 'enum'
  /** `search` only: oldest `When`, as the API wants it (`2026-10-23T04:15:00Z`). */
  from?: string
  /** Continuation mark of the last page that had records; none before the first. */
  mark?: string
  /** Base address of the API that gave the mark; none when it was taken over. */
  url?: string
}

/**
 * The checkpoint of a first run: records not older than `since` ms before `now`, or all of them
 * when `since` is 0. Whole seconds, as the filter reference shows no fractions.
 */
export function firstCheckpoint(since: number, now: number, url: string): Checkpoint {
  if (since === 0) return { mode: 'enum', url }
  // A range that reaches before 1970 means everything there is.
  const from = new Date(Math.max(0, Math.floor((now - since) / 1000) * 1000))
  return { mode: 'search', from: from.toISOString().replace('.000Z', 'Z'), url }
}

export function writeCheckpoint({ mode, from, mark, url }: Checkpoint): string {
  return JSON.stringify({ version: 1, mode, from, mark, url })
}

/**
 * Reads what `writeCheckpoint` wrote. Anything else is an error of code `config` that waits for a
 * changed configuration: starting afresh would send a month again or leave a gap, in silence.
 */
export function readCheckpoint(text: string, place: string): Checkpoint {
  const stored = parse(text)
  const { version, mode, from, mark, url } = stored
  const good =
    version === 1 &&
    (mode === 'enum' || (mode === 'search' && isText(from))) &&
    (mark === undefined || isText(mark)) &&
    (url === undefined || isText(url))
  if (good) return { mode, from, mark, url } as Checkpoint
  throw error(
    'config',
    `${place}: the stored mark is not one that this version of netwrix-api writes ` +
      `(${shorten(printable(text), 80)}): give the source another name to begin anew, or go back ` +
      'to the version that wrote it',
    { retryAfter: Infinity },
  )
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

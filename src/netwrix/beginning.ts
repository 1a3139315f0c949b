/**
 * Where a run of the source `netwrix-api` begins, and what has to be said about it: from what is
 * stored, which an earlier run, `cefline mark` or nobody has written, and from what the user wants
 * now. A mark is kept whatever changes around it: it is a place, good under any filter, and only the
 * user can tell whether another url is another server.
 */
import type { Notice } from '../core.ts'
import { backfill, filterChanged, urlChanged } from './api-notices.ts'
import { firstCheckpoint, readCheckpoint } from './checkpoint.ts'
import type { Checkpoint } from './checkpoint.ts'
import { describeFilter } from './filter.ts'
import type { Filter } from './filter.ts'

export interface Wanted {
  /** ms */
  since: number
  filter: Filter | undefined
  url: URL
  pageSize: number
  /** The source's, as `sources.activity` and as `activity`. */
  place: string
  name: string
}

export interface Beginning {
  checkpoint: Checkpoint
  /** With any of these, the checkpoint is to be stored before anything is asked for. */
  notices: Notice[]
}

/** Throws `config` for a stored text that cannot be read. */
export function beginning(stored: string | undefined, wanted: Wanted, now: number): Beginning {
  const { since, filter, url, pageSize, place, name } = wanted
  const first = firstCheckpoint(since, now, url.href, filter)
  if (stored === undefined) return { checkpoint: first, notices: [backfill(first, pageSize)] }
  const before = readCheckpoint(stored, place)
  const { mark } = before
  // A `When` of the user's that is gone before anything was read leaves no place to begin at.
  const isOpen = before.mode === 'search' && mark === undefined && before.from === undefined
  const from = before.from ?? (isOpen ? first.from : undefined)
  const checkpoint: Checkpoint = {
    mode: filter !== undefined || from !== undefined ? 'search' : 'enum',
    ...(from === undefined ? {} : { from }),
    ...(mark === undefined ? {} : { mark }),
    url: url.href,
    ...(filter === undefined ? {} : { filter: describeFilter(filter) }),
  }
  const notices: Notice[] = []
  const isSet = before.url === undefined && mark === undefined
  if (isSet || from !== before.from) notices.push(backfill(checkpoint, pageSize))
  if (before.url !== undefined && before.url !== url.href) notices.push(urlChanged(before.url, url))
  if (mark !== undefined && before.filter?.digest !== checkpoint.filter?.digest) {
    notices.push(filterChanged(before.filter, checkpoint.filter, name))
  }
  return { checkpoint, notices }
}

/**
 * What the source `netwrix-api` tells beside its records: where a backfill begins, and what keeps it
 * from doing all that it is there for.
 */
import type { Notice } from '../core.ts'
import type { Checkpoint } from './checkpoint.ts'

/** A first run, which may go on for hours: from when, and how fast. */
export function backfill({ from, filter }: Checkpoint, pageSize: number): Notice {
  const range = from === undefined ? 'all records that the server has' : `records since ${from}`
  const through = filter === undefined ? '' : ` and the filter lets through (${filter.text})`
  return {
    level: 'info',
    code: 'backfill',
    message:
      `a backfill is coming, as there is no mark yet: ${range}${through}, page after page of up to ` +
      `${pageSize} records, as fast as the server gives them; they go out at each destination’s ` +
      'rate, and alerts go before them',
  }
}

/** The mark is kept: whether the new address is the same server only the user can tell. */
export function urlChanged(before: string, url: URL): Notice {
  return {
    level: 'warn',
    code: 'url-changed',
    message:
      `the stored mark was given by ${before} and is used with ${url.href} from now on: right if ` +
      'it is the same Auditor Server under another address, else give this source another name ' +
      'to begin anew',
  }
}

/** The place stays, and what was passed over stays passed over. `name` is the source's. */
export function filterChanged(
  before: Checkpoint['filter'],
  now: Checkpoint['filter'],
  name: string,
): Notice {
  const shown = (filter: Checkpoint['filter']) => filter?.text ?? 'no filter'
  return {
    level: 'warn',
    code: 'filter-changed',
    message:
      `the stored mark was taken under another filter (${shown(before)}) than the one in force ` +
      `from now on (${shown(now)}): it goes on from the same place, so the new filter holds for ` +
      'what comes behind it, and records before it that the old one passed over are not fetched; ' +
      `to begin anew: cefline mark set ${name} --since 30d, or a date (what was given before, ` +
      'within the ids that are remembered, is not sent twice)',
  }
}

/** A filter that was accepted and looks like a slip. */
export function doubtfulFilter(message: string): Notice {
  return { level: 'warn', code: 'filter', message }
}

/** The mark of a page with records leads nowhere new. */
export function markStuck(address: URL, count: number, mark: string | undefined): Notice {
  const what = mark === undefined ? 'no continuation mark' : 'a mark that was there before'
  return {
    level: 'error',
    code: 'mark-stuck',
    message:
      `${address.href} gave ${count} records with ${what}, so the next page would be ` +
      'one that was already given: it is asked for again after the interval, known records are ' +
      'left out, and none behind them can be reached until the server gives another mark',
  }
}
